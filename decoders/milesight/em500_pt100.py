"""Milesight EM500-PT100 (formerly Ursalink): temperature of what a platinum probe is in or on.

Source: EM500 series user guide, chapter "Device Payload"; the maker's payload table for EM500-PT100.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery            1 byte, %
    03 67  temperature        2 bytes signed, 0.1 °C
    83 d7  temperature alarm  temperature, 2 bytes its change, 1 byte cause
    20 ce  history            4 bytes time (s since 1970), temperature

No sentinel is named: ffff, the bits of -0.1 °C, stands. The cause of an alarm is not kept, for the maker numbers it
one way here (0 alarm, 1 released) and the other way in the sister models.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le
from decoders.milesight.protocol import Field, history, i16, reads, table, u8

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0367: i16("object_temperature", 10),
        0x83D7: i16("object_temperature", 10, length=5),
        0x20CE: history(6, Field(4, i16_le, "object_temperature", 10)),
    }
)

DECODER = Decoder(
    vendor="Milesight",
    model="EM500-PT100",
    ports=ANY_PORT,
    quantities=("object_temperature", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
