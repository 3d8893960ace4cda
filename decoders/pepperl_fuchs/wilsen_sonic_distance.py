"""Pepperl+Fuchs WILSEN.sonic.distance: an ultrasonic sensor for distances and the depth of water, with GPS.

Source: TheThingsNetwork/lorawan-devices, vendor/pepperl-fuchs/wilsen-sonic-distance-codec.yaml and wilsen.js. The walk
is in `protocol`; of its own it sends:

    0b01  distance  2 bytes, cm     0b07  amplitude of the echo  1, of no unit: not told
    0b02  distance  2, mm           0b08  water over the ground  2, mm: the ground's distance is a setting
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.pepperl_fuchs.protocol import COMMON_QUANTITIES, Item, number, reader

DECODER = Decoder(
    vendor="Pepperl+Fuchs",
    model="WILSEN.sonic.distance",
    ports=ANY_PORT,
    quantities=("distance", "water_depth", *COMMON_QUANTITIES),
    decode=reader(
        {
            0x0B01: number("distance", 10),
            0x0B02: number("distance"),
            0x0B07: Item(1),
            0x0B08: number("water_depth", divisor=1000),
        }
    ),
    verified=True,
    differs=("The maker's decoder gives the depth of the water in mm; here it is in m.",),
)
