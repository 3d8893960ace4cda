"""The Tektelic payload of the room and soil sensors: one walk for the vendor, one table a model.

    CC TT D..D  CC TT D..D  ...
    - C: 8 bit channel, which sensor of the device
    - T: 8 bit type, near to Cayenne LPP; with the channel it decides what D is
    - D: data, most significant byte first

Source: Tektelic technical reference manuals of the models; the maker's decoders in TheThingsNetwork/lorawan-devices,
vendor/tektelic. FPort 10 holds measurements, FPort 100 the answers to settings, which are no measurement. A channel
and type that the model's table does not have is refused, its length being unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from decoders.base import Decoded, Reading, UnknownMessage, WrongLength
from decoders.bits import i16_be, u16_be

DATA, ANSWERS = 10, 100
PORTS = (DATA, ANSWERS)

_HEADER = 2
_G = 9.80665
_STEPS_PER_G = 1000

Read: TypeAlias = Callable[[bytes, int], tuple[Reading, ...]]


class Entry(NamedTuple):
    """One channel and type; `read` is None where it is passed over."""

    length: int
    read: Read | None = None


Table: TypeAlias = Mapping[int, Entry]
"""By channel * 256 + type."""


def reader(table: Table) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a model with this table."""

    def decode(payload: bytes, f_port: int) -> Decoded:
        if not payload:
            raise WrongLength("empty payload")
        return _walk(payload, table) if f_port == DATA else Decoded(())

    return decode


def _walk(payload: bytes, table: Table) -> Decoded:
    found: dict[str, Reading] = {}
    position, end = 0, len(payload)
    while position < end:
        if position + _HEADER > end:
            raise WrongLength(f"a single byte at position {position}, where channel and type are expected")
        key = payload[position] << 8 | payload[position + 1]
        entry = table.get(key)
        if entry is None:
            raise UnknownMessage(f"unknown channel and type {key:04x} at position {position}")
        start = position + _HEADER
        position = start + entry.length
        if position > end:
            raise WrongLength(f"channel and type {key:04x} at position {start - _HEADER} is cut")
        if entry.read is not None:
            for reading in entry.read(payload, start):
                found[reading.quantity] = reading
    return Decoded(tuple(found.values()))


def u8(quantity: str, divisor: int = 1) -> Entry:
    """An unsigned byte."""
    return Entry(1, lambda payload, at: (Reading(quantity, payload[at] / divisor),))


def u16(quantity: str, divisor: int = 1) -> Entry:
    """Two unsigned bytes."""
    return Entry(2, lambda payload, at: (Reading(quantity, u16_be(payload, at) / divisor),))


def i16(quantity: str, divisor: int = 1) -> Entry:
    """Two signed bytes."""
    return Entry(2, lambda payload, at: (Reading(quantity, i16_be(payload, at) / divisor),))


def flag(quantity: str) -> Entry:
    """A byte that is 0, or 255 where the state is on."""
    return Entry(1, lambda payload, at: (Reading(quantity, float(payload[at] != 0)),))


def _axes(payload: bytes, at: int) -> tuple[Reading, ...]:
    return tuple(
        Reading(f"acceleration_{axis}", round(i16_be(payload, at + 2 * index) * _G / _STEPS_PER_G, 3))
        for index, axis in enumerate("xyz")
    )


ACCELERATION = Entry(6, _axes)
"""Three axes, signed, 0.001 g."""
