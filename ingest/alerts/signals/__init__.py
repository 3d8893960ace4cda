"""What is looked at: how each kind of signal turns rows, or citylora's own state, into samples of a scope."""
