"""Devices of Makerfabs, one file a model."""
