"""Milesight VS330: whether a toilet cabin is occupied, by time of flight to the person.

Source: the maker's payload table for VS330, with its example.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    02 82  distance        2 bytes, mm, to whatever is in front of it
    03 8e  occupancy       1 byte: 0 vacant, 1 occupied
    04 8e  calibration     1 byte: 0 failed, 1 succeeded

A failed calibration is a fault of the sensor. The table names no sentinel; ff ff, ff fe and ff fd, 65 m, are far beyond
the range of 2 m and are taken for the codes of the maker's newer distance sensors: failed, switched off, out of range.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import FAILED, reads, replies, state, table, u8, u16

_TABLE = table(
    replies({0x72: 2, 0x7A: 3}),
    {
        0x0175: u8("battery"),
        0x0282: u16("object_distance", codes=FAILED),
        0x038E: u8("presence"),
        0x048E: state("sensor_fault", {0: 1.0, 1: 0.0}),
    },
)


DECODER = Decoder(
    vendor="Milesight",
    model="VS330",
    ports=ANY_PORT,
    quantities=("presence", "object_distance", "sensor_fault", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
