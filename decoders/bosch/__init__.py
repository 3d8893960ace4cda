"""Devices of Bosch, one file a model."""
