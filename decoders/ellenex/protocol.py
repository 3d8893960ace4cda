"""The Ellenex V6 message: one map of CBOR (RFC 8949), names of one letter to numbers; one reader, one table a model.

    bf  61 L  <number>  61 v  <number> ..  ff
    - bf or a0 + n: a map without or with its length; ff ends the first
    - 61 L: a text of one letter
    - numbers: 00..1b unsigned, 20..3b negative, f9 fa fb floating point of 2, 4 and 8 bytes, f6 f7 none

A name that the model's table does not have is refused.
"""

from __future__ import annotations

from math import isfinite
from struct import Struct
from typing import TYPE_CHECKING

from decoders.base import Absent, Decoded, Reading, Reason, UnknownMessage, WrongLength, gather

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OPEN, _END, _MAP = 0xBF, 0xFF, 0xA0
_LETTER = 0x61
_FLOATS = {0xF9: Struct(">e"), 0xFA: Struct(">f"), 0xFB: Struct(">d")}
_NONE = (0xF6, 0xF7)
_SHORT = 24
_LARGEST = 24


def read(payload: bytes, table: Mapping[str, tuple[str, int]]) -> Decoded:
    """By letter: the quantity, and what its number is divided by.

    Raises:
        WrongLength: cut, or longer than the map.
        UnknownMessage: no map, a name or a number that is not expected.
    """
    if not payload:
        raise WrongLength("empty payload")
    return gather({letter: _value(table, letter, number) for letter, number in _pairs(payload)}.values())


def _value(table: Mapping[str, tuple[str, int]], letter: str, number: float | None) -> Reading | Absent:
    target = table.get(letter)
    if target is None:
        raise UnknownMessage(f"name {letter!r}; this model has {', '.join(table)}")
    quantity, divisor = target
    if number is None or not isfinite(number):
        return Absent(quantity, Reason.NOT_AVAILABLE)
    return Reading(quantity, number / divisor)


def _pairs(payload: bytes) -> Iterator[tuple[str, float | None]]:
    head, at, count = payload[0], 1, 0
    if head != _OPEN and not _MAP <= head < _MAP + _SHORT:
        raise UnknownMessage(f"{head:02x} begins no map")
    while head == _OPEN or count < head - _MAP:
        if at >= len(payload):
            raise WrongLength("the map has no end")
        if head == _OPEN and payload[at] == _END:
            at += 1
            break
        if payload[at] != _LETTER or at + 2 >= len(payload):
            raise UnknownMessage(f"no name of one letter at position {at}")
        letter = chr(payload[at + 1])
        number, at = _number(payload, at + 2)
        yield letter, number
        count += 1
    if at != len(payload):
        raise WrongLength(f"{len(payload) - at} bytes after the map")


def _number(payload: bytes, at: int) -> tuple[float | None, int]:
    head, at = payload[at], at + 1
    if head in _NONE:
        return None, at
    layout = _FLOATS.get(head)
    kind, low = head >> 5, head & 0x1F
    if layout is None and (kind > 1 or low > _LARGEST + 3):
        raise UnknownMessage(f"{head:02x} at position {at - 1} is no number")
    size = layout.size if layout else 1 << low - _LARGEST if low >= _LARGEST else 0
    if at + size > len(payload):
        raise WrongLength("cut inside a number")
    if layout:
        value: float = layout.unpack_from(payload, at)[0]
        return value, at + size
    whole = int.from_bytes(payload[at : at + size], "big") if size else low
    return -1 - whole if kind else whole, at + size
