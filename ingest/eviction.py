"""Keeps the journal within its size: what every consumer has goes first, then the oldest, counted for whoever lags."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from ingest.faults import reach

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.consumer.consumer import Consumer
    from ingest.journal.reader import SqliteReader
    from ingest.journal.writer import SqliteJournal
    from ingest.ledger import Cursor

SHARE = 20
"""A full journal gives up one part in so many at a time, so that this is rare work and not one for every block."""

CAUSE = "cap"


class Room(NamedTuple):
    """How the journal stands.

    Attributes:
        size: bytes in use.
        cap: bytes allowed.
        stuck: at its cap, and the operator wants nothing given up.
    """

    size: int
    cap: int
    stuck: bool = False


class Evictor:
    """Makes room in the journal; belongs to the journal's thread."""

    def __init__(
        self,
        journal: SqliteJournal,
        reader: SqliteReader,
        consumers: Sequence[Consumer],
        cap: int,
        *,
        stop_when_full: bool,
        retention: int | None = None,
        now: Callable[[], int] = time.time_ns,
    ) -> None:
        self._journal = journal
        self._reader = reader
        self._consumers = consumers
        self._cap = cap
        self._stop_when_full = stop_when_full
        self._retention = retention
        self._now = now
        self._before_drop: Callable[[], None] = lambda: None

    def before_drop(self, work: Callable[[], None]) -> None:
        """Have this done before blocks are dropped: what was learned of them must be written down elsewhere by then."""
        self._before_drop = work

    def passed(self) -> int:
        """Number of the last event that every consumer has behind it."""
        return min((consumer.cursor.seq for consumer in self._consumers), default=self._journal.last)

    def make_room(self) -> Room:
        """Drop what is too old or too much; what could not be dropped now is asked for again at the next call."""
        self._expire()
        size = self._journal.size()
        if size >= self._cap:
            self._journal.checkpoint()  # what is still in the WAL counts twice: giving up events would not free that
            size = self._journal.size()
        if size < self._cap:
            return Room(size, self._cap)
        end = self._reader.end_of_oldest(size - self._cap + self._cap // SHARE)
        behind = [consumer for consumer in self._consumers if consumer.cursor.seq < end.seq]
        if behind and self._stop_when_full:
            slowest = min((consumer.cursor for consumer in behind), default=end)
            end = self._reader.block_end(slowest.seq)
            behind = []
        if all(consumer.evict(end, CAUSE) for consumer in behind):
            self._drop(end)
        size = self._journal.size()
        return Room(size, self._cap, stuck=self._stop_when_full and size >= self._cap)

    def _expire(self) -> None:
        """Drop what every consumer has and is older than the retention."""
        if self._retention is None:
            return
        now = self._now()
        end = self._reader.end_of_older(now - self._retention, now, self.passed())
        if end.seq:
            self._drop(end)

    def _drop(self, end: Cursor) -> None:
        # No cursor may fall back behind what is dropped, not even in a power cut. Whoever is at a write is asked again
        # later: intake waits for no sink.
        if not all(consumer.settle(end.seq) for consumer in self._consumers):
            return
        self._before_drop()
        reach("eviction.before")
        self._journal.drop(end.seq)
