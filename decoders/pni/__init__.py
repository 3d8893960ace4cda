"""Devices of PNI, one file a model."""
