"""Dingtek DT311: temperature and humidity.

Source: TheThingsNetwork/lorawan-devices, vendor/dingtek/dt311-codec.yaml and dt311.js. The frame is in `protocol`; 18
bytes:

    5-6   battery, 0.01 V                     11 12  humidity, %: decimal digits, two of them after the point
    7     bit 0: battery low                  13     bit 4 temperature too high, bit 0 too low
    8     sign of the temperature, 0 is plus  14     bit 4 humidity too high, bit 0 too low
    9 10  temperature, °C, as the humidity    15-16  number of the frame
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Decoder, Reading
from decoders.dingtek.protocol import PORT, decimals, number, reader

if TYPE_CHECKING:
    from decoders.dingtek.protocol import Field

_ALARMS = 0x11


def _temperature(payload: bytes) -> Reading:
    amount = decimals(payload, 9)
    return Reading("air_temperature", -amount if payload[8] else amount)


def _humidity(payload: bytes) -> Reading:
    return Reading("humidity", decimals(payload, 11))


def _alarm(payload: bytes) -> Reading:
    return Reading("alarm", float((payload[13] | payload[14]) & _ALARMS != 0))


def _low(payload: bytes) -> Reading:
    return Reading("battery_low", float(payload[7] & 1))


_FIELDS: tuple[Field, ...] = (_temperature, _humidity, _alarm, number("battery_voltage", 5, 100), _low)

DECODER = Decoder(
    vendor="Dingtek",
    model="DT311",
    ports=PORT,
    quantities=("air_temperature", "humidity", "alarm", "battery_voltage", "battery_low"),
    decode=reader({18: _FIELDS}),
    verified=True,
)
