"""`python -m tests.soak`: hours of a city's traffic with a fault every minute, and the account of every event."""
