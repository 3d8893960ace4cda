"""Pepperl+Fuchs WILSEN.node: two switching sensors (NAMUR) over LoRaWAN, with GPS.

Source: TheThingsNetwork/lorawan-devices, vendor/pepperl-fuchs/wilsen-node-codec.yaml and wilsen.js. The walk is in
`protocol`; of its own it sends:

    0c04  state of sensors 1 and 2  1 byte, half of it each, sensor 1 in the low half

0 is no target, told as an open input; 1 a target, told as a closed one; 7 not inquired, 8 short circuit, 9 not
connected, 10 invalid current.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.pepperl_fuchs.inputs import SENSOR, states
from decoders.pepperl_fuchs.protocol import COMMON_QUANTITIES, Item, reader

DECODER = Decoder(
    vendor="Pepperl+Fuchs",
    model="WILSEN.node",
    ports=ANY_PORT,
    quantities=("input", *COMMON_QUANTITIES),
    decode=reader({0x0C04: Item(1, states("input", SENSOR, 1))}),
    verified=True,
)
