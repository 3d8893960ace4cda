"""Devices of inBiot, one file a model."""
