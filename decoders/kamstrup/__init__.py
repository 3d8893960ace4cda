"""Devices of Kamstrup, one file a model."""
