"""The durable, ordered log of events on disk: its file, who writes it, who reads it, and how a block becomes bytes."""
