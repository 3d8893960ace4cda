"""Devices of Nwave, one file a model."""
