"""Tektelic BREEZE and BREEZE-V: room sensors for CO2, temperature, humidity, motion and air pressure.

Source: Tektelic BREEZE and BREEZE-V technical reference manuals; TheThingsNetwork/lorawan-devices, vendor/tektelic,
T00078xx and T0007806. FPort 10; the walk is in `protocol`:

    00 ba  battery voltage   2 bytes, 0.001 V
    00 d3  battery           1 byte, %
    11 d3  battery of the display, passed over
    03 67  temperature       2 bytes, signed, 0.1 °C
    04 68  humidity          1 byte, 0.5 %
    0a 00  motion            1 byte, 0 none, ff detected
    0b e4  CO2               2 bytes, ppm, corrected for the air pressure
    0e e4  CO2, raw, passed over
    0c 73  air pressure      2 bytes, 0.1 hPa
    0d 04  motion count      2 bytes, since the last report
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder
from decoders.tektelic.protocol import PORTS, Entry, flag, i16, reader, u8, u16

_TABLE = {
    0x00BA: u16("battery_voltage", 1000),
    0x00D3: u8("battery"),
    0x11D3: Entry(1),
    0x0367: i16("air_temperature", 10),
    0x0468: u8("humidity", 2),
    0x0A00: flag("motion"),
    0x0BE4: u16("co2"),
    0x0EE4: Entry(2),
    0x0C73: u16("pressure", 10),
    0x0D04: u16("motion_count"),
}

_BREEZE = Decoder(
    vendor="Tektelic",
    model="BREEZE",
    ports=PORTS,
    quantities=(
        *("co2", "air_temperature", "humidity", "pressure", "motion", "motion_count", "battery", "battery_voltage"),
    ),
    decode=reader(_TABLE),
    aliases=("Smart Room Sensor CO2",),
    verified=True,
)

DECODERS = (_BREEZE, replace(_BREEZE, model="BREEZE-V", aliases=()))
