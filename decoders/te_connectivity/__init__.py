"""Devices of TE Connectivity, one file a model."""
