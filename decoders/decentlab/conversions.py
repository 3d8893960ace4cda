"""How Decentlab puts numbers into words: what the tables of the models are made of.

A word is 16 bits without sign. A signed value is sent with 32768 added, a large one as two words, the low one first,
and the 24 bit converter of the analog inputs as two words with 2^23 in the middle of its range.
"""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from decoders.base import Reason
from decoders.decentlab.protocol import Group, Value, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MIDDLE_16 = 32768
_MIDDLE_24 = 8388608
_LARGEST_16, _LARGEST_24 = 0xFFFF, 0xFFFFFF
_PA_PER_HPA = 100
_HUMIDITY_ACCURACY = 3.0


def plain(quantity: str, index: int, divisor: int = 1, channel: int = 0) -> Value:
    """A word as it is, divided."""
    return Value(quantity, lambda words: words[index] / divisor, channel)


def signed(quantity: str, index: int, divisor: int = 1, channel: int = 0) -> Value:
    """A word less 32768, divided."""
    return Value(quantity, lambda words: (words[index] - _MIDDLE_16) / divisor, channel)


def above(quantity: str, index: int, zero: int, divisor: int) -> Value:
    """A word less its own zero, divided."""
    return Value(quantity, lambda words: (words[index] - zero) / divisor)


def total(quantity: str, low: int, divisor: int = 1, channel: int = 0) -> Value:
    """Two words as one number of 32 bits, the low one first, divided."""
    return Value(quantity, lambda words: (words[low] | words[low + 1] << 16) / divisor, channel)


def connected(value: Value, index: int) -> Value:
    """The same, not connected where the word is 0: so far below any scale that no sensor can have sent it."""
    convert = value.convert
    return value._replace(convert=lambda words: convert(words) if words[index] else Reason.NOT_CONNECTED)


def ending(value: Value, index: int) -> Value:
    """The same, saturated where the word is at its end, and the sensor's range goes on."""
    convert = value.convert
    return value._replace(convert=lambda words: Reason.SATURATED if words[index] == _LARGEST_16 else convert(words))


def sampled(count: int, *values: Value) -> Iterator[Value]:
    """The same, not available where the word `count` says that no sample was valid."""
    for value in values:
        yield value._replace(convert=_sampled(value.convert, count))


def _sampled(convert: Callable[[Words], float | Reason], count: int) -> Callable[[Words], float | Reason]:
    return lambda words: convert(words) if words[count] else Reason.NOT_AVAILABLE


def checked(status: int, *values: Value) -> Iterator[Value]:
    """`sensor_fault`, and the values themselves where the status word is 0.

    The maker prints the word and does not list its codes: 0 in every example; anything else is the sensor's own error
    or warning, and nothing says which of its values is meant.
    """
    for value in values:
        yield value._replace(convert=_checked(value.convert, status))
    yield Value("sensor_fault", lambda words: 1.0 if words[status] else 0.0)


def _checked(convert: Callable[[Words], float | Reason], status: int) -> Callable[[Words], float | Reason]:
    return lambda words: Reason.DEVICE_ERROR if words[status] else convert(words)


def bipolar(quantity: str, factor: float, index: int = 0, channel: int = 0) -> Value:
    """The 16 bit converter: -1 to 1 times a factor."""
    return Value(quantity, lambda words: (words[index] - _MIDDLE_16) / _MIDDLE_16 * factor, channel)


def ratio(words: Words, low: int = 0) -> float:
    """The 24 bit converter, -1 to 1; not a number where the words are more than it can give."""
    raw = words[low] | words[low + 1] << 16
    return raw / _MIDDLE_24 - 1 if raw <= _LARGEST_24 else nan


def cropped(value: float, accuracy: float) -> float:
    """A percentage a little past its ends is at its end; one further off stays, and is not possible."""
    if -accuracy <= value <= 100 + accuracy:
        return min(max(value, 0.0), 100.0)
    return value


def water_content(value: Callable[[float], float], divisor: int) -> Callable[[Words], float]:
    """A calibration of soil moisture, m³/m³ of the first word divided, as a percentage."""
    return lambda words: value(words[0] / divisor) * 100


def _teros_permittivity(words: Words) -> float:
    raw = words[0] / 10
    return (0.000000002887 * raw**3 - 0.0000208 * raw**2 + 0.05276 * raw - 43.39) ** 2


TEROS = (
    Value("soil_moisture", water_content(lambda raw: raw * 0.0003879 - 0.6956, 10)),
    Value("soil_permittivity", _teros_permittivity),
)
"""METER's TEROS 11 and 12: mineral soil, from the probe's reading in the first word, 0.1."""

BATTERY = Group(1, plain("battery_voltage", 0, 1000))

PRESSURE = Group(1, Value("pressure", lambda words: words[0] * 2 / _PA_PER_HPA))
"""A barometer, 2 Pa a step."""


CROPPED = "Humidity up to 3 % past 0 or 100 % is told as 0 or 100 %, as the data sheet of the sensor crops it."


def sht21(channel: int = 0) -> Group:
    """Sensirion SHT2x: its formula of humidity runs from -6 to 119 %, and its data sheet has that cropped."""
    return Group(
        2,
        Value("air_temperature", lambda words: 175.72 * words[0] / 65536 - 46.85, channel),
        Value("humidity", lambda words: cropped(125 * words[1] / 65536 - 6, _HUMIDITY_ACCURACY), channel),
    )


def sht35(channel: int = 0) -> Group:
    """Sensirion SHT3x."""
    return Group(
        2,
        Value("air_temperature", lambda words: 175 * words[0] / 65535 - 45, channel),
        Value("humidity", lambda words: 100 * words[1] / 65535, channel),
    )


def keller_temperature(quantity: str) -> Value:
    """KELLER D line: 384 is -50 °C, 320 steps a degree."""
    return Value(quantity, lambda words: (words[1] - 384) / 320 - 50)


def keller_pressure(low: float, high: float) -> Value:
    """KELLER D line: 16384 is the low end of the range that the order names, 49152 its high end, bar."""
    return Value("water_pressure", lambda words: (words[0] - 16384) / 32768 * (high - low) + low)


def lightning_distance() -> Value:
    """METER ATMOS 41: word 2 counts the strikes, word 3 has their mean distance in km, both with 32768 added."""
    return Value(
        "lightning_distance",
        lambda words: (words[3] - _MIDDLE_16) / 1 if words[2] != _MIDDLE_16 else Reason.NOT_AVAILABLE,
    )
