"""`make fuzz`: payloads that reach lines of the decoders that nothing reached before, and what breaks a decoder."""
