"""Milesight GS301: odour in public toilets: ammonia and hydrogen sulphide, air temperature and humidity.

Source: GS301 user guide, chapter "Device Payload"; the maker's payload table for GS301.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery          1 byte, %
    02 67  air temperature  2 bytes signed, 0.1 °C
    03 68  humidity         1 byte, 0.5 %
    04 7d  NH3              2 bytes, 0.01 ppm
    05 7d  H2S              2 bytes, 0.01 ppm
    06 7d  H2S              2 bytes, 0.001 ppm (firmware 1.2)
    07 ea  calibration      1 byte sensor, 1 byte kind, 2 bytes value, 1 byte result
    ff 7c  sensor           43 bytes, its name (firmware 1.2)

Of both gases fffe is a cell that is polarizing and ffff one that failed.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import POLARIZED, Entry, i16, reads, replies, table, u8, u16

_TABLE = table(
    replies({0x01: 6, 0x2F: 1, 0x66: 2, 0x7D: 1, 0x8D: 6}),
    {
        0x0175: u8("battery"),
        0x0267: i16("air_temperature", 10),
        0x0368: u8("humidity", 2),
        0x047D: u16("nh3_fraction", codes=POLARIZED, times=10),
        0x057D: u16("h2s_fraction", codes=POLARIZED, times=10),
        0x067D: u16("h2s_fraction", codes=POLARIZED),
        0x07EA: Entry(5),
        0xFF01: Entry(1),
        0xFF7C: Entry(43),
    },
)

DECODER = Decoder(
    vendor="Milesight",
    model="GS301",
    ports=ANY_PORT,
    quantities=("nh3_fraction", "h2s_fraction", "air_temperature", "humidity", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
