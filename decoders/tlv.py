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
from typing import NamedTuple, TypeAlias

from decoders.base import Absent, Decoded, Reading, Reason, UnknownMessage, WrongLength
from decoders.bits import i16_le, u16_le, u32_le

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
        self.readings[quantity, channel, at] = Reading(quantity, value, channel, at)


Read: TypeAlias = Callable[[bytes, int, Found], None]
"""(payload, position of the first data byte, where to put what is found)."""


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
        position = _end(payload, start, entry, key)
        if entry.read is not None:
            entry.read(payload, start, found)
    return Decoded(tuple(found.readings.values()), tuple(found.absent))


def _end(payload: bytes, start: int, entry: Entry, key: int) -> int:
    stop = start + entry.length
    if entry.size is not None and stop <= len(payload):
        stop = start + entry.size(payload, start)
    if stop > len(payload):
        raise WrongLength(
            f"channel and type {key:04x} at position {start - _HEADER} needs {stop - len(payload)} more bytes"
        )
    return stop


def u8(quantity: str, divisor: int = 1, channel: int = 0, failed: int | None = None) -> Entry:
    """An unsigned byte; `failed` is the raw value that stands for a failed measurement."""
    key = (quantity, channel, None)

    def read(payload: bytes, at: int, found: Found) -> None:
        raw = payload[at]
        if raw == failed:
            found.absent.append(Absent(quantity, Reason.DEVICE_ERROR, channel))
        else:
            found.readings[key] = Reading(quantity, raw / divisor, channel)

    return Entry(1, read)


def u16(quantity: str, divisor: int = 1, channel: int = 0, failed: int | None = None) -> Entry:
    """Two unsigned bytes; `failed` as in `u8`."""
    key = (quantity, channel, None)

    def read(payload: bytes, at: int, found: Found) -> None:
        raw = u16_le(payload, at)
        if raw == failed:
            found.absent.append(Absent(quantity, Reason.DEVICE_ERROR, channel))
        else:
            found.readings[key] = Reading(quantity, raw / divisor, channel)

    return Entry(2, read)


def i16(quantity: str, divisor: int = 1, channel: int = 0, length: int = 2) -> Entry:
    """Two signed bytes, at the head of `length` bytes of data."""
    key = (quantity, channel, None)

    def read(payload: bytes, at: int, found: Found) -> None:
        found.readings[key] = Reading(quantity, i16_le(payload, at) / divisor, channel)

    return Entry(length, read)


def u32(quantity: str, channel: int = 0) -> Entry:
    """Four unsigned bytes."""
    key = (quantity, channel, None)

    def read(payload: bytes, at: int, found: Found) -> None:
        found.readings[key] = Reading(quantity, float(u32_le(payload, at)), channel)

    return Entry(4, read)


def u16_pair(first: str, second: str, channel: int = 0) -> Entry:
    """Two values of two unsigned bytes each."""

    def read(payload: bytes, at: int, found: Found) -> None:
        found.add(first, float(u16_le(payload, at)), channel)
        found.add(second, float(u16_le(payload, at + 2)), channel)

    return Entry(4, read)


def time_of(payload: bytes, at: int) -> int:
    """A device's time stamp, seconds since 1970 in four bytes, as nanoseconds. Its clock is not checked here."""
    return u32_le(payload, at) * _SECOND


def table(*parts: Mapping[int, Entry]) -> Table:
    """The device's own information and replies, which every model sends, and what this model adds to them."""
    merged: dict[int, Entry] = dict(_COMMON)
    for part in parts:
        merged.update(part)
    return merged


_INFORMATION = {0x01: 1, 0x08: 6, 0x09: 2, 0x0A: 2, 0x0B: 1, 0x0C: 1, 0x0F: 1, 0x16: 8, 0x1F: 4, 0xFE: 1, 0xFF: 2}
"""Channel ff, sent after a join: protocol version, serial number (08, 16), hardware, firmware (0a, 1f), power on, power
off, LoRaWAN class, reset, TSL version. Type and length of the data."""

_REPLIES = {
    0x02: 2, 0x03: 2, 0x04: 1, 0x06: 9, 0x10: 1, 0x11: 4, 0x17: 2, 0x1C: 2, 0x27: 1, 0x28: 1, 0x35: 8, 0x3B: 1, 0x40: 1,
    0x42: 1, 0x43: 1, 0x44: 1, 0x4A: 1, 0x51: 1, 0x68: 1, 0x69: 1, 0x6A: 3, 0x6D: 1, 0x84: 1, 0x96: 8, 0xF1: 4, 0xF2: 2,
    0xF5: 1,
}  # fmt: skip
"""Channel fe, and ff where it is not taken above: the device repeats a setting that a downlink changed."""

_COMMON: Table = {
    **{0xFE00 | kind: Entry(length) for kind, length in _REPLIES.items()},
    **{0xFF00 | kind: Entry(length) for kind, length in _REPLIES.items()},
    **{0xFF00 | kind: Entry(length) for kind, length in _INFORMATION.items()},
}
