"""A consumer: reads the journal with a cursor of its own, and brings each event's points to its sink.

One transaction of the consumer's file holds the cursor, the counts and the quarantined events of a batch; for the
store the rows as well. For a sink elsewhere it is committed after the sink has said yes. A crash in between repeats the
batch, and a repeated point changes nothing.
"""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from ingest.consumer.batch import EVER, REFUSED, Batch, case_of
from ingest.consumer.desk import Desk, Health
from ingest.consumer.read_ahead import ReadAhead
from ingest.consumer.retention import Expiry
from ingest.errors import DataDirError, SinkUnavailable
from ingest.faults import reach
from ingest.ledger import STORED, Cursor, Ledger, Range
from ingest.quarantine import Quarantine
from ingest.sqlite import on_disk, settle, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.consumer.feed import Feed, Kept
    from ingest.journal.entry import Block
    from ingest.ports import JournalReader, Refusal, Sink
    from ingest.quarantine import Case

BATCH = 2_000
"""Events of a batch: some 5,000 points, where InfluxDB is fastest."""

TICK = 1.0
"""Seconds after which an idle consumer looks whether it is to stop."""

GATHER = 0.02
"""Seconds between the beginnings of two writes: at 1,000 uplinks/s, 20 in a write cost a quarter of 20 writes."""

PATIENCE = 0.05
"""Seconds that intake waits for the end of a write when the journal is full: as long as a busy local sink takes."""

BACK_OFF = (0.5, 60.0)
"""Seconds before a refused batch is written again, at first and at most; doubled each time, with jitter."""

GONE = "gone"
"""The cause of an eviction of what the journal had given up before this consumer was configured."""


T = TypeVar("T")


