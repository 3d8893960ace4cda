"""What the Teneo IoT sensors share: the battery first, and a climate chip that may be missing."""

from __future__ import annotations

from decoders.base import Absent, Reading, Reason
from decoders.bits import i16_be, u16_be

_NO_TEMPERATURE = 0x7FFF


def voltage(byte: int) -> Reading:
    """2 V and a tenth of a volt for each."""
    return Reading("battery_voltage", (20 + byte) / 10)


def climate(payload: bytes, at: int) -> tuple[Reading | Absent, Reading]:
    """Temperature and humidity, two bytes each, hundredths; 7f ff is no temperature."""
    raw = i16_be(payload, at)
    humidity = Reading("humidity", u16_be(payload, at + 2) / 100)
    if raw == _NO_TEMPERATURE:
        return Absent("air_temperature", Reason.NOT_AVAILABLE), humidity
    return Reading("air_temperature", raw / 100), humidity
