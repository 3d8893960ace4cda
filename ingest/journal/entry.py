"""What the journal holds: each event as it was received, with what intake decided of it."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

IDENTITY = 16
"""Bytes of what makes an event unique; all zero stands for nothing."""


class Verdict(IntEnum):
    """What intake made of an event."""

    KEPT = 0
    DUPLICATE = 1
    RESET = 2
    """Kept, although it looks like an earlier uplink: the device's frame counter began again."""


class Cause(IntEnum):
    """Where the frames of a gap were lost (docs/gaps.md)."""

    UNKNOWN = 0
    """Nothing says where."""
    RADIO = 1
    """No gateway that hears the device has received them."""
    NETWORK = 2
    """Between the gateways and us: a backhaul, the network server, the broker."""
    LOST = 3
    """In this process: a defect."""

    @property
    def word(self) -> str:
        """As it is written everywhere."""
        return self.name.lower()


_DUPLICATE = int(Verdict.DUPLICATE)

MISSING = {cause: f"missing_{cause.word}" for cause in Cause}
"""The tally of each cause; their sum is the tally `missing_fcnt`."""


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event and intake's decisions, which replay must find again as they were.

    Attributes:
        topic: as received.
        payload: as received, or its head where it was oversized.
        source: name of the broker or port that handed it over.
        arrived_at: this machine's wall clock at that moment, ns UTC.
        received_at: the time that citylora gives to the event (docs/design.md, Time), ns UTC.
        verdict: a `Verdict`.
        gap: frame counters of this device that were skipped just before this uplink; -1 where it is itself one that
            was missing. The sum over a device's uplinks is what is missing.
        length: of an oversized payload, its full length; else 0.
        digest: of an oversized payload, the SHA-256 of all of it; else b"".
        cause: a `Cause`: of the gap, or that under which this uplink was missing.
    """

    topic: str
    payload: bytes
    source: str
    arrived_at: int
    received_at: int
    verdict: int = 0
    gap: int = 0
    length: int = 0
    digest: bytes = b""
    cause: int = 0


def count_duplicates(entries: Sequence[Entry]) -> int:
    """How many of them repeat another."""
    return [entry.verdict for entry in entries].count(_DUPLICATE)


class Block(NamedTuple):
    """The events of one commit.

    Attributes:
        last: number (`seq`) of its last event; the events are numbered without a gap.
        ordinal: how many events that are no duplicates the journal had taken in, up to and with this block.
        entries: in order.
    """

    last: int
    ordinal: int
    entries: tuple[Entry, ...]

    @property
    def first(self) -> int:
        """Number of its first event."""
        return self.last - len(self.entries) + 1

    def numbered(self) -> Iterator[tuple[int, int, Entry]]:
        """(`seq`, ordinal, entry) of each event; the ordinal of a duplicate is 0."""
        ordinal = self.ordinal - len(self.entries) + count_duplicates(self.entries)
        for seq, entry in enumerate(self.entries, self.first):
            if entry.verdict == _DUPLICATE:
                yield seq, 0, entry
            else:
                ordinal += 1
                yield seq, ordinal, entry
