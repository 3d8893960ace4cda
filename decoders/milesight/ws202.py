"""Milesight WS202: motion by passive infrared, and whether it is light or dark.

Source: the maker's payload table for WS202, with its example; its examples in the device repository of The Things
Network.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 00  motion          1 byte: 0 none, 1 detected
    04 00  daylight        1 byte: 0 dark, 1 light
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import reads, table, u8

_TABLE = table({0x0175: u8("battery"), 0x0300: u8("motion"), 0x0400: u8("bright")})


DECODER = Decoder(
    vendor="Milesight",
    model="WS202",
    ports=ANY_PORT,
    quantities=("motion", "bright", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
