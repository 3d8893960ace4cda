"""Proof that nothing is missing: everything counted again from the files."""
