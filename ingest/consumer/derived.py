"""Brings the second log, `derived`, to a sink: beside the journal's batches, in their thread and their file.

The rows of a step and how far it came are one transaction of the consumer's file; for a sink elsewhere it is committed
after the sink has said yes. A crash in between repeats the rows, and a repeated row changes nothing. Between two of the
journal's batches there is one step at most, and a sink that does not take these rows holds up no batch: they are tried
again later.
"""

from __future__ import annotations

import random
import sqlite3
import time
from typing import TYPE_CHECKING, Protocol

from ingest.consumer.batch import EVER
from ingest.consumer.desk import BACK_OFF, Health
from ingest.decoding.point import OF_ROLLUPS
from ingest.delivered import delivered, note
from ingest.errors import CityloraError, SinkUnavailable
from ingest.faults import reach
from ingest.ports import Deriving
from ingest.sqlite import transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.decoding.point import Point
    from ingest.delivered import LogName
    from ingest.observe.troubles import Troubles
    from ingest.ports import Refusal, Sink

POINTS = 2_000
"""Points of a step: some 0.1 s of an InfluxDB's time, which is what the next batch of the journal may wait."""


class Block(Protocol):
    """Points that were appended together."""

    @property
    def seq(self) -> int:
        """Its number; numbers rise."""
        ...

    @property
    def points(self) -> Sequence[Point]:
        """In order."""
        ...


class DerivedLog(Protocol):
    """The log as one thread reads it."""

    def read(self, after: int, points: int) -> Sequence[Block]:
        """The blocks that follow a number, in order, until they hold at least so many points or end."""
        ...

    def head(self) -> int:
        """The highest number that was ever given; 0 where none was."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Delivery:
    """One sink's way through the log; the consumer steps it while no batch is being written.

    Args:
        name: the consumer's.
        db: the consumer's file.
        log: a reader of its own.
        now: wall clock, ns UTC.
        retention: how long the sink keeps roll-ups, ns; None: for ever.
        troubles: told what goes wrong.
        of: whose log it is.

    Attributes:
        health: replaced, never changed.
        failures: attempts to write that failed.
    """

    def __init__(
        self, name: str, db: sqlite3.Connection, log: DerivedLog, now: Callable[[], int],
        *, retention: int | None = None, troubles: Troubles | None = None, of: LogName = "rollup",
    ) -> None:  # fmt: skip
        self.health = Health()
        self.failures = 0
        self._name = name
        self._db = db
        self._log = log
        self._now = now
        self._retention = retention
        self._troubles = troubles
        self._due = 0.0
        self._delay = BACK_OFF[0]
        self._of = of
        self._done = delivered(db, of)
        if self._done.seq > (head := log.head()):
            # A power cut, or a restore, has taken the log's last blocks: their numbers are given again.
            self._done = self._done._replace(seq=head)
            with transaction(db):
                note(db, self._done, of)

    @property
    def seq(self) -> int:
        """How far it has committed."""
        return self._done.seq

    def step(self, sink: Sink, oldest: int) -> bool:
        """Bring the next rows to the sink; false where there are none, or it is to be asked later.

        Args:
            sink: the consumer's.
            oldest: the time before which it keeps no other rows, ns UTC.
        """
        if time.monotonic() < self._due:
            return False
        try:
            blocks = self._read()
            if blocks:
                self._write(sink, blocks, oldest)
        except SinkUnavailable as error:
            self._failed(error)
            return False
        except sqlite3.OperationalError as error:
            self._failed(SinkUnavailable(f"its file cannot be written: {error}", "free some disk space"))
            return False
        if blocks or self.health.trouble:
            self._worked()
        return bool(blocks)

    def oldest(self) -> int | None:
        """The time before which the sink keeps no roll-ups, ns UTC; None: it keeps them for ever."""
        return None if self._retention is None else self._now() - self._retention

    def nudge(self) -> None:
        """Try again at once: the sink has other credentials."""
        self._due = 0.0

    def close(self) -> None:
        """Let go of the log."""
        self._log.close()

    def _read(self) -> Sequence[Block]:
        try:
            return self._log.read(self._done.seq, POINTS)
        except (sqlite3.DatabaseError, CityloraError) as error:
            raise SinkUnavailable(f"the file {self._of}.db cannot be read: {error}", alarm=True) from error

    def _write(self, sink: Sink, blocks: Sequence[Block], oldest: int) -> None:
        points = [point for block in blocks for point in block.points]
        fresh = self._fresh(points, oldest)
        accepted = sink.accepted
        with transaction(self._db):
            reach("derived.before")
            refusals = _written(sink, fresh) if fresh else ()
            reach("derived.after")
            sent, before = sink.accepted - accepted, self._done
            done = before._replace(
                seq=blocks[-1].seq,
                sent=before.sent + sent,
                refused=before.refused + len(refusals),
                late=before.late + len(points) - len(fresh),
                written_at=self._now() if sent else before.written_at,
            )
            if refusals:
                done = done._replace(refused_at=self._now(), refusal=refusals[-1].reason)
            note(self._db, done, self._of)
            reach("derived.cursor")
        self._done = done
        if self._troubles is not None:
            for refusal in refusals:
                point = fresh[refusal.index]
                self._troubles.derived_refused(self._name, point.measurement, point.tags[0], refusal.reason)

    def _fresh(self, points: Sequence[Point], oldest: int) -> Sequence[Point]:
        """Those that are within the sink's retention."""
        of_rollups = self.oldest()
        if of_rollups is None and oldest == EVER:
            return points
        limits = (oldest, EVER if of_rollups is None else of_rollups)
        return [point for point in points if point.time >= limits[point.measurement in OF_ROLLUPS]]

    def _failed(self, error: SinkUnavailable) -> None:
        self.failures += 1
        self.health = Health(str(error), error.hint, error.alarm)
        pause = self._delay * random.uniform(0.8, 1.2)  # noqa: S311  (jitter)
        self._due = time.monotonic() + max(error.retry_after or 0.0, pause)
        self._delay = min(self._delay * 2, BACK_OFF[1])
        if self._troubles is not None:
            self._troubles.derived(self._name, error)

    def _worked(self) -> None:
        self._delay = BACK_OFF[0]
        if self.health.trouble:
            self.health = Health()
            if self._troubles is not None:
                self._troubles.derived(self._name, None)


def _written(sink: Sink, points: Sequence[Point]) -> Sequence[Refusal]:
    return sink.write_derived(points) if isinstance(sink, Deriving) else sink.write(points)
