"""Devices of VEGA, one file a model."""
