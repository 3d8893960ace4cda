"""Pepperl+Fuchs WILSEN.valve: the positions of two valves from up to four switching sensors, with GPS.

Source: TheThingsNetwork/lorawan-devices, vendor/pepperl-fuchs/wilsen-valve-codec.yaml and wilsen.js. The walk is in
`protocol`; of its own it sends, half a byte each, the first in the lowest:

    0c01  an older message of the valve  2 bytes, laid out nowhere: not read
    0c02  valves 1 and 2   1: 0 closed, 1 open, 2 undefined, 3 not connected, 7 not inquired
    0c03  sensors 1 to 4   2: 0 low, 1 high, 7 not inquired, 8 short circuit, 9 not connected, 10 invalid current
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.pepperl_fuchs.inputs import SENSOR, VALVE, states
from decoders.pepperl_fuchs.protocol import COMMON_QUANTITIES, Item, reader

DECODER = Decoder(
    vendor="Pepperl+Fuchs",
    model="WILSEN.valve",
    ports=ANY_PORT,
    quantities=("valve", "input", *COMMON_QUANTITIES),
    decode=reader(
        {0x0C01: Item(2), 0x0C02: Item(1, states("valve", VALVE, 1)), 0x0C03: Item(2, states("input", SENSOR, 2))}
    ),
    verified=True,
)
