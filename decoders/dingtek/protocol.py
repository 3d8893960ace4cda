"""The frame of a Dingtek payload, and the fields that its models put into it.

    80 00 MM TT LL D..D 81     M: model, T: 01 heartbeat, 02 event, 03 parameters; L: length of the whole, which is not
                         looked at in parameters: the maker's own example of those of DT311 has it wrong

FPort 3, most significant byte first, except the floats of a position. What D holds follows from model and length. The
parameters, sent in answer to a command, have no measurement.

An ultrasonic distance of 0 lies in the sensor's blind zone, and 9999 or all bits set beyond its reach (5 m at most):
none of them is a distance, and they are told as absent. Temperatures are read signed; the maker's decoders read most of
them unsigned, which above 127 °C no device survives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from decoders.base import Absent, Decoded, OutOfRange, Reading, Reason, UnknownMessage, WrongLength, gather
from decoders.bits import f32_le, i8, u16_be

PORT = (3,)

_HEAD, _TAIL, _TYPE, _LENGTH = 0x80, 0x81, 3, 4
_MEASURED, _PARAMETERS = (1, 2), 3
_SHORTEST = 6
_NO_DISTANCE = {0, 9999, 0xFFFF}

Field: TypeAlias = Callable[[bytes], Reading | Absent]
"""Reads one value from the whole payload, whose length is checked."""

Layouts: TypeAlias = Mapping[int, tuple[Field, ...]]
"""By length of the whole payload: what it holds."""


def reader(layouts: Layouts) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a model."""

    def decode(payload: bytes, _f_port: int) -> Decoded:
        _check(payload)
        if payload[_TYPE] == _PARAMETERS:
            return Decoded(())
        fields = layouts.get(len(payload))
        if fields is None:
            raise WrongLength(f"{len(payload)} bytes; a measurement has {' or '.join(map(str, layouts))}")
        return gather([field(payload) for field in fields])

    return decode


def _check(payload: bytes) -> None:
    length = len(payload)
    if length < _SHORTEST or (payload[_LENGTH] != length and payload[_TYPE] != _PARAMETERS):
        raise WrongLength(f"{length} bytes, which is not what the length byte says")
    if payload[0] != _HEAD or payload[-1] != _TAIL:
        raise UnknownMessage(f"{payload[0]:02x} .. {payload[-1]:02x}: not between 80 and 81")
    if payload[_TYPE] not in _MEASURED and payload[_TYPE] != _PARAMETERS:
        raise UnknownMessage(f"type {payload[_TYPE]:02x}: neither heartbeat, event nor parameters")


def distance(quantity: str, at: int = 5) -> Field:
    """Two bytes, mm."""

    def read(payload: bytes) -> Reading | Absent:
        raw = u16_be(payload, at)
        return Absent(quantity, Reason.NOT_AVAILABLE) if raw in _NO_DISTANCE else Reading(quantity, float(raw))

    return read


def number(quantity: str, at: int, divisor: int = 1) -> Field:
    """Two bytes, unsigned."""
    return lambda payload: Reading(quantity, u16_be(payload, at) / divisor)


def byte(quantity: str, at: int) -> Field:
    """One byte, unsigned."""
    return lambda payload: Reading(quantity, float(payload[at]))


def temperature(at: int) -> Field:
    """One byte, signed, °C: inside the device."""
    return lambda payload: Reading("device_temperature", float(i8(payload, at)))


def high(quantity: str, at: int) -> Field:
    """A flag: anything in the high half of the byte."""
    return lambda payload: Reading(quantity, float(payload[at] > 0x0F))  # noqa: PLR2004  (half a byte)


def low(quantity: str, at: int) -> Field:
    """A flag: anything in the low half of the byte."""
    return lambda payload: Reading(quantity, float(payload[at] & 0x0F != 0))


def position(quantity: str, at: int, other: int) -> Field:
    """A coordinate, float, least significant byte first; both 0 is no fix."""

    def read(payload: bytes) -> Reading | Absent:
        if not any(payload[at : at + 4]) and not any(payload[other : other + 4]):
            return Absent(quantity, Reason.NOT_AVAILABLE)
        return Reading(quantity, round(f32_le(payload, at), 6))

    return read


def decimals(payload: bytes, at: int) -> float:
    """Four decimal digits in two bytes, two of them after the point.

    Raises:
        OutOfRange: one is no decimal digit.
    """
    digits = payload[at : at + 2].hex()
    if not digits.isdecimal():
        raise OutOfRange(f"{digits} at position {at}: not decimal digits")
    return int(digits) / 100
