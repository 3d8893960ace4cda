"""Devices of Milesight, one file a model."""
