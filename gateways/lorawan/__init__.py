"""LoRaWAN's own facts, whichever network server an uplink came through: radio plans and time on air. Pure."""
