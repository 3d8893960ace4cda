"""Devices of Tekzitel, one file a model."""
