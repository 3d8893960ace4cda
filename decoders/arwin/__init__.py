"""Devices of Arwin, one file a model."""
