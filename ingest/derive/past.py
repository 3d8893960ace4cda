"""What is remembered of a device: the last values of each quantity that something looks back at, by event time.

A device's memory is one `bytes`, so that a city's fits, and consumers share it without copying: `PLACE` bytes that say
at which site and of which model it is, then a record of `SIZE` bytes for each quantity and channel:

    channel u16 · quantity u32 · KEPT times (time i64 · value f64 · since u32 · cause u8), the newest first

`time` is ns UTC, 0 where the place is still empty. `since` is the second since when the value has been the same: no
value behind it is needed to know that, however long ago it was. A value takes its place in front, and the last one
falls out: nothing else of a record changes.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from zlib import crc32

from ingest.derive.cause import Cause

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT = 8
"""Values remembered of a quantity and channel."""

LOOK_BACK = 4
"""How many are seen of those before a value; the others are for uplinks that come late."""

HORIZON = 25 * 3_600_000_000_000
"""Nothing looks back further than this, ns: a day, and an hour for those that report once a day."""

SECOND = 1_000_000_000
LAST_SECOND = 2**32 - 1
"""The last one that `since` can hold."""

_KEY = struct.Struct("<HI")
_VALUE = struct.Struct("<qdIB")
_PAST = struct.Struct("<" + "qdIB" * LOOK_BACK)
_JUDGED = struct.Struct("<" + "qd4xB" * LOOK_BACK)
_ALL = struct.Struct("<" + "qdIB" * KEPT)
PLACE = 4
"""Bytes before the first record."""
KEY = _KEY.size
"""Bytes before a record's newest value."""
VALUE = _VALUE.size
"""Bytes of a value."""
SIZE = KEY + _ALL.size
STAYS = KEY + (KEPT - 1) * VALUE
"""Bytes of a record up to the value that falls out."""

_EMPTY = bytes(SIZE - KEY - VALUE)

put_in_front = struct.Struct(f"<qdIB{STAYS - KEY}s").pack_into
"""(new memory, a record's offset + KEY, time, value, since, cause, the record's bytes of before from KEY to STAYS)."""

newest_value = _VALUE.unpack_from
"""(memory, a record's offset + KEY) -> time, value, since and cause of its newest value."""


class Past(NamedTuple):
    """The values before one, oldest first: at most `LOOK_BACK`, none older than `HORIZON`.

    Attributes:
        times: ns UTC.
        causes: of each, 0 where it was believed (`Cause`).
        same_since: since when the last of them has been the same, ns UTC, to the second; 0 where there is none.
    """

    times: tuple[int, ...]
    values: tuple[float, ...]
    causes: Sequence[int]
    same_since: int


NOTHING = Past((), (), (), 0)

Seen: TypeAlias = "tuple[tuple[int, float], ...]"
"""What a computation sees of a past: (time, value), the newest first."""

EVERY, LAST, REPORTED = 1, 2, 3
"""Every believed value of it; the last of these; the last value of all, unless its time is doubtful."""

_OF_CLOCKS = (int(Cause.LATE), int(Cause.CLOCK))


def seen(past: Past, looks_back: int) -> Seen:
    """What a computation sees that looks back for `EVERY`, `LAST` or `REPORTED`."""
    times, values, causes, _same_since = past
    if looks_back == REPORTED:
        return () if not times or causes[-1] in _OF_CLOCKS else ((times[-1], values[-1]),)
    believed = [(time, value) for time, value, cause in zip(times, values, causes, strict=True) if not cause]
    return tuple(believed[::-1] if looks_back == EVERY else believed[-1:])


def place(site: str, model: str) -> bytes:
    """What a device's memory begins with: at another site, or as another model, it begins anew."""
    return crc32(f"{site}\0{model}".encode()).to_bytes(PLACE, "little")


def key(quantity: str, channel: int) -> bytes:
    """What a record begins with."""
    return _KEY.pack(channel, hash_of(quantity))


def hash_of(quantity: str) -> int:
    """A quantity as its records name it."""
    return crc32(quantity.encode())


def find(memory: bytes, key: bytes) -> int:
    """Where a record begins; -1 where there is none."""
    at = memory.find(key, PLACE)
    while at >= 0 and (at - PLACE) % SIZE:  # some values look like it
        at = memory.find(key, at + 1)
    return at


def records(memory: bytes, channel: int) -> dict[int, int]:
    """Where the records of a channel begin, by the hash of their quantity (`hash_of`)."""
    found = {}
    for at in range(PLACE, len(memory), SIZE):
        own, quantity = _KEY.unpack_from(memory, at)
        if own == channel:
            found[quantity] = at
    return found


def newest(memory: bytes) -> int:
    """The time of the newest value of all; 0 where there is none."""
    return max((newest_value(memory, at + KEY)[0] for at in range(PLACE, len(memory), SIZE)), default=0)


def second(time: int) -> int:
    """The second of a time, as `since` holds it."""
    second = time // SECOND
    return second if second < LAST_SECOND else LAST_SECOND  # noqa: FURB136  (`min` takes thrice as long)


