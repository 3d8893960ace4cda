"""Devices of Parametric, one file a model."""
