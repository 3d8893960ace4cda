"""What the journal holds: each event as it was received, with what intake decided of it."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import msgspec

IDENTITY = 16
"""Bytes of what makes an event unique; all zero stands for nothing."""


class Verdict(IntEnum):
    """What intake made of an event."""

    KEPT = 0
    DUPLICATE = 1
    RESET = 2
    """Kept, although it looks like an earlier uplink: the device's frame counter began again."""


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event and intake's decisions, which replay must find again as they were.

    Attributes:
        topic: as received.
        payload: as received, or its head where it was oversized.
        source: name of the broker or port that handed it over.
        arrived_at: this machine's wall clock at that moment, ns UTC.
        received_at: the time that citylora gives to the event (docs/design.md, Time), ns UTC.
        verdict: a `Verdict`.
        gap: frame counters of this device that were skipped just before this uplink.
        length: of an oversized payload, its full length; else 0.
        digest: of an oversized payload, the SHA-256 of all of it; else b"".
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
