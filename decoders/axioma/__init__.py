"""Devices of Axioma, one file a model."""
