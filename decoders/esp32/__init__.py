"""Open-source firmware for boards with an ESP32, one file a firmware."""
