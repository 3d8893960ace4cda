"""Milesight EM500-UDL (formerly Ursalink): ultrasonic distance, for levels in drains, tanks and rivers.

Source: EM500-UDL Payload Structure V1.0; the maker's payload table for this model.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 82  distance        2 bytes, mm
    83 e9  distance alarm  2 bytes distance, 2 bytes change, 1 byte cause
    20 ce  history         4 bytes time (s since 1970), 2 bytes distance, mm

The maker contradicts itself on the unit of the alarm's distance (mm, or a tenth of it), so nothing is read from it;
the regular report follows. The table names no sentinel; ffff and fffd, 65.5 m, are far beyond the longest model's 10 m
and are taken for a failed measurement and for one beyond the range, as in the sister models.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.bits import u16_le
from decoders.milesight.protocol import FAILED, Entry, Field, history, reads, table, u8, u16

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0382: u16("distance", codes=FAILED),
        0x83E9: Entry(5),
        0x20CE: history(6, Field(4, u16_le, "distance", 1, 0, FAILED)),
    }
)

DECODER = Decoder(
    vendor="Milesight",
    model="EM500-UDL",
    aliases=("EM500-UDL-W050", "EM500-UDL-W100"),
    ports=ANY_PORT,
    quantities=("distance", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
