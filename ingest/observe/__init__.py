"""What an administrator watches of the worker: its log, metrics, health and heartbeat."""
