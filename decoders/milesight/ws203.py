"""Milesight WS203: whether a room is occupied, by passive infrared, with temperature and humidity.

Source: the maker's payload table for WS203, with its examples.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 67  temperature     2 bytes signed, 0.1 °C
    04 68  humidity        1 byte, 0.5 %
    05 00  occupancy       1 byte: 0 vacant, 1 occupied
    83 67  temperature alarm  the temperature and 1 byte: 0 released, 1 threshold
    20 ce  history         4 bytes time (s since 1970), 1 byte why it was stored, occupancy, temperature, humidity

Channel of the alarm: 3, the maker's channel of the temperature.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le
from decoders.milesight.parts import with_alarm
from decoders.milesight.protocol import BYTE, Field, history, i16, reads, replies, table, u8

_TABLE = table(
    replies({0x2F: 1}),
    {
        0x0175: u8("battery"),
        0x0367: i16("air_temperature", 10),
        0x0468: u8("humidity", 2),
        0x0500: u8("presence"),
        0x8367: with_alarm(i16("air_temperature", 10, length=3), channel=3),
        0x20CE: history(
            9,
            Field(5, BYTE, "presence"),
            Field(6, i16_le, "air_temperature", 10),
            Field(8, BYTE, "humidity", 2),
        ),
    },
)


DECODER = Decoder(
    vendor="Milesight",
    model="WS203",
    ports=ANY_PORT,
    quantities=("presence", "air_temperature", "humidity", "alarm", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
