"""Devices of Quandify, one file a model."""
