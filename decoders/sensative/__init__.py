"""Devices of Sensative, one file a model."""
