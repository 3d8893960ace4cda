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
from contextlib import suppress
from typing import TYPE_CHECKING

from ingest.consumer.batch import EVER, Batch
from ingest.consumer.consumption import Consumption
from ingest.consumer.desk import BACK_OFF, Health
from ingest.consumer.idle import Turns
from ingest.consumer.read_ahead import ReadAhead
from ingest.consumer.retention import Expiry, Limits
from ingest.derive.memory import Changes
from ingest.errors import SinkUnavailable
from ingest.ledger import Cursor
from ingest.ports import Idling
from ingest.sqlite import transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.consumer.derived import Delivery
    from ingest.consumer.feed import Feed, Taken
    from ingest.ports import JournalReader, Sink

BATCH = 1_000
"""Events of a batch: some 3,500 points. InfluxDB is hardly faster with more, and each of them is in memory twice over:
in hand, and read ahead."""

TICK = 1.0
"""Seconds after which an idle consumer looks whether it is to stop."""

GATHER = 0.02
"""Seconds between the beginnings of two writes: at 1,000 uplinks/s, 20 in a write cost a quarter of 20 writes."""

PLENTY = 250
"""Events for which a write is not put off: more of them in one would not be cheaper."""


class Consumer(Consumption):
    """One sink's way through the journal.

    Args:
        gather: seconds between the beginnings of two writes, where less than `PLENTY` events wait.
        expires: the sink is in the consumer's own file, and what is older than `retention` is deleted there.
        on_trouble: told the consumer's name and each failed attempt to write, and None when one succeeds again.
        derived: brings the rows of the roll-ups' log to the sink; None: nothing does.
        alerts: likewise of the alerts' log.

    Attributes:
        failures: attempts to write that failed.
    """

    def __init__(
        self, db: sqlite3.Connection, sink: Sink, feed: Feed, reader: JournalReader, now: Callable[[], int],
        *, gather: float = GATHER, retention: int | None = None, expires: bool = False,
        on_trouble: Callable[[str, SinkUnavailable | None], None] | None = None, derived: Delivery | None = None,
        alerts: Delivery | None = None,
    ) -> None:  # fmt: skip
        super().__init__(db, sink, feed, now, retention)
        self.name = sink.name
        self.derived = derived
        self.alerts = alerts
        self.failures = 0
        self._gather = gather
        self._health = Health()
        self._turns = Turns(db, sink) if isinstance(sink, Idling) else None
        self._ahead = ReadAhead(sink.name, feed, reader, BATCH, self._remembering.memory)
        self._expiry = Expiry(db, self.ledger) if expires else None
        self._on_trouble = on_trouble
        self._stopping = threading.Event()
        self._nudged = threading.Event()
        self._begin(reader)

    @property
    def health(self) -> Health:
        """How it is; where the journal's batches are well, how the delivery of derived rows is."""
        ails = [one.health for one in self._deliveries() if one.health.trouble]
        return ails[0] if ails and not self.stalled else self._health

    @property
    def stalled(self) -> bool:
        """Whether the journal's batches do not go on."""
        return bool(self._health.trouble)

    @property
    def ails(self) -> bool:
        """Whether something does not go on: batches, derived rows, or what is due by the clock."""
        return bool(self.health.trouble) or (self._turns is not None and self._turns.failed)

    def run(self) -> None:
        """Consume until `stop`."""
        more = False
        while not self._stopping.is_set():
            patience = 0.0 if more else TICK if self._expiry is None else min(TICK, self._expiry.wait)
            found = self._feed.wait(self._cursor.seq, patience)
            if found:
                began = time.monotonic()
                self.step()
                self._feed.wait(self._cursor.seq, began + self._gather - time.monotonic(), PLENTY)
            more = self.deliver() | self.idle(caught_up=not found)
            self.expire()
        with suppress(sqlite3.OperationalError, OSError), self._lock:  # else it is read again at the next start
            self._note()

    def stop(self) -> None:
        """End `run` after the batch under way, or at once where that one waits for its sink."""
        self._stopping.set()
        self._nudged.set()
        self._feed.wake()

    def use(self, sink: Sink, retention: int | None) -> None:
        """Write to another sink from now on, which is the same place with other credentials."""
        with self._lock:
            before, self._sink, self._retention = self._sink, sink, retention
            self._holding.hand(sink)
            before.close()
        self._nudged.set()
        for delivery in self._deliveries():
            delivery.nudge()

    def keep(self, retention: int | None) -> None:
        """Keep points for so long from now on, ns; None: for ever."""
        self._retention = retention

    def expire(self) -> None:
        """Delete a little of what is older than the retention, where it is time for that."""
        if self._expiry is None or self._expiry.wait:
            return
        with suppress(sqlite3.OperationalError), self._lock, transaction(self._db):  # a batch says what ails the file
            rollups = None if self.derived is None else self.derived.oldest()
            self._expiry.step(Limits(None if self._retention is None else self.oldest(), rollups))

    def deliver(self) -> bool:
        """Bring the next rows of the second logs to the sink; false where there are none, or it takes none now."""
        found = False
        for delivery in self._deliveries():
            with self._lock:
                found |= delivery.step(self._sink, self.oldest())
        return found

    def idle(self, *, caught_up: bool) -> bool:
        """Give the sink its turn, where it wants one; true where it has more to do now."""
        if self._turns is None:
            return False
        with self._lock:
            return self._turns.take(caught_up=caught_up)

    def finish(self) -> bool:
        """Give the sink its turn at once, the journal being read; true where it has more to do, or could not now."""
        if self._turns is None:
            return False
        with self._lock:
            self._turns.hurry()
            return self._turns.take(caught_up=True) or self._turns.failed

    def step(self) -> bool:
        """Write the next batch, however long it takes; false where there was none."""
        self._take_over()
        before = self._cursor
        taken = self._ahead.take(before.seq)
        if not taken.blocks:
            return False
        self._ahead.begin(taken.blocks[-1].last)
        if not self._until_written(self._batch(taken), before):
            self._ahead.back(taken)
        return True

    def close(self) -> None:
        """Let go of sink and file."""
        self._sink.close()
        self._ahead.close()
        for delivery in self._deliveries():
            delivery.close()
        self._db.close()

    def _deliveries(self) -> list[Delivery]:
        return [one for one in (self.derived, self.alerts) if one is not None]

    def _batch(self, taken: Taken) -> Batch:
        points = [point for event in taken.kept for point in event.outcome.points]
        oldest, last = self.oldest(), taken.blocks[-1]
        fresh = points if oldest == EVER else [point for point in points if point.time >= oldest]
        cursor = Cursor(last.last, last.ordinal)
        return Batch(cursor, taken.kept, fresh, len(points) - len(fresh), oldest, taken.changes)

    def _take_over(self) -> None:
        """Remember what released events changed, in place of what was read ahead without them."""
        with self._lock:
            released, self._released = self._released, {}
        if released:
            self._ahead.back()
            self._remembering.memory.follow(Changes(released))

    def _until_written(self, batch: Batch, before: Cursor) -> bool:
        """Write a batch, however long it takes; false where it was given up."""
        delay, asked = BACK_OFF[0], 0.0
        # An eviction moves the cursor: then this batch is given up, and the next one begins where the cursor is.
        while not self._stopping.is_set() and self._cursor == before:
            try:
                written = self._write(batch, before)
            except SinkUnavailable as error:
                asked = error.retry_after or 0.0
                self._report(error)
            except (sqlite3.OperationalError, OSError) as error:
                asked = 0.0
                self._report(SinkUnavailable(f"its file cannot be written: {error}", "free some disk space"))
            else:
                if written:
                    self._recovered()
                return written
            self._nudged.wait(max(asked, delay * random.uniform(0.8, 1.2)))  # noqa: S311  (jitter)
            if not self._stopping.is_set():
                self._nudged.clear()
            delay = min(delay * 2, BACK_OFF[1])
        return False

    def _recovered(self) -> None:
        if self.stalled:
            self._health = Health()
            if self._on_trouble is not None:
                self._on_trouble(self.name, None)

    def _report(self, error: SinkUnavailable) -> None:
        self.failures += 1
        self._health = Health(str(error), error.hint, error.alarm)
        if self._on_trouble is not None:
            self._on_trouble(self.name, error)
