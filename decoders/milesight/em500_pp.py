"""Milesight EM500-PP (formerly Ursalink): pressure in a pipe.

Source: EM500 series user guide, chapter "Device Payload"; the maker's payload table for EM500-PP.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery   1 byte, %
    03 7b  pressure  2 bytes signed, kPa
    20 ce  history   4 bytes time (s since 1970), 2 bytes pressure, kPa (in the maker's codec; the table has none)

No sentinel is named for this model: -1 kPa is the zero error of an open pipe, and stands. 100 kPa are 1 bar.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le
from decoders.milesight.protocol import Field, history, i16, reads, table, u8

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x037B: i16("water_pressure", 100),
        0x20CE: history(6, Field(4, i16_le, "water_pressure", 100)),
    }
)

DECODER = Decoder(
    vendor="Milesight",
    model="EM500-PP",
    ports=ANY_PORT,
    quantities=("water_pressure", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
