"""Devices of RAKwireless, one file a model."""
