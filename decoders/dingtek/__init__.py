"""Devices of Dingtek, one file a model."""
