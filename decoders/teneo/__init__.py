"""Devices of Teneo, one file a model."""
