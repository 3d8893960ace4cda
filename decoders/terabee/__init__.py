"""Devices of Terabee, one file a model."""
