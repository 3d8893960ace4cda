"""Devices of IMBuildings, one file a model."""
