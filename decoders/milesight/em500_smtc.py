"""Milesight EM500-SMTC and EM500-SMT (formerly Ursalink): soil moisture and temperature, the first also conductivity.

Source: EM500 series user guide, chapter "Device Payload"; the maker's payload table for EM500-SMTC.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery            1 byte, %
    03 67  soil temperature   2 bytes signed, 0.1 °C
    04 68  soil moisture      1 byte, 0.5 % (older firmware)
    04 ca  soil moisture      2 bytes, 0.01 %
    05 7f  conductivity       2 bytes, µS/cm
    83 d7  temperature alarm  temperature, 2 bytes its change, 1 byte cause
    20 ce  history            4 bytes time (s since 1970), 2 bytes conductivity, temperature, 2 bytes moisture, 0.01 %

ffff is a failed measurement and fffd beyond the range, for each value of two bytes. For the temperature of a report the
maker's codec compares a signed number with them, which can never be equal, and so tells -0.1 and -0.3 °C; for that of a
history it does as said. The second is followed for both. The cause of an alarm is not kept: the maker numbers it one
way here and another in a sister model. EM500-SMT is read by the same table: its published codec is a shortened copy of
this one, and takes one byte too many for the moisture of 04 68, which would cut what follows; that is not followed.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le, u16_le
from decoders.milesight.protocol import FAILED, Field, history, i16, reads, replies, table, u8, u16

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0367: i16("soil_temperature", 10, codes=FAILED),
        0x0468: u8("soil_moisture", 2),
        0x04CA: u16("soil_moisture", 100, codes=FAILED),
        0x057F: u16("soil_conductivity", codes=FAILED),
        0x83D7: i16("soil_temperature", 10, length=5, codes=FAILED),
        0x20CE: history(
            10,
            Field(4, u16_le, "soil_conductivity", 1, 0, FAILED),
            Field(6, i16_le, "soil_temperature", 10, 0, FAILED),
            Field(8, u16_le, "soil_moisture", 100, 0, FAILED),
        ),
    },
    replies({0x18: 2}),
)

_SOIL = Decoder(
    vendor="Milesight",
    model="EM500-SMTC",
    aliases=("EM500-SMTC-MEC20",),
    ports=ANY_PORT,
    quantities=("soil_moisture", "soil_temperature", "soil_conductivity", "battery"),
    decode=reads(_TABLE),
    verified=True,
    differs=(
        "Soil temperature ffff and fffd are absent; in a report the maker's codec tells -0.1 and -0.3 °C for them.",
    ),
)

DECODERS = (_SOIL, replace(_SOIL, model="EM500-SMT", aliases=(), verified=False, differs=()))
