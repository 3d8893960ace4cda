"""The consumer `alerts`' sink: events in, what fires and messages out, in one transaction. See `ingest.ports.Sink`.

    hear, idle ──▶ engine ──▶ alert, interval, derived ──▶ telling ──▶ outbox ──▶ (after the commit) the courier

It lives in the consumer's own file. What it holds in memory goes with that: where a transaction was rolled back all of
it is read again from the file.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.alerts import notices
from ingest.alerts.changes import CLOSE, change, ended, firing_of
from ingest.alerts.clocks import LATENESS
from ingest.alerts.engine import Engine
from ingest.alerts.heard import Heard, Tick
from ingest.alerts.notices import DAY
from ingest.alerts.outbox import put
from ingest.alerts.rows import row_of, row_of_waiting
from ingest.alerts.sources import Sources
from ingest.alerts.stations import repeated_rows, severity_rows
from ingest.alerts.tables import Tables
from ingest.ledger import Ledger
from ingest.rollup.derived_log import append
from ingest.rollup.spans import HOUR
from ingest.rollup.trim import PAUSE, trim

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import tzinfo

    from ingest.alerts.alert import Change
    from ingest.alerts.message import Message
    from ingest.alerts.rule import Rule
    from ingest.alerts.telling import Telling
    from ingest.decoding.point import Point
    from ingest.ports import Refusal

BEHIND = 300_000_000_000
"""ns: what is read is of so long ago, and there is more to read: nobody is told before the end of it is known."""

KEPT = 400 * DAY
"""ns: for so long it is known what has fired, and when rules were met."""

FAILED = "alerts.failed."
"""Counters of alerts.db begin with this, before the id of a rule that could not be worked out."""

STATION = "station"
"""The source of these rows, which are written as things happen: where all brokers are live and none comes, none has."""

AT_HEAD = 2_000_000_000
"""ns: what was read last has come here so lately that there is next to nothing behind it. In a busy city there is
always something to read."""

_LASTS = {"1h": HOUR, "1d": DAY}
"""ns, by the end of a measurement's name."""


class Outside(NamedTuple):
    """What the sink asks of others; each may change while it works.

    Attributes:
        connected: the brokers that we are connected to.
        health: what `Health` signals look at; see `Tick`.
        posted: told that there are new messages; they are committed soon.
        passed: how far each reader of the alerts' log has it for good.
        given_up: told which of them will never get how many points.
        failed: told that a rule cannot be worked out, and why.
        retired: the devices that are at no site any more, by the registry; the same set while that stays so.
    """

    connected: Callable[[], Collection[str]] = tuple
    health: Callable[[], Mapping[tuple[str, str], float]] = dict
    posted: Callable[[], None] = lambda: None
    passed: Callable[[], Mapping[str, int]] = dict
    given_up: Callable[[str, int], None] = lambda _name, _points: None
    failed: Callable[[str, str], None] = lambda _rule, _why: None
    retired: Callable[[], AbstractSet[str]] = frozenset


class Book(NamedTuple):
    """What is watched, and who is told.

    Attributes:
        rules: all that are on.
        brokers: whose events count.
        zone: whose days and hours.
        telling: makes what tells, of the consumer's file.
    """

    rules: Sequence[Rule]
    brokers: Collection[str]
    zone: tzinfo
    telling: Callable[[sqlite3.Connection], Telling]


