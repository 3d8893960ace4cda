"""From an entry of the journal to the points that sinks are to store. Pure."""
