"""Devices of Tektelic, one file a model."""
