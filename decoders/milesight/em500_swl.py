"""Milesight EM500-SWL (formerly Ursalink): depth of the water over a submerged probe.

Source: EM500 series user guide, chapter "Device Payload"; the maker's payload table for EM500-SWL.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery  1 byte, %
    03 77  depth    2 bytes, cm
    20 ce  history  4 bytes time (s since 1970), 2 bytes depth, cm

Depth ffff is a failed measurement, fffd beyond the range (newer firmware).
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.bits import u16_le
from decoders.milesight.protocol import FAILED, Field, history, reads, table, u8, u16

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0377: u16("water_depth", 100, codes=FAILED),
        0x20CE: history(6, Field(4, u16_le, "water_depth", 100, 0, FAILED)),
    }
)

DECODER = Decoder(
    vendor="Milesight",
    model="EM500-SWL",
    ports=ANY_PORT,
    quantities=("water_depth", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
