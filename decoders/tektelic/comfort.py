"""Tektelic COMFORT and VIVID: room sensors for temperature, humidity, motion, light, impact and a contact.

Source: Tektelic COMFORT and VIVID technical reference manuals; TheThingsNetwork/lorawan-devices, vendor/tektelic,
T00061xx. FPort 10; the walk is in `protocol`:

    00 ff  battery voltage   2 bytes, 0.01 V, of older firmware
    00 ba  battery voltage   2 bytes, 0.001 V
    03 67  temperature       2 bytes, signed, 0.1 °C
    04 68  humidity          1 byte, 0.5 %
    07 71  acceleration      3 x 2 bytes, signed, 0.001 g
    09 00  moisture          1 byte, 0 dry, ff wet
    0a 00  motion            1 byte, 0 none, ff detected
    0b 67  MCU temperature   2 bytes, signed, 0.1 °C
    0c 00  impact alarm      1 byte, 0 none, ff impact
    0d 04  motion count      2 bytes, since the last report

Passed over: the reed switch (01 00, count 08 04) and the external contact (0e 00, 0f 04, voltage 11 02), whose meaning
is the owner's; light as yes or no (02 00) and without a unit (10 02); the magnitude of acceleration (05 02).
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder
from decoders.tektelic.protocol import ACCELERATION, PORTS, Entry, flag, i16, reader, u8, u16

_TABLE = {
    0x00FF: i16("battery_voltage", 100),
    0x00BA: u16("battery_voltage", 1000),
    0x0100: Entry(1),
    0x0200: Entry(1),
    0x0367: i16("air_temperature", 10),
    0x0468: u8("humidity", 2),
    0x0502: Entry(2),
    0x0771: ACCELERATION,
    0x0804: Entry(2),
    0x0900: flag("leak"),
    0x0A00: flag("motion"),
    0x0B67: i16("device_temperature", 10),
    0x0C00: flag("shock"),
    0x0D04: u16("motion_count"),
    0x0E00: Entry(1),
    0x0F04: Entry(2),
    0x1002: Entry(1),
    0x1102: Entry(2),
}

_COMFORT = Decoder(
    vendor="Tektelic",
    model="COMFORT",
    ports=PORTS,
    quantities=(
        *("air_temperature", "humidity", "motion", "motion_count", "leak", "shock"),
        *("acceleration_x", "acceleration_y", "acceleration_z", "device_temperature", "battery_voltage"),
    ),
    decode=reader(_TABLE),
    verified=True,
    differs=("The maker's decoder gives acceleration in g; told in m/s².",),
)

DECODERS = (
    _COMFORT,
    replace(_COMFORT, model="VIVID"),
    replace(_COMFORT, model="Smart Room Base", aliases=("T000489x",)),
    replace(_COMFORT, model="Smart Room PIR", aliases=("T00048xx",)),
)
