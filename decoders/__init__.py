"""Payload bytes to readings: pure functions on the standard library alone."""
