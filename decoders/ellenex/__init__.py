"""Devices of Ellenex, one file a model."""
