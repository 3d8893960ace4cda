"""Devices of Daviteq, one file a model."""
