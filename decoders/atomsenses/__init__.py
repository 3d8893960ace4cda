"""Devices of Atomsenses, one file a model."""
