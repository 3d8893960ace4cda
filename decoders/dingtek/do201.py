"""Dingtek DO200, DO201 and DO202: a parking sensor with magnetometer, DO200 and DO201 with ultrasound too.

Source: TheThingsNetwork/lorawan-devices, vendor/dingtek/do200-codec.yaml, do201-codec.yaml, do202-codec.yaml and the
decoders of the latter two. The frame is in `protocol`; 23 bytes, of DO200 the first 17 of them and 21 in all:

    5-6   distance, mm (DO202 has none)    9-10   battery, 0.01 V
    7     high half: parked, low: level    11-16  magnetic field x y z, signed, mGs
    8     high half: magnet, low: battery  17 18  temperature, signed, °C, and humidity, %, in the box
                                           19-20  number of the frame

The field, its alarm and that of the level are not told. The maker's example holds 139 (8b) as temperature, which its
decoder reads as -117 °C: impossible, and told as absent.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder
from decoders.dingtek.protocol import PORT, byte, distance, high, low, number, reader, temperature

_PARKING = (high("parking_occupied", 7), number("battery_voltage", 9, 100), low("battery_low", 8))
_DISTANCE = distance("object_distance")
_BOX = (temperature(17), byte("device_humidity", 18))
_FIELD = "The magnetic field (mGs) by which it finds a vehicle is not told: what it found is."
_IMPOSSIBLE = "The maker's example holds a temperature of -117 °C, which is impossible and told as absent."

_DO201 = Decoder(
    vendor="Dingtek",
    model="DO201",
    ports=PORT,
    quantities=(
        "parking_occupied", "object_distance", "battery_voltage", "battery_low", "device_temperature",
        "device_humidity",
    ),
    decode=reader({23: (*_PARKING, _DISTANCE, *_BOX)}),
    verified=True,
    differs=(_IMPOSSIBLE, _FIELD),
)  # fmt: skip
_DO202 = replace(
    _DO201,
    model="DO202",
    quantities=("parking_occupied", "battery_voltage", "battery_low", "device_temperature", "device_humidity"),
    decode=reader({23: (*_PARKING, *_BOX)}),
)
_DO200 = replace(
    _DO201,
    model="DO200",
    quantities=("parking_occupied", "object_distance", "battery_voltage", "battery_low"),
    decode=reader({21: (*_PARKING, _DISTANCE)}),
    differs=(
        "The maker's example holds a distance of 0 mm, in the sensor's blind zone; it is told as absent.",
        _FIELD,
    ),
)

DECODERS = (_DO201, _DO202, _DO200)
