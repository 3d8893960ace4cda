"""Devices of Pepperl+Fuchs, one file a model."""
