"""Keep, understand, deliver: the path of an uplink from its arrival to the sinks."""
