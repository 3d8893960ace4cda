"""Devices of Adeunis, one file a model."""
