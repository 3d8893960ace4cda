"""The consumer `rollup`'s sink: takes worked-out rows, and makes hours and days of them. See `ingest.ports.Sink`.

It lives in the consumer's own file and transaction, and holds nothing in memory that a transaction which is rolled back
would leave wrong. A write puts the rows down where they wait (`pending`); what is over is closed between the writes.
"""

from __future__ import annotations

import time
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from ingest.devices import FOREVER, UNASSIGNED
from ingest.rollup import too_late
from ingest.rollup.board import Board
from ingest.rollup.bucket import RECORDS
from ingest.rollup.closing import Closing
from ingest.rollup.derived_log import append
from ingest.rollup.fresh import Fresh
from ingest.rollup.judging import Judge
from ingest.rollup.live import WATCHED
from ingest.rollup.making import Maker
from ingest.rollup.packer import DOMAINS, Packer
from ingest.rollup.spans import Calendar
from ingest.rollup.summarise import Places
from ingest.rollup.tables import Tables
from ingest.rollup.trim import PAUSE, trim

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from ingest.decoding.point import Point
    from ingest.ports import Refusal
    from ingest.registry.invalid import Stretch
    from ingest.rollup.tables import State

GRACE = 120_000_000_000
"""ns after its end when an hour is closed: what was on its way then is nearly always there."""

PENDING_BYTES = 2 * 1024 * 1024
"""What waits for the buckets at most: some 20,000 rows, put there in less than a tenth of a second."""

TIDY_SECONDS = 60.0
"""Between two looks at what is dirty: a late value corrects its hour within a minute."""

_time, _received_at = attrgetter("time"), attrgetter("received_at")


class Outside(NamedTuple):
    """What the sink asks of others; each may change while it works.

    Attributes:
        places: what is known of the sites.
        stretches: what invalidations say of values, after a change of the registry.
        passed: how far each reader of the second log has it for good.
        given_up: told which of them will never get how many points.
    """

    places: Callable[[], Places] = Places
    stretches: Callable[[int], Sequence[Stretch]] = lambda _change: ()
    passed: Callable[[], Mapping[str, int]] = dict
    given_up: Callable[[str, int], None] = lambda _name, _points: None


class RollupSink:
    """Makes hours and days.

    Args:
        db: rollup.db, the consumer's.
        zone: whose days, an IANA name.
        now: wall clock, ns UTC.
        outside: what it asks of others.
    """

    name = "rollup"

    def __init__(
        self, db: sqlite3.Connection, zone: str, now: Callable[[], int], outside: Outside | None = None
    ) -> None:
        self.accepted = 0
        self._db = db
        self._now = now
        self._outside = outside or Outside()
        self._calendar = Calendar(zone)
        self._tables = Tables(db)
        self._packer = Packer(self._calendar, WATCHED)
        self._state: State | None = None
        self._maker = Maker(self._tables, self._calendar, self._outside.places)
        self._board = Board(db, self._tables, self._outside.places)
        self._judge = Judge(self._tables, self._calendar, self._maker, self._outside.places)
        self._closing = Closing(self._tables, self._calendar, self._maker, self._board, self._judge)
        self._trimmed = time.monotonic()
        self._tidied = -inf  # what was declared while nobody ran counts at once

    def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """Take a batch; nothing is refused."""
        state = self._begin()
        # A clock that is ahead by a year must not close a year, nor forget what is kept.
        received = min(self._now(), max(map(_received_at, points), default=0))
        state = state._replace(seen=max(state.seen, received), turn=state.turn + 1)
        late = min(map(_time, points), default=FOREVER) < self._closing.settled(state)
        taken = self._late(points, state) if late else points
        kept = self._packer.pack(taken, state.turn * RECORDS, self._board.see)
        if kept:
            state = self._tables.wait(kept, state)
        append(self._db, self._board.end(), self._now())
        if state.pending > PENDING_BYTES:
            state = self._closing.flushed(state)
            self._tables.move(state)
        elif not kept:
            self._tables.move(state)
        self._end(state)
        self.accepted += len(points)
        return ()

    def idle(self, *, caught_up: bool) -> bool:
        """Close what is over, a little of it; see `ingest.ports.Idling`."""
        state, now = self._begin(), self._now()
        latest = (now if caught_up else min(now, state.seen)) - GRACE
        if latest < 0:
            self._end(state)
            return False  # nothing was ever received
        tidy = time.monotonic() - self._tidied >= TIDY_SECONDS
        began = state
        state, more = self._closing.work(self._honour(state) if tidy else state, latest, tidy=tidy)
        state = state._replace(turn=state.turn + (state != began or more))
        rows, told = self._maker.take_rows()
        append(self._db, [*rows, *self._board.end()], now, told)
        if state != began:
            self._tables.move(state)
        self._end(state)
        if tidy and not more:
            self._tidied = time.monotonic()
        self._trim(now)
        return more

    def close(self) -> None:
        """Nothing: the file is the consumer's."""

    def rebuilding(self) -> Fresh:
        """What history is made anew with, at the consumer's desk."""
        return Fresh(self._db, self._calendar, self._maker, self._closing)

    def tidy(self) -> None:
        """Make again what is dirty, and judge what may drift, at the next `idle`. Any thread may say so."""
        self._judge.wake()
        self._tidied = -inf

    def _begin(self) -> State:
        """A transaction begins; where the one before was rolled back, what it left in memory is forgotten."""
        state, self._state = self._state, None
        if state is None or self._maker.rows or not self._tables.waits(state):
            found = self._tables.state()
            if found != state or self._maker.rows:
                self._maker.forget()
                self._board.forget()
            state = found
        self._board.begin()
        return state

    def _end(self, state: State) -> None:
        """It ends."""
        self._state = state

    def _late(self, points: Sequence[Point], state: State) -> list[Point]:
        """Those that still count; what is of hours that are closed makes them dirty."""
        settled = self._closing.settled(state)
        points = [point for point in points if point.measurement in DOMAINS and point.tags[1] != UNASSIGNED]
        taken = [point for point in points if point.time >= state.dropped]
        hour = self._calendar.hour
        self._tables.mark({(hour(point.time).start, point.tags[1]) for point in taken if point.time < settled})
        too_late.note(self._db, [point.time for point in points if point.time < state.dropped])
        return taken

    def _honour(self, state: State) -> State:
        """Have the hours made again of whose values the registry says something new."""
        known = self._outside.places().change
        for stretch in [one for one in self._outside.stretches(state.change) if one.change <= known]:
            since = max(stretch.since, state.dropped)
            hours = self._tables.hours(stretch.site, self._calendar.hour(since).start, stretch.until)
            self._tables.mark([(start, stretch.site) for start in hours])
            state = state._replace(change=max(state.change, stretch.change))
        return state

    def _trim(self, now: int) -> None:
        if time.monotonic() - self._trimmed >= PAUSE:
            for name, points in trim(self._db, self._outside.passed(), now).items():
                self._outside.given_up(name, points)
            self._trimmed = time.monotonic()
