"""From a reading to the person who acts: rules, what fires, and who is told."""
