"""Devices of Aquascope, one file a model."""
