"""Devices of SenseCAP (Seeed), one file a model."""
