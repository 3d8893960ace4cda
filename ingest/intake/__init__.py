"""What is decided of an event before it is written: identity, duplicate, time, gap, and what a gap is blamed on."""
