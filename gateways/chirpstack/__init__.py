"""ChirpStack v4: its events (pure) and the MQTT subscriber that brings them."""
