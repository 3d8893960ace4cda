"""Milesight WS301: a door, a window or a cover, by a magnet contact, with a tamper switch.

Source: WS301 user guide, chapter "Device Payload"; the maker's payload table for WS301.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 00  magnet contact  1 byte, 0 closed or 1 open
    04 00  tamper switch   1 byte, 0 installed or 1 taken off

The example beside the maker's table calls 04 00 01 "installed", against the table, the codec and its other example.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import reads, table, u8

_TABLE = table({0x0175: u8("battery"), 0x0300: u8("door_open"), 0x0400: u8("tamper")})

DECODER = Decoder(
    vendor="Milesight",
    model="WS301",
    ports=ANY_PORT,
    quantities=("door_open", "tamper", "battery"),
    decode=reads(_TABLE),
    verified=True,
    differs=(
        "Tamper state 1 is taken off, as in the maker's table and codec; one of its two examples says installed.",
    ),
)
