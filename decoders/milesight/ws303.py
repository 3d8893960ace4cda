"""Milesight WS303: water on the floor, at a spot.

Source: WS303 user guide, chapter "Device Payload"; the maker's payload table for WS303.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery  1 byte, %
    03 00  leak     1 byte, 0 dry or 1 water
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import reads, replies, table, u8

_TABLE = table({0x0175: u8("battery"), 0x0300: u8("leak")}, replies({0x7E: 5, 0x7F: 1, 0x80: 2, 0x81: 2, 0x83: 3}))

DECODER = Decoder(
    vendor="Milesight",
    model="WS303",
    ports=ANY_PORT,
    quantities=("leak", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
