"""From the outbox to the endpoints of the departments: the courier, and the channels that it sends by."""
