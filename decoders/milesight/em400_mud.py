"""Milesight EM400-MUD, EM400-TLD and EM400-UDL: distance by sound or laser, temperature and tilt, for bins and levels.

Source: EM400-MUD user guide, chapter 6.1 "Uplink Data", and those of the sisters; the maker's payload tables.
All send the same bytes. FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery            1 byte, %
    03 67  temperature        2 bytes signed, 0.1 °C, in the box
    04 82  distance           2 bytes signed, mm
    05 00  position           1 byte, 0 normal or 1 tilted by 20 ° and more
    06 88  place              4 bytes latitude, 4 bytes longitude, signed, 0.000001 °, 1 byte of motion (NB-IoT version)
    83 67  temperature alarm  temperature, 1 byte 0 released or 1 alarm
    84 82  distance alarm     distance, 1 byte 0 released or 1 alarm

The user guides have the distance signed, the published codec unsigned: what differs is beyond 32.767 m, further than
any of the three can see, so it is read as signed and told as impossible. The channel of an alarm is the maker's of the
value: 3 temperature, 4 distance. The tables of the NB-IoT version disagree on which of latitude and longitude comes
first, its codec reads latitude first, and this frame does not come over LoRaWAN: nothing is read from it.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le
from decoders.milesight.protocol import ALARM, Entry, Field, i16, reads, record, replies, table, u8

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0367: i16("device_temperature", 10),
        0x0482: i16("distance"),
        0x0500: u8("tilt"),
        0x0688: Entry(9),
        0x8367: record(3, Field(0, i16_le, "device_temperature", 10), Field(2, ALARM, "alarm", 1, 3)),
        0x8482: record(3, Field(0, i16_le, "distance"), Field(2, ALARM, "alarm", 1, 4)),
    },
    replies({0x13: 1}),
)

_SONIC = Decoder(
    vendor="Milesight",
    model="EM400-MUD",
    ports=ANY_PORT,
    quantities=("distance", "tilt", "device_temperature", "alarm", "battery"),
    decode=reads(_TABLE),
    verified=True,
)

DECODERS = (_SONIC, replace(_SONIC, model="EM400-TLD"), replace(_SONIC, model="EM400-UDL"))
