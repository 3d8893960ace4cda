"""Whoever reads the journal with a cursor of its own: what it reads, in which portions, and what it writes."""
