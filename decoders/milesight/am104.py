"""Milesight AM104 (formerly Ursalink): a room's temperature, humidity and light.

Source: AM100 series user guide, chapter 7 "Sensor Payload"; the maker's payload table for AM104.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery          1 byte, %
    03 67  air temperature  2 bytes signed, 0.1 °C
    04 68  humidity         1 byte, 0.5 %
    05 6a  activity         2 bytes, level of motion
    06 65  light            2 bytes lx, 2 bytes visible and infrared, 2 bytes infrared, both raw
    ff 18  sensors          2 bytes, which are switched on, after a join

What one step of the activity level is, and over what time it is counted, the maker does not say; it is passed over, and
so are the raw numbers of the light chip.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import Entry, i16, reads, replies, table, u8, u16

_TABLE = table(
    replies({0x18: 2, 0x2D: 1, 0x2F: 1, 0x3A: 7, 0x75: 7}),
    {
        0x0175: u8("battery"),
        0x0367: i16("air_temperature", 10),
        0x0468: u8("humidity", 2),
        0x056A: Entry(2),
        0x0665: u16("illuminance", length=6),
    },
)

DECODER = Decoder(
    vendor="Milesight",
    model="AM104",
    ports=ANY_PORT,
    quantities=("illuminance", "air_temperature", "humidity", "battery"),
    decode=reads(_TABLE),
    verified=True,
    differs=("The activity level is not told: the maker gives it neither a unit nor a period.",),
)