class AlertSink:
    """Has rules looked at, and writes down what they say.

    Args:
        db: alerts.db, the consumer's.
        now: wall clock, ns UTC.
        outside: what it asks of others.
    """

    name = "alerts"

    def __init__(
        self, db: sqlite3.Connection, book: Book, now: Callable[[], int], outside: Outside | None = None
    ) -> None:
        self.accepted = 0
        self.tables = Tables(db)
        self._db = db
        self._book = book
        self._now = now
        self._outside = outside or Outside()
        self._sources = Sources(book.brokers)
        self._turn = -1
        self._fresh = True
        self._newest: dict[str, int] = {}
        self._arrived = 0
        self._current = False
        self._posted = False
        self._trimmed = time.monotonic()

    def use(self, book: Book) -> None:
        """Watch by these rules from now on, and tell these departments; no transaction is open."""
        self._book = book
        self._sources = Sources(book.brokers)
        self._turn = -1

    def hear(self, events: Sequence[Heard]) -> None:
        """Take a batch of events."""
        self._take(self._sources.own(events))

    def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """Their rows came with them."""
        self.accepted += len(points)
        return ()

    def write_derived(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """Take roll-ups and indices."""
        self._take([of_rollup(point) for point in points if not point.revises])
        self.accepted += len(points)
        return ()

    def idle(self, *, caught_up: bool) -> bool:
        """Look at what is due by the clock; see `ingest.ports.Idling`."""
        self._begin()
        now = self._now()
        read = caught_up or now - self._arrived < AT_HEAD
        live = self._sources.live(self._outside.connected(), now) if read else frozenset()
        if read and live >= self._sources.names:
            live |= {STATION}
        current = self._current or (read and self._sources.drained(now))
        turn, self._turn = self._turn, -1
        self._engine.tick(Tick(now, live, self._outside.health(), self._outside.retired()))
        if self._settle(now, current=current):
            turn += 1
            self.tables.turned(turn)
        self._turn = turn
        if self._fresh:
            self._telling.welcome()
            self._fresh = False
        self._post(self._telling.idle(now, live=current), now)
        if current and (rows := repeated_rows(self._db, now)):
            append(self._db, rows, now)
        self._trim(now)
        return False

    def close(self) -> None:
        """Nothing: the file is the consumer's."""

    @property
    def engine(self) -> Engine:
        """The engine as of the last transaction."""
        self._begin()
        return self._engine

    @property
    def telling(self) -> Telling:
        """What tells, of this file."""
        self._begin()
        return self._telling

    def change(self, question: dict[str, Any]) -> dict[str, Any]:
        """What a person changes by a command (`changes`), in a transaction of the caller."""
        return self._close(question) if question["what"] == CLOSE else change(self._db, question, self._now())

    def send(self, messages: Sequence[Message]) -> None:
        """Put messages into the outbox, in a transaction of the caller."""
        self._post(messages, self._now())

    def _close(self, question: dict[str, Any]) -> dict[str, Any]:
        """Somebody says that alerts are over; one that the engine knows nothing of any more as well."""
        firing = firing_of(self.tables, question["alerts"])
        self._begin()
        now, by, why = self._now(), str(question["who"]), str(question["reason"])
        turn, self._turn = self._turn + 1, -1
        known = self._engine.close(firing.keys(), by, why, now)
        lost = [ended(one, now, by, why) for alert, one in firing.items() if alert not in known]
        self._settle(now, current=True, lost=lost)
        self.tables.turned(turn)
        self._turn = turn
        return {"closed": [*firing]}

    def _take(self, events: Sequence[Heard]) -> None:
        if not events:
            return
        self._begin()
        now = self._now()
        self._current = self._is_current(events, now)
        turn, self._turn = self._turn + 1, -1
        self._engine.take(events)
        self._settle(now, current=self._current)
        self.tables.turned(turn)
        self._turn = turn

    def _is_current(self, events: Sequence[Heard], now: int) -> bool:
        """Whether all sources of a batch have come to what happens now; roll-ups lie behind by what they are."""
        found: set[str] = set()
        for one in events:
            if one.arrived_at:
                found.add(one.source)
                self._arrived = max(self._arrived, min(now, one.arrived_at))
                self._newest[one.source] = max(self._newest.get(one.source, 0), min(now, one.received_at))
        return all(now - self._newest[source] < BEHIND for source in found) if found else self._current

    def _begin(self) -> None:
        """A transaction begins; where the one before was rolled back, what it left in memory is read again."""
        if self._posted:
            self._posted = False
            self._outside.posted()  # what was put there is committed, or was rolled back: then nothing is found
        turn = self.tables.turn()
        if turn == self._turn:
            return
        self._turn = turn
        self.tables.began(self._now())
        self._engine = Engine((), self._book.zone)  # the one before goes first: two are twice the memory
        self._engine = Engine(self._book.rules, self._book.zone, self.tables.states())
        # So that a time from the future is known for one, and what has gone meanwhile is no silence.
        self._engine.tick(Tick(self._now(), retired=self._outside.retired()))
        self._telling = self._book.telling(self._db)
        self._fresh = True

    def _settle(self, now: int, *, current: bool, lost: Sequence[Change] = ()) -> bool:
        """Write down what has changed, with what the engine does not know of; whether anything has."""
        effects = self._engine.effects()
        effects.changes.extend(lost)
        self.tables.keep(effects.states)
        self.tables.history(effects.intervals)
        Ledger(self._db).count({**effects.counts, **{FAILED + rule: 1 for rule in effects.failed}})
        self._report(effects.failed, now)
        self.tables.record((*effects.changes, *effects.joined))
        self._telling.joined(effects.joined, now)
        if rows := [*map(row_of_waiting, effects.waiting), *map(row_of, effects.changes)]:
            append(self._db, [*rows, *severity_rows(self._db, effects.changes)], now)
        if effects.changes:
            self._post(self._telling.changed(effects.changes, now, live=current), now)
        return bool(effects.states or effects.changes or effects.intervals or effects.counts)

    def _report(self, failed: Mapping[str, str], now: int) -> None:
        """Rules that could not be worked out are said to those who run citylora, once a day."""
        for rule, why in failed.items():
            self._outside.failed(rule, why)
            self._post(self._telling.notice(notices.of_rule(rule, why, now), now), now)

    def _post(self, messages: Sequence[Message], now: int) -> None:
        if messages and put(self._db, messages, now):
            self._posted = True

    def _trim(self, now: int) -> None:
        if time.monotonic() - self._trimmed >= PAUSE:
            for name, points in trim(self._db, self._outside.passed(), now).items():
                self._outside.given_up(name, points)
            self.tables.forget(now - KEPT)
            self._trimmed = time.monotonic()


def of_rollup(point: Point) -> Heard:
    """A row of the roll-ups' log, as heard when its span is over for good; whose time that moves is the engine's."""
    lasts = _LASTS.get(point.measurement.rpartition("_")[2], 0)
    return Heard("rollup", point.time + lasts + LATENESS, "", (point,))
