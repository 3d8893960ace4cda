"""The walk through a Milesight payload: one walk for the vendor, one table a model.

    CC TT D..D  CC TT D..D  ...
    - C: 8 bit channel, which sensor of the device
    - T: 8 bit type, which decides how many bytes D has
    - D: data, least significant byte first

A channel and type that the table does not have ends the walk with a refusal: without its length, nothing after it can
be trusted. Where a value comes twice in a payload (an alarm and the regular report beside it), the later one stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import getitem
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from decoders.base import Absent, Decoded, Reading, Reason, UnknownMessage, WrongLength, reading
from decoders.bits import i16_le, u16_le, u32_le
from decoders.milesight.replies import OWN, SETTINGS

_SECOND = 1_000_000_000

_HEADER = 2


class Found:
    """What the walk has collected so far."""

    __slots__ = ("absent", "readings")

    def __init__(self) -> None:
        self.readings: dict[tuple[str, int, int | None], Reading] = {}
        self.absent: list[Absent] = []

    def add(self, quantity: str, value: float, channel: int = 0, at: int | None = None) -> None:
        """Keep a value; the later of two for the same quantity, channel and time stands."""
        self.readings[quantity, channel, at] = reading((quantity, value, channel, at))


Read: TypeAlias = Callable[[bytes, int, Found], None]
"""Takes the payload, the position of the first data byte, and where to put what is found."""


class Entry(NamedTuple):
    """One channel and type.

    Attributes:
        length: of the data, bytes. Where `size` is given, the bytes that it needs to see.
        read: None where the data is no measurement and is passed over.
        size: (payload, position) -> length, of data whose length depends on its content.
    """

    length: int
    read: Read | None = None
    size: Callable[[bytes, int], int] | None = None


Table: TypeAlias = Mapping[int, Entry]
"""By channel * 256 + type."""


def walk(payload: bytes, table: Table) -> Decoded:
    """Read a payload by a model's table.

    Raises:
        WrongLength: empty, or cut inside a field.
        UnknownMessage: a channel and type that the table does not have.
    """
    if not payload:
        raise WrongLength("empty payload")
    found = Found()
    position, end = 0, len(payload)
    while position < end:
        if position + _HEADER > end:
            raise WrongLength(f"a single byte at position {position}, where channel and type are expected")
        key = payload[position] << 8 | payload[position + 1]
        entry = table.get(key)
        if entry is None:
            raise UnknownMessage(f"unknown channel and type {key:04x} at position {position}")
        start = position + _HEADER
        length, read, size = entry
        position = start + length
        if size is not None or position > end:
            position = _end(payload, start, entry, key)
        if read is not None:
            read(payload, start, found)
    return Decoded(tuple(found.readings.values()), tuple(found.absent))


def reads(table: Table) -> Callable[[bytes, int], Decoded]:
    """A model's `decode`: the walk with its table, whatever the port."""

    def decode(payload: bytes, _f_port: int) -> Decoded:
        return walk(payload, table)

    return decode


def _end(payload: bytes, start: int, entry: Entry, key: int) -> int:
    stop = start + entry.length
    if entry.size is not None and stop <= len(payload):
        stop = start + entry.size(payload, start)
    if stop > len(payload):
        raise WrongLength(f"type {key:04x} at position {start - _HEADER} needs {stop - len(payload)} more bytes")
    return stop


Get: TypeAlias = Callable[[bytes, int], float]
"""A number at a position: `BYTE`, `ALARM`, or one of `decoders.bits`."""

BYTE: Get = getitem


def _alarm(payload: bytes, at: int) -> float:
    return 1 if payload[at] == _CHANGED else payload[at]


_CHANGED = 2

ALARM: Get = _alarm
"""The cause of an alarm (0 released, 1 beyond a threshold, 2 changed too fast) as a state, 0 or 1. The channel of such
an `alarm` is the maker's channel of the value that it is about: 83 and 93 are about channel 3."""

Codes: TypeAlias = Mapping[int, Reason]
"""What a value with a meaning of its own stands for, by its bits as an unsigned number, as the maker prints them."""

NO_CODES: Codes = MappingProxyType({})

FAILED: Codes = {0xFFFF: Reason.DEVICE_ERROR, 0xFFFE: Reason.NOT_AVAILABLE, 0xFFFD: Reason.SATURATED}
"""The newer firmware of many models: reading the sensor failed; the sensor is switched off; out of its range."""

POLARIZED: Codes = {0xFFFF: Reason.DEVICE_ERROR, 0xFFFE: Reason.WARMING_UP}
"""Of gas cells: reading the sensor failed; the cell is polarizing and not ready yet."""


class Field(NamedTuple):
    """One value among several in the data of one channel and type.

    Attributes:
        at: where it stands, bytes from the start of the data.
        times: what the raw number is multiplied by, before it is divided.
    """

    at: int
    get: Get
    quantity: str
    divisor: int = 1
    channel: int = 0
    codes: Codes = NO_CODES
    times: int = 1


def record(length: int, *fields: Field) -> Entry:
    """Several values in one piece of data."""
    rows = _rows(fields)

    def read(payload: bytes, at: int, found: Found) -> None:
        _fields(rows, payload, at, found, None)

    return Entry(length, read)


