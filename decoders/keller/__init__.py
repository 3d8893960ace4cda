"""Devices of KELLER, one file a model."""
