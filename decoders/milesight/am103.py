"""Milesight AM103 and AM103L: CO2, air temperature and humidity in a room.

Source: AM100(L) series user guide, chapter 6 "Device Payload"; the maker's payload tables for AM103 and AM103L (without
the screen), which are the same. FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery          1 byte, %
    03 67  air temperature  2 bytes signed, 0.1 °C
    04 68  humidity         1 byte, 0.5 %
    07 7d  CO2              2 bytes, ppm
    20 ce  history          4 bytes time (s since 1970), temperature, humidity and CO2 as above
    ff 18  sensors          2 bytes, which are switched on, after a join

The table names no sentinel; CO2 ffff is taken for a failed measurement and fffe for a sensor that is not ready, as the
maker has it for its gas sensors.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le, u16_le
from decoders.milesight.protocol import BYTE, POLARIZED, Field, history, i16, reads, replies, table, u8, u16

_TABLE = table(
    replies({0x18: 2, 0x2D: 1, 0x2F: 1, 0x39: 5, 0x3A: 7, 0x75: 7, 0x87: 3}),
    {
        0x0175: u8("battery"),
        0x0367: i16("air_temperature", 10),
        0x0468: u8("humidity", 2),
        0x077D: u16("co2", codes=POLARIZED),
        0x20CE: history(
            9,
            Field(4, i16_le, "air_temperature", 10),
            Field(6, BYTE, "humidity", 2),
            Field(7, u16_le, "co2", 1, 0, POLARIZED),
        ),
    },
)

_SCREEN = Decoder(
    vendor="Milesight",
    model="AM103",
    ports=ANY_PORT,
    quantities=("co2", "air_temperature", "humidity", "battery"),
    decode=reads(_TABLE),
    verified=True,
)

DECODERS = (_SCREEN, replace(_SCREEN, model="AM103L"))
