"""Milesight EM300-SLD and EM300-ZLD: water on the floor, at a spot or along a rope, with air temperature and humidity.

Source: EM300 series user guide, chapter 5 "Device Payload"; the maker's payload tables for EM300-SLD and EM300-ZLD.
Both send the same bytes. FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery          1 byte, %
    03 67  air temperature  2 bytes signed, 0.1 °C
    04 68  humidity         1 byte, 0.5 %
    05 00  leak             1 byte, 0 dry or 1 water
    20 ce  history          4 bytes time (s since 1970), temperature, humidity and leak as above

No sentinel is named. A humidity with all bits set, 127.5 %, is not possible and told so.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le
from decoders.milesight.protocol import BYTE, Field, history, i16, reads, replies, table, u8

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0367: i16("air_temperature", 10),
        0x0468: u8("humidity", 2),
        0x0500: u8("leak"),
        0x20CE: history(
            8, Field(4, i16_le, "air_temperature", 10), Field(6, BYTE, "humidity", 2), Field(7, BYTE, "leak")
        ),
    },
    replies({0x79: 6}),
)

_SPOT = Decoder(
    vendor="Milesight",
    model="EM300-SLD",
    ports=ANY_PORT,
    quantities=("leak", "air_temperature", "humidity", "battery"),
    decode=reads(_TABLE),
    verified=True,
)

DECODERS = (_SPOT, replace(_SPOT, model="EM300-ZLD"))
