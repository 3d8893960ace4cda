"""Tektelic KIWI and CLOVER: soil and crop sensors.

Source: Tektelic agriculture sensor technical reference manual; TheThingsNetwork/lorawan-devices, vendor/tektelic,
T00059xx. FPort 10; the walk is in `protocol`:

    00 ba  battery           1 byte, bits 6..0 0.01 V above 2.5 V; bit 7 near its end
    00 d3  battery           1 byte, %, of newer firmware
    00 bd  days that the battery lasts, 2 bytes, passed over
    09 65  illuminance       2 bytes, lx
    09 00  light alarm, passed over
    0a 71  acceleration      3 x 2 bytes, signed, 0.001 g
    0a 00  orientation alarm 1 byte, 0 upright
    0b 67  temperature       2 bytes, signed, 0.1 °C
    0b 68  humidity          1 byte, 0.5 %
    0c 67  MCU temperature   2 bytes, signed, 0.1 °C

The inputs of the soil probes (01 04 to 06 04) are frequencies and voltages, which are moisture only by a calibration
of the soil: they are passed over.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder, Reading
from decoders.tektelic.protocol import ACCELERATION, PORTS, Entry, flag, i16, reader, u8, u16

_VOLTAGE = 0x7F
_END = 0x80
_LOWEST = 250


def _battery(payload: bytes, at: int) -> tuple[Reading, ...]:
    byte = payload[at]
    return (
        Reading("battery_voltage", ((byte & _VOLTAGE) + _LOWEST) / 100),
        Reading("battery_low", float(byte & _END != 0)),
    )


_TABLE = {
    0x00BA: Entry(1, _battery),
    0x00BD: Entry(2),
    0x00D3: u8("battery"),
    0x0104: Entry(2),
    0x0202: Entry(2),
    0x0302: Entry(2),
    0x0402: Entry(2),
    0x0504: Entry(2),
    0x0604: Entry(2),
    0x0965: u16("illuminance"),
    0x0900: Entry(1),
    0x0A71: ACCELERATION,
    0x0A00: flag("tilt"),
    0x0B67: i16("air_temperature", 10),
    0x0B68: u8("humidity", 2),
    0x0C67: i16("device_temperature", 10),
}

_KIWI = Decoder(
    vendor="Tektelic",
    model="KIWI",
    ports=PORTS,
    quantities=(
        *("air_temperature", "humidity", "illuminance", "tilt", "acceleration_x", "acceleration_y", "acceleration_z"),
        *("device_temperature", "battery", "battery_voltage", "battery_low"),
    ),
    decode=reader(_TABLE),
    differs=(
        "Frequencies and voltages of the soil probes are not told: they are moisture by a calibration only.",
        "The maker's decoder gives acceleration in g; told in m/s².",
    ),
)

DECODERS = (_KIWI, replace(_KIWI, model="CLOVER", verified=True))
