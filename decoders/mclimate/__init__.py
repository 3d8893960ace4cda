"""Devices of MClimate, one file a model."""
