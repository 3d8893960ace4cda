"""Indices, limits and classes: from means to what they mean. Pure; the tables are in `decoders.bands`."""
