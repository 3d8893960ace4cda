"""Milesight WS201: how full a dispenser or a small box is, by time of flight to the content.

Source: the maker's payload table for WS201, with its example.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 82  distance        2 bytes, mm, to the content
    04 d6  remaining       1 byte, %: how much is left, by the depth that the owner has set

The table names no sentinel; ff ff, ff fe and ff fd, 65 m, are far beyond the range of half a metre and are taken for
the codes of the maker's newer distance sensors: failed, switched off, out of range.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import FAILED, reads, replies, table, u8, u16

_TABLE = table(
    replies({0x75: 6, 0x76: 2}),
    {0x0175: u8("battery"), 0x0382: u16("fill_distance", codes=FAILED), 0x04D6: u8("fill_level")},
)


DECODER = Decoder(
    vendor="Milesight",
    model="WS201",
    ports=ANY_PORT,
    quantities=("fill_level", "fill_distance", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
