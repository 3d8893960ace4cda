"""LoRaWAN frames explained to a person, and the devices of a site without a network server."""
