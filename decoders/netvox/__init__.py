"""Devices of Netvox, one file a model."""
