"""Devices of Browan, one file a model."""