def before(memory: bytes, at: int, time: int) -> Past:
    """The past of a value that is newer than all of the record at an offset."""
    found = _PAST.unpack_from(memory, at + KEY)
    earliest = time - HORIZON
    if found[0] < earliest:
        return NOTHING
    oldest = -4
    while not found[oldest] or found[oldest] < earliest:
        oldest -= 4
    return Past(found[oldest::-4], found[oldest + 1 :: -4], found[oldest + 3 :: -4], found[2] * SECOND)


def believed_before(memory: bytes | bytearray, at: int, time: int) -> Seen:
    """What is seen of `EVERY` value from one that is newer than all of the record at an offset."""
    earliest = time - HORIZON
    t1, v1, c1, t2, v2, c2, t3, v3, c3, t4, v4, c4 = _JUDGED.unpack_from(memory, at + KEY)
    if t4 >= earliest and not (c1 or c2 or c3 or c4):  # as in most rows
        return (t1, v1), (t2, v2), (t3, v3), (t4, v4)
    found = ((t1, v1, c1), (t2, v2, c2), (t3, v3, c3), (t4, v4, c4))
    return tuple([(then, value) for then, value, cause in found if not cause and then >= earliest])


def first_record(key: bytes, time: int, value: float, cause: int) -> bytes:
    """A record with one value."""
    return key + _VALUE.pack(time, value, second(time), cause) + _EMPTY


def is_older(time: int, memory: bytes, key: bytes, until: int) -> bool:
    """Whether a time lies before all of a full record, of which nothing lies at or behind `until`."""
    at = find(memory, key)
    return at >= 0 and time < _VALUE.unpack_from(memory, at + STAYS)[0] and newest_value(memory, at + KEY)[0] < until


def with_records(memory: bytes, changes: Sequence[tuple[int, bytes]]) -> bytes:
    """The memory with whole records in place of those at their offsets; -1: it is a new one."""
    whole = bytearray(memory)
    for at, record in changes:
        if at < 0:
            whole += record
        else:
            whole[at : at + SIZE] = record
    return bytes(whole)


class Series:
    """A record unpacked, to put a value among those that it has: lists of them, oldest first."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.times: list[int] = []
        self.values: list[float] = []
        self.causes: list[int] = []
        self._since: list[int] = []

    @classmethod
    def of(cls, memory: bytes, at: int) -> Series:
        """Unpack the record at an offset."""
        series = cls(memory[at : at + KEY])
        found = _ALL.unpack_from(memory, at + KEY)
        count = sum(time > 0 for time in found[::4])
        last = 4 * count - 4
        if count:
            series.times, series.values = list(found[last::-4]), list(found[last + 1 :: -4])
            series._since, series.causes = list(found[last + 2 :: -4]), list(found[last + 3 :: -4])
        return series

    def forgot(self, time: int) -> bool:
        """Whether something has fallen out that one would see from this time."""
        if len(self.times) < KEPT:
            return False
        older = bisect_left(self.times, time)
        return older == 0 or (older < LOOK_BACK and self.times[0] >= time - HORIZON)

    def drop_from(self, time: int) -> None:
        """Forget what lies at or behind a time: a clock that was far ahead would hold up everything after it."""
        kept = bisect_left(self.times, time)
        del self.times[kept:], self.values[kept:], self.causes[kept:], self._since[kept:]

    def has(self, time: int, value: float) -> bool:
        """Whether this very value is there."""
        index = bisect_left(self.times, time)
        return index < len(self.times) and self.times[index] == time and self.values[index] == value

    def put(self, time: int, value: float) -> int:
        """Put a value where it belongs, in place of one of the same time; its index. May grow by one over `KEPT`."""
        index = bisect_left(self.times, time)
        if index < len(self.times) and self.times[index] == time:
            self.values[index] = value
        else:
            self.times.insert(index, time)
            self.values.insert(index, value)
            self.causes.insert(index, 0)
            self._since.insert(index, 0)
        for later in range(index, len(self.times)):
            self._since[later] = self._same_since(later)
        return index

    def past(self, index: int) -> Past:
        """What was before one of its values."""
        start, earliest = max(0, index - LOOK_BACK), self.times[index] - HORIZON
        while start < index and self.times[start] < earliest:
            start += 1
        if start == index:
            return NOTHING
        seen = slice(start, index)
        same_since = self._since[index - 1] * SECOND
        return Past(tuple(self.times[seen]), tuple(self.values[seen]), tuple(self.causes[seen]), same_since)

    def packed(self) -> bytes:
        """The newest `KEPT` of it as a record."""
        values = list(zip(self.times, self.values, self._since, self.causes, strict=True))[-KEPT:]
        return b"".join([self.key, *[_VALUE.pack(*value) for value in reversed(values)]]).ljust(SIZE, b"\0")

    def _same_since(self, index: int) -> int:
        """A pause longer than `HORIZON` begins anew: nobody knows what was in it."""
        time, value = self.times[index], self.values[index]
        if index and value == self.values[index - 1] and time - self.times[index - 1] <= HORIZON:
            return self._since[index - 1]
        return second(time)