def history(length: int, *fields: Field) -> Entry:
    """Values that the device stored: their time comes first in the data, four bytes."""
    rows = _rows(fields)

    def read(payload: bytes, at: int, found: Found) -> None:
        _fields(rows, payload, at, found, time_of(payload, at))

    return Entry(length, read)


_Row: TypeAlias = tuple[int, Get, str, int, int, dict[float, Reason], int]


def _rows(fields: tuple[Field, ...]) -> tuple[_Row, ...]:
    return tuple((*field[:5], _as_read(field.get, field.codes), field.times) for field in fields)


def _fields(rows: tuple[_Row, ...], payload: bytes, at: int, found: Found, when: int | None) -> None:
    readings = found.readings
    for offset, get, quantity, divisor, channel, codes, times in rows:
        raw = get(payload, at + offset)
        if raw in codes:
            found.absent.append(Absent(quantity, codes[raw], channel))
        else:
            readings[quantity, channel, when] = reading((quantity, raw * times / divisor, channel, when))


def _as_read(get: Get, codes: Codes) -> dict[float, Reason]:
    """Codes as `get` returns them."""
    flip = 0x8000 if get is i16_le else 0
    return {(code ^ flip) - flip: reason for code, reason in codes.items()}


def _one(get: Get, length: int, quantity: str, divisor: int, channel: int, codes: Codes) -> Entry:  # noqa: PLR0917
    key = (quantity, channel, None)
    reasons = _as_read(get, codes)

    def read(payload: bytes, at: int, found: Found) -> None:
        raw = get(payload, at)
        if raw in reasons:
            found.absent.append(Absent(quantity, reasons[raw], channel))
        else:
            found.readings[key] = reading((quantity, raw / divisor, channel, None))

    return Entry(length, read)


def _with(failed: int | None, codes: Codes) -> Codes:
    return codes if failed is None else {**codes, failed: Reason.DEVICE_ERROR}


def u8(  # noqa: PLR0917  (a table row reads by position)
    quantity: str,
    divisor: int = 1,
    channel: int = 0,
    failed: int | None = None,
    length: int = 1,
    codes: Codes = NO_CODES,
) -> Entry:
    """An unsigned byte at the head of `length` bytes of data; `failed` is the raw value of a failed measurement.

    A state, too, where the maker's 0 and 1 are those of the vocabulary; `state` where they are not.
    """
    return _one(BYTE, length, quantity, divisor, channel, _with(failed, codes))


def u16(  # noqa: PLR0917
    quantity: str,
    divisor: int = 1,
    channel: int = 0,
    failed: int | None = None,
    length: int = 2,
    codes: Codes = NO_CODES,
    times: int = 1,
) -> Entry:
    """Two unsigned bytes at the head of `length`; `failed` as in `u8`, `times` as in `Field`."""
    if times != 1:
        return record(length, Field(0, u16_le, quantity, divisor, channel, _with(failed, codes), times))
    return _one(u16_le, length, quantity, divisor, channel, _with(failed, codes))


def i16(quantity: str, divisor: int = 1, channel: int = 0, length: int = 2, codes: Codes = NO_CODES) -> Entry:
    """Two signed bytes at the head of `length`."""
    return _one(i16_le, length, quantity, divisor, channel, codes)


def u32(quantity: str, channel: int = 0, divisor: int = 1, length: int = 4, codes: Codes = NO_CODES) -> Entry:
    """Four unsigned bytes at the head of `length`."""
    return _one(u32_le, length, quantity, divisor, channel, codes)


def state(quantity: str, values: Mapping[int, float], channel: int = 0, length: int = 1) -> Entry:
    """A state in a byte, translated; a code that `values` does not have is told as impossible."""

    def read(payload: bytes, at: int, found: Found) -> None:
        value = values.get(payload[at])
        if value is None:
            found.absent.append(Absent(quantity, Reason.IMPOSSIBLE, channel))
        else:
            found.add(quantity, value, channel)

    return Entry(length, read)


def u16_pair(first: str, second: str, channel: int = 0) -> Entry:
    """Two values of two unsigned bytes each."""
    return record(4, Field(0, u16_le, first, 1, channel), Field(2, u16_le, second, 1, channel))


def time_of(payload: bytes, at: int) -> int:
    """A device's time stamp, seconds since 1970 in four bytes, as nanoseconds. Its clock is not checked here."""
    return u32_le(payload, at) * _SECOND


def table(*parts: Mapping[int, Entry]) -> Table:
    """The device's own information and replies, which every model sends, and what this model adds to them."""
    merged: dict[int, Entry] = dict(_COMMON)
    for part in parts:
        merged.update(part)
    return merged


def replies(lengths: Mapping[int, int], extended: Mapping[int, int] = MappingProxyType({})) -> dict[int, Entry]:
    """Settings that this model repeats after a downlink, by type, and the length of their data.

    Those of channels fe and ff, where they are not in the common list or differ from it; `extended` are those of
    channel f9, and of f8, which adds a byte that says whether the setting was taken.
    """
    return {
        **{channel << 8 | kind: Entry(length) for channel in (0xFE, 0xFF) for kind, length in lengths.items()},
        **{0xF800 | kind: Entry(length + 1) for kind, length in extended.items()},
        **{0xF900 | kind: Entry(length) for kind, length in extended.items()},
    }


_COMMON: Table = {**replies(SETTINGS), **{key: Entry(length) for key, length in OWN.items()}}
