"""Pepperl+Fuchs WILSEN.sonic.level: an ultrasonic sensor for the filling of containers, with GPS.

Source: TheThingsNetwork/lorawan-devices, vendor/pepperl-fuchs/wilsen-sonic-level-codec.yaml and wilsen.js. The walk is
in `protocol`; of its own it sends:

    0b01  distance  2 bytes, cm     0b02  distance  2, mm     0b06  filling  1, %
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.pepperl_fuchs.protocol import COMMON_QUANTITIES, byte, number, reader

DECODER = Decoder(
    vendor="Pepperl+Fuchs",
    model="WILSEN.sonic.level",
    ports=ANY_PORT,
    quantities=("fill_level", "fill_distance", *COMMON_QUANTITIES),
    decode=reader({0x0B01: number("fill_distance", 10), 0x0B02: number("fill_distance"), 0x0B06: byte("fill_level")}),
    verified=True,
)
