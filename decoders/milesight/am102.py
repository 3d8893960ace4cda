"""Milesight AM102 and AM102L: air temperature and humidity in a room.

Source: AM100(L) series user guide, chapter "Device Payload"; the maker's payload tables for AM102 and AM102L (without
the screen), which are the same. FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery          1 byte, %
    03 67  air temperature  2 bytes signed, 0.1 °C
    04 68  humidity         1 byte, 0.5 %
    20 ce  history          4 bytes time (s since 1970), temperature and humidity as above
    ff 18  sensors          2 bytes, which are switched on, after a join

No sentinel is named. A humidity with all bits set, 127.5 %, is not possible and told so.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le
from decoders.milesight.protocol import BYTE, Field, history, i16, reads, replies, table, u8

_TABLE = table(
    replies({0x18: 2, 0x2D: 1, 0x2F: 1, 0x3A: 7, 0x75: 7}),
    {
        0x0175: u8("battery"),
        0x0367: i16("air_temperature", 10),
        0x0468: u8("humidity", 2),
        0x20CE: history(7, Field(4, i16_le, "air_temperature", 10), Field(6, BYTE, "humidity", 2)),
    },
)

_SCREEN = Decoder(
    vendor="Milesight",
    model="AM102",
    ports=ANY_PORT,
    quantities=("air_temperature", "humidity", "battery"),
    decode=reads(_TABLE),
    verified=True,
)

DECODERS = (_SCREEN, replace(_SCREEN, model="AM102L"))
