"""Devices of Sensus, one file a model."""
