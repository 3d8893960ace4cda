"""Where readings end up: one module family a sink, each behind `ingest.ports.Sink`."""
