"""Milesight VS340 and VS341: whether a desk (VS340) or a seat (VS341) is occupied, by infrared and thermopile.

Source: the maker's payload table for VS340 and for VS341, with their examples.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 00  occupancy       1 byte: 0 vacant, 1 occupied
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import reads, replies, table, u8

_TABLE = table(replies({0x2F: 1}), {0x0175: u8("battery"), 0x0300: u8("presence")})


_VS340 = Decoder(
    vendor="Milesight",
    model="VS340",
    ports=ANY_PORT,
    quantities=("presence", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
DECODERS = (_VS340, replace(_VS340, model="VS341"))
