"""Dragino WSC1-L: weather station, a main unit with sensors of the owner's choice.

Source: Dragino WSC1-L decoder; test of TagoIO's decoder. Report on FPort 2 as delivered.

    2  KK LL D..D  KK LL D..D ...       kind, length, data
       01  wind: speed, [largest, average,] 0.1 m/s, then 1 byte Beaufort
       02  wind direction: 0.1°, then 1 byte of sixteen
       03  light, 10 lx          04  rain or snow falling, and 1 byte   05  CO2, ppm
       06  temperature, signed 0.1 °C    07  humidity, 0.1 %            08  pressure, 0.1 hPa
       09  rain gauge, 0.1 mm    0a  PM2.5, 0b PM10, µg/m³              0c  PAR, µmol/(m² s)
       0d  solar radiation, 0.1 W/m²     a1 to a4  sensors that the owner describes
       e0 and above at the start: no report of measurements
    5  device status, and three bytes that say which sensors there are

Not read: the rain gauge, of which the maker does not say since when it counts; rain or snow falling, and the sensors
a1 to a4, which have no place in the vocabulary. The largest wind since the previous report is the gust.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage, UnsupportedMessage, WrongLength
from decoders.bits import i16_be, u16_be
from decoders.dragino.protocol import STATUS, ByPort, battery, expect

if TYPE_CHECKING:
    from collections.abc import Callable

_STATUS_LENGTH = 10
_NO_REPORT = 0xE0
_HEADER = 2
_WIND, _WIND_WITH_GUST = 0x01, 7


class _Kind(NamedTuple):
    """One kind of sensor: the lengths that its data may have, and its first two bytes; "" where they are not read."""

    lengths: tuple[int, ...]
    quantity: str = ""
    convert: Callable[[int], float] = float


def _tenths(raw: int) -> float:
    return raw / 10


_KINDS = {
    _WIND: _Kind((3, _WIND_WITH_GUST), "wind_speed", _tenths),
    0x02: _Kind((3,), "wind_direction", _tenths),
    0x03: _Kind((2,), "illuminance", lambda raw: raw * 10.0),
    0x04: _Kind((1, 2)),
    0x05: _Kind((2,), "co2"),
    0x06: _Kind((2,), "air_temperature", _tenths),
    0x07: _Kind((2,), "humidity", _tenths),
    0x08: _Kind((2,), "pressure", _tenths),
    0x09: _Kind((2,)),
    0x0A: _Kind((2,), "pm2_5"),
    0x0B: _Kind((2,), "pm10"),
    0x0C: _Kind((2,), "par"),
    0x0D: _Kind((2,), "solar_radiation", _tenths),
    **{kind: _Kind((2,)) for kind in range(0xA1, 0xA5)},
}
_SIGNED = frozenset({0x06})


def _report(payload: bytes) -> Decoded:
    if not payload:
        raise WrongLength("empty payload")
    if payload[0] >= _NO_REPORT:
        raise UnsupportedMessage(f"message {payload[0]:02x}, which is no report of measurements")
    readings: dict[str, float] = {}
    position = 0
    while position < len(payload):
        position = _sensor(payload, position, readings)
    return Decoded(tuple(Reading(quantity, value) for quantity, value in readings.items()))


def _sensor(payload: bytes, position: int, readings: dict[str, float]) -> int:
    start = position + _HEADER
    stop = start + payload[position + 1] if start <= len(payload) else start
    if stop > len(payload):
        raise WrongLength(f"the sensor at position {position} needs {stop - len(payload)} more bytes")
    number, kind = payload[position], _KINDS.get(payload[position])
    if kind is None:
        raise UnknownMessage(f"sensor {number:02x} at position {position}")
    if stop - start not in kind.lengths:
        raise WrongLength(f"sensor {number:02x} at position {position} has {stop - start} bytes")
    if kind.quantity:
        raw = i16_be(payload, start) if number in _SIGNED else u16_be(payload, start)
        readings[kind.quantity] = kind.convert(raw)
    if number == _WIND and stop - start == _WIND_WITH_GUST:
        readings["wind_gust"] = u16_be(payload, start + 2) / 10
    return stop


def _status(payload: bytes) -> Decoded:
    expect(payload, _STATUS_LENGTH)
    return Decoded((battery(payload, position=5),))


DECODER = Decoder(
    vendor="Dragino",
    model="WSC1-L",
    ports=ANY_PORT,
    quantities=(
        *("wind_speed", "wind_gust", "wind_direction", "illuminance", "co2", "air_temperature", "humidity"),
        *("pressure", "pm2_5", "pm10", "par", "solar_radiation", "battery_voltage"),
    ),
    decode=ByPort(_report, {STATUS: _status}),
    verified=True,
    differs=("Temperatures below zero are two's complement; the maker's decoder is 0.1 °C too high there.",),
)
