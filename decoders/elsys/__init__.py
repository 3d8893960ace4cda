"""Devices of Elsys, one file a model."""
