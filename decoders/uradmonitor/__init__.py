"""Devices of uRADMonitor, one file a model."""
