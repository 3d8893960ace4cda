"""Devices of Watteco (formerly nke Watteco), one file a model."""