class Consumer:
    """One sink's way through the journal.

    Args:
        expires: the sink is in the consumer's own file, and what is older than `retention` is deleted there.
        on_trouble: told the consumer's name and each failed attempt to write, and None when one succeeds again.

    Attributes:
        health: replaced, never changed.
        failures: attempts to write that failed.
    """

    def __init__(
        self, db: sqlite3.Connection, sink: Sink, feed: Feed, reader: JournalReader, now: Callable[[], int],
        *, retention: int | None = None, expires: bool = False,
        on_trouble: Callable[[str, SinkUnavailable | None], None] | None = None,
    ) -> None:  # fmt: skip
        self.name = sink.name
        self.health = Health()
        self.failures = 0
        self.ledger = Ledger(db)
        self.quarantine = Quarantine(db, self.ledger)
        self._db = db
        self._sink = sink
        self._feed = feed
        self._ahead = ReadAhead(sink.name, feed, reader, BATCH)
        self._now = now
        self._retention = retention
        self._expiry = Expiry(db, self.ledger) if expires else None
        self._on_trouble = on_trouble
        self._lock = threading.RLock()
        self._cursor = self.ledger.cursor()
        self._stopping = threading.Event()
        self._nudged = threading.Event()
        gone = reader.totals()
        if self._cursor.seq > gone.last:
            raise DataDirError(
                f"the sink {self.name} has read {self._cursor.seq} events, but the journal has only {gone.last}:"
                " they are not of one time",
                "restore the whole data directory from one backup, or move all of it away to begin with an empty one",
            )
        self.evict(Cursor(gone.oldest - 1, gone.sealed_received - gone.sealed_duplicates), GONE)

    @property
    def cursor(self) -> Cursor:
        """How far it has committed."""
        return self._cursor

    def run(self) -> None:
        """Consume until `stop`."""
        while not self._stopping.is_set():
            if self._feed.wait(self._cursor.seq, TICK if self._expiry is None else min(TICK, self._expiry.wait)):
                began = time.monotonic()
                self.step()
                self._stopping.wait(max(0.0, began + GATHER - time.monotonic()))
            self.expire()

    def stop(self) -> None:
        """End `run` after the batch under way, or at once where that one waits for its sink."""
        self._stopping.set()
        self._nudged.set()
        self._feed.wake()

    def use(self, sink: Sink, retention: int | None) -> None:
        """Write to another sink from now on, which is the same place with other credentials."""
        with self._lock:
            before, self._sink, self._retention = self._sink, sink, retention
            before.close()
        self._nudged.set()

    def keep(self, retention: int | None) -> None:
        """Keep points for so long from now on, ns; None: for ever."""
        self._retention = retention

    def expire(self) -> None:
        """Delete a little of what is older than the retention, where it is time for that."""
        if self._expiry is None or self._expiry.wait:
            return
        with suppress(sqlite3.OperationalError), self._lock, transaction(self._db):  # a batch says what ails the file
            self._expiry.step(None if self._retention is None else self.oldest())

    def step(self) -> bool:
        """Write the next batch, however long it takes; false where there was none."""
        before = self._cursor
        blocks, kept = self._ahead.take(before.seq)
        if not blocks:
            return False
        self._ahead.begin(blocks[-1].last)
        self._until_written(self._batch(blocks, kept), before)
        return True

    def evict(self, through: Cursor, cause: str) -> bool:
        """Give up what was not consumed up to a cursor; false where a write is under way: ask again later."""
        if not self._lock.acquire(timeout=PATIENCE):
            return False
        try:
            if through.seq > self._cursor.seq:
                reach("evict.before")
                with on_disk(self._db):
                    self.ledger.evict(Range(self._cursor.ordinal + 1, through.ordinal), cause)
                    self.ledger.move(through)
                self._cursor = through
                reach("evict.after")
        finally:
            self._lock.release()
        return True

    def settle(self) -> bool:
        """Have everything committed so far on disk, also after a power cut; false while a write is under way."""
        if not self._lock.acquire(timeout=PATIENCE):
            return False
        try:
            settle(self._db)
        finally:
            self._lock.release()
        return True

    def replay(self, reason: str | None = None) -> tuple[int, int]:
        """Try the quarantined events again; returns (stored, still in quarantine).

        Raises:
            SinkUnavailable: the sink cannot be asked now; what was stored until then is counted.
        """
        stored = after = left = 0
        while cases := self.quarantine.cases(reason, after, 500):
            for case in cases:
                after = case.seq
                freed = self._try_again(case)
                stored, left = stored + freed, left + (not freed)
        return stored, left

    def desk(self, work: Callable[[Desk], T]) -> T:
        """Do something to what is stored while the consumer waits, in one transaction of its file."""
        with self._lock, transaction(self._db):
            return work(Desk(self._cursor, self._sink, self.ledger, self.quarantine))

    def oldest(self) -> int:
        """The time before which the sink keeps nothing, ns UTC."""
        return EVER if self._retention is None else self._now() - self._retention

    def purge(self, reason: str | None = None) -> int:
        """Give up quarantined events; returns how many."""
        with self._lock, transaction(self._db):
            return self.quarantine.purge(reason)

    def close(self) -> None:
        """Let go of sink and file."""
        self._sink.close()
        self._ahead.close()
        self._db.close()

    def _batch(self, blocks: Sequence[Block], kept: list[Kept]) -> Batch:
        points = [point for event in kept for point in event.outcome.points]
        oldest = self.oldest()
        fresh = points if oldest == EVER else [point for point in points if point.time >= oldest]
        return Batch(Cursor(blocks[-1].last, blocks[-1].ordinal), kept, fresh, len(points) - len(fresh), oldest)

    def _until_written(self, batch: Batch, before: Cursor) -> None:
        delay, asked = BACK_OFF[0], 0.0
        # An eviction moves the cursor: then this batch is given up, and the next one begins where the cursor is.
        while not self._stopping.is_set() and self._cursor == before:
            try:
                self._write(batch, before)
            except SinkUnavailable as error:
                asked = error.retry_after or 0.0
                self._report(error)
            except sqlite3.OperationalError as error:
                asked = 0.0
                self._report(SinkUnavailable(f"its file cannot be written: {error}", "free some disk space"))
            else:
                return
            self._nudged.wait(max(asked, delay * random.uniform(0.8, 1.2)))  # noqa: S311  (jitter)
            if not self._stopping.is_set():
                self._nudged.clear()
            delay = min(delay * 2, BACK_OFF[1])

    def _report(self, error: SinkUnavailable) -> None:
        self.failures += 1
        self.health = Health(str(error), error.hint, error.alarm)
        if self._on_trouble is not None:
            self._on_trouble(self.name, error)

    def _write(self, batch: Batch, before: Cursor) -> None:
        with self._lock:
            if self._cursor != before:
                return  # evicted since it was read
            with transaction(self._db):
                reach("sink.before")
                accepted = self._sink.accepted
                refusals = self._sink.write(batch.points) if batch.points else ()
                reach("sink.after")
                self._settle(batch, refusals, self._sink.accepted - accepted)
                reach("cursor.before")
            self._cursor = batch.cursor
        reach("cursor.after")
        if self.health.trouble:
            self.health = Health()
            if self._on_trouble is not None:
                self._on_trouble(self.name, None)

    def _settle(self, batch: Batch, refusals: Sequence[Refusal], written: int) -> None:
        """Count each event of the batch once, keep the bad ones, and move the cursor."""
        refused = batch.owners(refusals) if refusals else {}
        cases, stored = [], []
        for place, event in enumerate(batch.kept):
            if event.outcome.reason or place in refused:
                cases.append(case_of(event, refused.get(place, "")))
            elif batch.late and batch.all_late(event):
                self.ledger.evict(Range(event.ordinal, event.ordinal), "retention")
            else:
                stored.append(event.outcome.kind)
        reach("quarantine.before")
        self.quarantine.add(cases)
        reach("quarantine.after")
        tally = {STORED + kind: count for kind, count in Counter(stored).items()}
        tally["points.made"] = sum([len(event.outcome.points) for event in batch.kept])
        tally["points.written"] = written
        tally["points.refused"] = len(refusals)
        tally["points.late"] = batch.late
        self.ledger.count(tally)
        self.ledger.move(batch.cursor)
        if batch.late:
            self.ledger.note_horizon(batch.oldest)
        if written:
            self.ledger.note_write(self._now())

    def _try_again(self, case: Case) -> bool:
        outcome = self._feed.again(case.entry)
        if outcome.reason:
            return False
        # The radio's row was stored when the event came; it is only the rest that was missing.
        points = [point for point in outcome.points if point.measurement != "radio" or case.reason == REFUSED]
        with self._lock, transaction(self._db):
            if self.quarantine.case(case.seq) is None:
                return False  # a quota has pushed it out meanwhile
            accepted = self._sink.accepted
            if points and self._sink.write(points):
                return False
            if points:
                self.ledger.note_write(self._now())
            self.quarantine.release(case, STORED + outcome.kind)
            self.ledger.count({"points.made": len(points), "points.written": self._sink.accepted - accepted})
        return True
