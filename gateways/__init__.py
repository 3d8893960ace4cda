"""Ways in: everything that turns radio or network input into an event."""
