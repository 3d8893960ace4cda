"""Milesight EM300-MCS: a door or a lid (magnet contact), air temperature and humidity.

Source: EM300 series user guide, chapter 5 "Device Payload"; the maker's payload table for EM300-MCS.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery          1 byte, %
    03 67  air temperature  2 bytes signed, 0.1 °C
    04 68  humidity         1 byte, 0.5 %
    06 00  magnet contact   1 byte, 0 closed or 1 open
    20 ce  history          4 bytes time (s since 1970), temperature, humidity and contact as above

No sentinel is named. A humidity with all bits set, 127.5 %, is not possible and told so.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le
from decoders.milesight.protocol import BYTE, Field, history, i16, reads, replies, table, u8

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0367: i16("air_temperature", 10),
        0x0468: u8("humidity", 2),
        0x0600: u8("door_open"),
        0x20CE: history(
            8, Field(4, i16_le, "air_temperature", 10), Field(6, BYTE, "humidity", 2), Field(7, BYTE, "door_open")
        ),
    },
    replies({0x79: 6}),
)

DECODER = Decoder(
    vendor="Milesight",
    model="EM300-MCS",
    ports=ANY_PORT,
    quantities=("door_open", "air_temperature", "humidity", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
