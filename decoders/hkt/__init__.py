"""Devices of HKT, one file a model."""
