"""Devices of Dragino, one file a model."""
