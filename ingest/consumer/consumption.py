"""What a consumer does to its file and its sink: each one transaction, the cursor in it, and one at a time."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from ingest.alerts.heard import Hearing
from ingest.consumer.batch import EVER, Batch, case_of
from ingest.consumer.desk import Desk
from ingest.consumer.hearing import heard
from ingest.consumer.holding import Holding
from ingest.consumer.release import attempt
from ingest.consumer.remembering import Remembering
from ingest.errors import DataDirError
from ingest.faults import reach
from ingest.ledger import STORED, Cursor, Ledger, Range
from ingest.quarantine import Quarantine
from ingest.sqlite import on_disk, settle, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from ingest.consumer.feed import Feed
    from ingest.ports import JournalReader, Refusal, Sink
    from ingest.quarantine import Case

PATIENCE = 0.05
"""Seconds that intake waits for the end of a write when the journal is full: as long as a busy local sink takes."""

AT_ONCE = 500
"""Quarantined events that are tried again in one write."""

GONE = "gone"
"""The cause of an eviction of what the journal had given up before this consumer was configured."""

MALFORMED = "malformed"
"""Counted as the kind of what is no event, by those who keep no case of it."""

T = TypeVar("T")


class Consumption:
    """A consumer's file, its sink, and what it remembers; any thread may call it."""

    def __init__(
        self, db: sqlite3.Connection, sink: Sink, feed: Feed, now: Callable[[], int], retention: int | None
    ) -> None:
        self.ledger = Ledger(db)
        self.quarantine = Quarantine(db, self.ledger)
        self._db = db
        self._sink = sink
        self._hearing = sink if isinstance(sink, Hearing) else None
        self._feed = feed
        self._remembering = Remembering(db)
        self._released: dict[str, bytes] = {}
        self._holding = Holding(db)
        self._now = now
        self._retention = retention
        self._lock = threading.RLock()
        self._cursor = self.ledger.cursor()

    def _begin(self, reader: JournalReader) -> None:
        """Take up where the file leaves off.

        Raises:
            DataDirError: file and journal are not of one time.
        """
        gone = reader.totals()
        if self._cursor.seq > gone.last:
            raise DataDirError(
                f"the sink {self._sink.name} has read {self._cursor.seq} events, but the journal has only {gone.last}:"
                " they are not of one time",
                "restore the whole data directory from one backup, or move all of it away to begin with an empty one",
            )
        self.evict(Cursor(gone.oldest - 1, gone.sealed_received - gone.sealed_duplicates), GONE)
        self._remembering.recall(self._feed, reader, self._cursor.seq)
        self._holding.hand(self._sink)

    @property
    def cursor(self) -> Cursor:
        """How far it has committed."""
        return self._cursor

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

    def settle(self, through: int | None = None) -> bool:
        """Have everything committed so far on disk, also after a power cut; false while a write is under way.

        Args:
            through: number of the last event that nobody may be able to read again from now on; None: of any.
        """
        if not self._lock.acquire(timeout=PATIENCE):
            return False
        try:
            if not self._remembering.noted(self._cursor.seq if through is None else through):
                self._note()
            settle(self._db)
        finally:
            self._lock.release()
        return True

    def replay(self, reason: str | None = None) -> tuple[int, int]:
        """Try the quarantined events again; returns (stored, still in quarantine).

        Raises:
            SinkUnavailable: the sink cannot be asked now; what was stored until then is counted.
        """
        stored = after = tried = 0
        while cases := self.quarantine.cases(reason, after, AT_ONCE):
            after, tried = cases[-1].seq, tried + len(cases)
            stored += self._try_again(cases)
        return stored, tried - stored

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

    def _note(self) -> None:
        """Write down what is remembered of devices, as of the cursor."""
        with on_disk(self._db):
            self._remembering.note(self._cursor.seq)
        self._remembering.committed()

    def _write(self, batch: Batch, before: Cursor) -> bool:
        """Write a batch; false where it is not to be written any more."""
        with self._lock:
            if self._cursor != before:
                return False  # evicted since it was read
            if self._released and any(self._released.keys() & one.devices.keys() for one in batch.changes):
                return False  # it was worked out without events that were released since
            self._holding.keep(self._sink, batch.points)
            with transaction(self._db):
                reach("sink.before")
                accepted = self._sink.accepted
                if self._hearing is not None:
                    self._hearing.hear([heard(one) for one in batch.kept])
                refusals = self._sink.write(batch.points) if batch.points else ()
                reach("sink.after")
                self._settle(batch, refusals, self._sink.accepted - accepted)
                self._remembering.consume(batch.changes, batch.cursor.seq)
                self._holding.forget()
                reach("cursor.before")
            self._cursor = batch.cursor
            self._remembering.committed()
            self._holding.committed()
        reach("cursor.after")
        return True

    def _settle(self, batch: Batch, refusals: Sequence[Refusal], written: int) -> None:
        """Count each event of the batch once, keep the bad ones, and move the cursor.

        Who hears the events themselves has heard those that cannot be decoded, too: it keeps none.
        """
        refused = batch.owners(refusals) if refusals else {}
        cases, stored = [], []
        for place, event in enumerate(batch.kept):
            if (event.outcome.reason and self._hearing is None) or place in refused:
                cases.append(case_of(event, refused.get(place, "")))
            elif batch.late and batch.all_late(event):
                self.ledger.evict(Range(event.ordinal, event.ordinal), "retention")
            else:
                stored.append(event.outcome.kind or MALFORMED)
        reach("quarantine.before")
        self.quarantine.add(cases)
        reach("quarantine.after")
        tally = {STORED + kind: count for kind, count in Counter(stored).items()}
        tally["points.made"] = sum([len(event.outcome.points) for event in batch.kept])
        tally["points.written"] = written
        tally["points.refused"] = len(refusals)
        tally["points.late"] = batch.late
        tally["points.unplaced"] = sum([change.unplaced for change in batch.changes])
        self.ledger.count(tally)
        self.ledger.move(batch.cursor, self._now() if written else None)
        if batch.late:
            self.ledger.note_horizon(batch.oldest)

    def _try_again(self, cases: Sequence[Case]) -> int:
        """Try cases again, in one write; returns how many could be let go."""
        with self._lock:
            # A quota may have pushed some out meanwhile.
            held = [case for case in cases if self.quarantine.case(case.seq) is not None]
            trial = attempt(held, self._feed, self._remembering, self._cursor)
            points = trial.batch.points
            self._holding.keep(self._sink, points)
            with transaction(self._db):
                accepted = self._sink.accepted
                refusals = self._sink.write(points) if points else ()
                written = self._sink.accepted - accepted
                stored = trial.settle(self.quarantine, refusals)
                self.ledger.count({
                    "points.made": len(points), "points.written": written, "points.refused": len(refusals),
                    "points.unplaced": trial.changes.unplaced,
                })  # fmt: skip
                if written:
                    self.ledger.note_write(self._now())
                if trial.changes.devices:
                    self._remembering.note(self._cursor.seq, trial.changes)
                self._holding.forget()
            if trial.changes.devices:
                self._remembering.committed()
            self._holding.committed()
            self._released |= trial.changes.devices
        return stored
