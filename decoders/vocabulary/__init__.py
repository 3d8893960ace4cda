"""The tables of the vocabulary, one file a subject; `decoders.quantities` joins them."""
