"""Devices of Talkpool, one file a model."""
