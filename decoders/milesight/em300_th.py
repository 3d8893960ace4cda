"""Milesight EM300-TH: air temperature and humidity, outdoors or in a room.

Source: EM300 series user guide, chapter 5 "Device Payload"; the maker's payload table for EM300-TH.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery          1 byte, %
    03 67  air temperature  2 bytes signed, 0.1 °C
    04 68  humidity         1 byte, 0.5 %
    20 ce  history          4 bytes time (s since 1970), temperature and humidity as above, 1 byte reserved

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
        0x20CE: history(8, Field(4, i16_le, "air_temperature", 10), Field(6, BYTE, "humidity", 2)),
    },
    replies({0x79: 6}),
)

DECODER = Decoder(
    vendor="Milesight",
    model="EM300-TH",
    ports=ANY_PORT,
    quantities=("air_temperature", "humidity", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
