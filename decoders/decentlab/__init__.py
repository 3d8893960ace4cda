"""Devices of Decentlab, one file a model."""
