"""What rules would have said of stored history: how an operator tunes them. Nothing is told, and nothing changes.

The journal's events are decoded and worked out as today, and go through the same engine as live ones, in the journal's
order; hours and days of the roll-ups come between them at the time when they were made, and the rows `station` of
levels and car parks at the reading that makes them, by the sites as they are declared now. So what is said here is what
the worker would have said. Three things the journal does not hold: how citylora itself was, what the rows `station`
repeat of hours and days, and whether a broker could be heard while nothing came: for up to `STALL` that is taken for
granted.
"""

from __future__ import annotations

from contextlib import closing
from heapq import merge
from typing import TYPE_CHECKING, NamedTuple

from gateways.chirpstack import events
from ingest.alerts.clocks import LATENESS
from ingest.alerts.due import STALL
from ingest.alerts.engine import Engine
from ingest.alerts.heard import Tick
from ingest.alerts.rule import Health
from ingest.alerts.sink import STATION, of_rollup
from ingest.alerts.sources import Sources
from ingest.consumer.feed import Feed
from ingest.consumer.hearing import heard
from ingest.data_dir import consumer_file, read_consumer
from ingest.derive.memory import Memory
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from ingest.rollup.live import Stations
from ingest.rollup.packed import unpack
from ingest.rollup.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from ingest.alerts.alert import Change, Interval
    from ingest.alerts.heard import Heard
    from ingest.alerts.rule import Rule
    from ingest.decoding.decoding import Decoding
    from ingest.derive.facts import Facts
    from ingest.registry.site import Site

HOUR = 3_600_000_000_000
TURN = 250_000_000
"""ns between two looks at the clock."""

WARM = 25 * HOUR
"""Before the time that is asked for: nothing looks back further."""

GRACE = 120_000_000_000
"""After the end of an hour or a day, ns, when its rows are made."""

_MADE = ("hourly", "1h", HOUR), ("daily", "1d", 24 * HOUR)

BATCH = 500


class Known(NamedTuple):
    """What events are understood by.

    Attributes:
        brokers: whose events count.
        sites: what is declared of them.
    """

    folder: Path
    decoding: Decoding
    facts: Facts
    zone: tzinfo
    brokers: Collection[str]
    sites: Mapping[str, Site] = {}


HEALTH = "how citylora itself was"
REPEATED = "what the rows station repeat of an hour or a day"
LIVE = "water_level", "flood_", "street_flood", "parking_"
"""How the fields of `station` begin that a reading makes (`rollup.live`)."""


def not_held(rules: Sequence[Rule]) -> dict[str, list[str]]:
    """Rules that history says nothing of, by what the journal does not hold."""
    found: dict[str, list[str]] = {}
    for one in rules:
        measured = one.measured
        if isinstance(one.signal, Health):
            found.setdefault(HEALTH, []).append(one.id)
        elif measured is not None and measured.measurement == STATION and not measured.name.startswith(LIVE):
            found.setdefault(REPEATED, []).append(one.id)
    return found


class WouldBe(NamedTuple):
    """What would have been.

    Attributes:
        changes: alerts that would have begun or ended, in order.
        intervals: when the rules were met.
        events: how many were looked at.
    """

    changes: Sequence[Change]
    intervals: Sequence[Interval]
    events: int


def what_if(
    known: Known, rules: Sequence[Rule], since: int, until: int, progress: Callable[[int], None] = lambda _events: None
) -> WouldBe:
    """Try rules on history.

    Args:
        known: what events are understood by.
        rules: to try.
        since: the first time that is asked for, ns UTC.
        until: the last, not included.
        progress: told how many events have been looked at, now and then.

    Raises:
        DataDirError: a file is damaged.
    """
    trial, count = _Trial(rules, known), 0
    rows = [_rows(known.folder, made, since, until) for made in _MADE]
    for _time, one in merge(_events(known, since, until), *rows, key=lambda pair: pair[0]):
        trial.hear(one)
        if one.arrived_at:  # roll-ups never arrived
            count += 1
            if not count % BATCH:
                progress(count)
    trial.end(until)
    progress(count)
    return WouldBe(
        [one for one in trial.changes if one.time >= since],
        [one for one in trial.intervals.values() if not one.until or one.until >= since],
        count,
    )


class _Trial:
    """An engine, and the clock that goes by what arrives."""

    def __init__(self, rules: Sequence[Rule], known: Known) -> None:
        self.changes: list[Change] = []
        self.intervals: dict[tuple[str, str, int], Interval] = {}
        self._engine = Engine(rules, known.zone)
        self._sources = Sources(known.brokers)
        self._stations = Stations(known.sites)
        self._now = 0

    def hear(self, one: Heard) -> None:
        """An event, or a row of the roll-ups."""
        if one.arrived_at:
            self._go_on(one.arrived_at)
            if not self._sources.own([one]):
                return
            for point in one.points:
                self._stations.see(point)
        self._engine.take([one, *map(of_rollup, self._stations.rows())])
        self._collect()

    def end(self, until: int) -> None:
        """Nothing more is heard."""
        self._go_on(min(until, self._now + STALL))

    def _go_on(self, now: int) -> None:
        """Time goes on to then."""
        first = self._now + TURN if self._now and now - self._now <= STALL else now
        for turn in range(first, now + 1, LATENESS // 4):
            self._tick(turn)
        if now >= first:
            self._tick(now)

    def _tick(self, now: int) -> None:
        self._now = max(self._now, now)
        live = self._sources.live(self._sources.names, now)
        self._engine.tick(Tick(now, live | {STATION} if live >= self._sources.names else live))
        self._collect()

    def _collect(self) -> None:
        effects = self._engine.effects()
        self.changes += effects.changes
        for joined in effects.joined:  # as the table of alerts has it then
            place = next(
                place for place in range(len(self.changes) - 1, -1, -1) if self.changes[place].alert == joined.alert
            )
            self.changes[place] = joined
        self.intervals |= {(one.rule, one.scope, one.since): one for one in effects.intervals}


def _events(known: Known, since: int, until: int) -> Iterator[tuple[int, Heard]]:
    """The journal's events with what they come to, each with a time that never falls."""
    feed, memory, newest = Feed(events.parse, known.decoding, 0, known.facts), Memory(), 0
    with closing(SqliteReader(known.folder / FILE)) as reader:
        for block in reader.between(since - WARM, until):
            for kept in feed.understood(block, memory):
                newest = max(newest, kept.entry.received_at)
                yield newest, heard(kept)


def _rows(folder: Path, made: tuple[str, str, int], since: int, until: int) -> Iterator[tuple[int, Heard]]:
    """The rows of the hours or of the days, when they were made."""
    table, name, lasts = made
    if not consumer_file(folder, "rollup").is_file():
        return
    query = f"SELECT site, ward, start, data FROM {table} WHERE start >= ? AND start < ? ORDER BY start, site"  # noqa: S608
    with closing(read_consumer(folder, "rollup")) as db:
        for site, ward, start, data in db.execute(query, (since - WARM, until - lasts - GRACE)):
            for row in rows_of(unpack(site, ward, start, data), name):
                yield start + lasts + GRACE, of_rollup(row)
