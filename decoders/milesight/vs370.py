"""Milesight VS370: whether a room is occupied, by radar, and whether it is bright.

Source: the maker's payload table for VS370, with its example.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 00  occupancy       1 byte: 0 vacant, 1 occupied
    04 00  light           1 byte: 0 dim, 1 bright, fe switched off
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, Reason
from decoders.milesight.protocol import reads, replies, table, u8

_TABLE = table(
    replies({0x8F: 1}, {0x3E: 1, 0x3F: 1, 0x40: 1, 0x41: 5, 0x42: 1, 0x43: 1, 0x44: 6}),
    {
        0x0175: u8("battery"),
        0x0300: u8("presence"),
        0x0400: u8("bright", codes={0xFE: Reason.NOT_AVAILABLE}),
    },
)


DECODER = Decoder(
    vendor="Milesight",
    model="VS370",
    ports=ANY_PORT,
    quantities=("presence", "bright", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
