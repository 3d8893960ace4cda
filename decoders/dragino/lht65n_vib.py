"""Dragino LHT65N-VIB: vibration, air temperature and humidity.

Source: Dragino LHT65N-VIB decoder V1.3; captured payload in akenza's device type library. Report on FPort 2 as
delivered.

    2  BBBB FF XXXXXXXX YYYYYYYY        report, 11 bytes
       - B: battery, mV
       - F: bit 0 alarm, bit 1 the report was due, bits 2 to 4 the mode
       - mode 1: X vibrations, Y minutes at work; mode 2: X vibrations, Y temperature and humidity;
         mode 3: X temperature and humidity, Y minutes at work
         Temperature signed 0.01 °C, humidity 0.1 % in the low 12 bits
    5  device status
    7  BBBB and acceleration in three axes, again and again: their times are not given, only the battery is read
    9  BBBB and the largest acceleration in three axes: only the battery is read

The vibrations and the minutes are not read: the maker does not say when they begin at 0 again, and its decoder adds
up their bytes wrongly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage, gather
from decoders.bits import i16_be, u16_be
from decoders.dragino.protocol import ROLLING_LOG, STATUS, ByPort, Value, expect, rolling_log, status

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH = 11
_LARGEST = 9
_LARGEST_LENGTH = 8
_AIR_AT = {1: 0, 2: 7, 3: 3}
"""By mode, where temperature and humidity are."""


def _values(payload: bytes) -> Iterator[Value]:
    mode = payload[2] >> 2 & 7
    if mode not in _AIR_AT:
        raise UnknownMessage(f"mode {mode}")
    position = _AIR_AT[mode]
    if position:
        yield Reading("air_temperature", i16_be(payload, position) / 100)
        yield Reading("humidity", (u16_be(payload, position + 2) & 0x0FFF) / 10)
    yield Reading("alarm", float(payload[2] & 1))
    yield Reading("battery_voltage", u16_be(payload, 0) / 1000)


def _report(payload: bytes) -> Decoded:
    expect(payload, _LENGTH)
    return gather(_values(payload))


def _largest(payload: bytes) -> Decoded:
    expect(payload, _LARGEST_LENGTH)
    return Decoded((Reading("battery_voltage", u16_be(payload, 0) / 1000),))


DECODER = Decoder(
    vendor="Dragino",
    model="LHT65N-VIB",
    ports=ANY_PORT,
    quantities=("air_temperature", "humidity", "alarm", "battery_voltage"),
    decode=ByPort(_report, {STATUS: status, ROLLING_LOG: rolling_log(6), _LARGEST: _largest}),
    verified=True,
)
