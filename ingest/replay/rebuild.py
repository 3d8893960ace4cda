"""Roll-ups made again from the journal, at the desk of the consumer `rollup`.

The journal's events are decoded and worked out in its order, from some time before the range, so that rows come out as
in a live run; values in the range are gathered. Then hours and days are made of them, a part of the city at a time, and
before each part what the consumer has read meanwhile is gathered too. A rebuild that is cut off is begun anew.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ingest.decoding.moment import EARLIEST, TOLERANCE
from ingest.derive.memory import Memory
from ingest.errors import CityloraError
from ingest.replay.steps import Steps
from ingest.rollup.fresh import Order
from ingest.rollup.sink import RollupSink
from ingest.rollup.spans import HOUR, SECOND, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ingest.consumer.consumer import Consumer
    from ingest.consumer.desk import Desk
    from ingest.consumer.feed import Feed
    from ingest.decoding.point import Point
    from ingest.journal.reader import SqliteReader
    from ingest.rollup.fresh import Fresh, There
    from ingest.rollup.too_late import TooLate

EVENTS = 1_000
"""Events that are read at once."""


class Wanted(NamedTuple):
    """What is asked for, ns UTC; None: as far as it can be done."""

    since: int | None = None
    until: int | None = None
    site: str = ""


class Report(msgspec.Struct):
    """What was done.

    Attributes:
        since: from when on, ns UTC: the start of a local day; where no range was given, when the first hour begins
            that was made.
        until: until when.
        events: of the journal, decoded again.
        made: hours and days of a site.
    """

    since: int = 0
    until: int = 0
    events: int = 0
    made: int = 0


class Progress(NamedTuple):
    """How far it has come: events read first, then hours of the range."""

    stage: str
    done: int
    total: int
    report: Report


def rebuild(
    consumer: Consumer, reader: SqliteReader, feed: Feed, wanted: Wanted, now: Callable[[], int]
) -> Iterator[Progress]:
    """Make roll-ups again, a step each time that the next progress is asked for.

    Raises:
        CityloraError: there are none, or the journal no longer holds what they would be made of.
    """
    fresh = consumer.desk(_fresh)
    span = _span(consumer, reader, fresh, wanted, feed.facts.reach)
    order = Order(span, wanted.site, ahead=wanted.until is None, all=wanted.since is None)
    work = _Work(fresh, order, _History(feed, reader, order), now)
    before = consumer.desk(work.begin)
    try:
        yield from work.gather(consumer)
        yield from work.make(consumer)
        consumer.desk(lambda _desk: work.end(before))
    finally:
        consumer.desk(work.begin)
    yield Progress("done", 1, 1, work.report)


def _fresh(desk: Desk) -> Fresh:
    if not isinstance(desk.sink, RollupSink):
        raise CityloraError(f"{desk.sink.name} makes no roll-ups")
    return desk.sink.rebuilding()


def _span(consumer: Consumer, reader: SqliteReader, fresh: Fresh, wanted: Wanted, reach: int) -> Span:
    """The range, in whole days, as far as hours are closed.

    Raises:
        CityloraError: the journal has forgotten some of it.
    """
    closed, calendar = consumer.desk(lambda _desk: fresh.closed()), fresh.calendar
    horizon = reader.horizon()
    # What is received just before a day begins can be of the day; and rows rest on those before them.
    floor = calendar.day(horizon + reach + TOLERANCE).end if horizon else EARLIEST
    since = calendar.day(floor if wanted.since is None else max(wanted.since, EARLIEST)).start
    if horizon and since < floor:
        first = datetime.fromtimestamp(floor // SECOND, calendar.zone).isoformat()
        raise CityloraError(
            f"the journal no longer holds all events of that time: roll-ups can be made again from {first} on",
            f"give --since {first}",
        )
    until = closed if wanted.until is None else min(closed, calendar.day(wanted.until - 1).end)
    return Span(since, max(since, until))


class _Work:
    """What is done at the desk."""

    def __init__(self, fresh: Fresh, order: Order, history: _History, now: Callable[[], int]) -> None:
        self.report = Report(*order.span)
        self._fresh = fresh
        self._order = order
        self._history = history
        self._now = now
        self._found: Sequence[Point] = ()
        self._day = Span(0, 0)
        self._shard = 0
        self._there: There = {}

    def begin(self, _desk: Desk) -> TooLate:
        """Nothing is gathered; what has come too late so far."""
        return self._fresh.begin()

    def end(self, before: TooLate) -> None:
        """All is made."""
        self._fresh.end(before, self._order)
        if self._order.all and self._fresh.first is not None:
            self.report.since = self._fresh.first

    def gather(self, consumer: Consumer) -> Iterator[Progress]:
        """Gather what the consumer has read so far."""
        history, through = self._history, consumer.cursor.seq
        first = history.reached
        for found in history.read(through):
            self._found = found
            consumer.desk(lambda _desk: self._fresh.gather(self._found, self._order))
            self.report.events = history.events
            yield Progress("read", history.reached - first, through - first, self.report)

    def make(self, consumer: Consumer) -> Iterator[Progress]:
        """Make the hours and days."""
        (since, until), at = self._order.span, self._order.span.start
        while (day := consumer.desk(lambda _desk, at=at: self._fresh.next_day(at, self._order.end))) is not None:  # type: ignore[misc]
            self._day, at = day, day.end
            parts = consumer.desk(self._parts)
            for shard, there in parts.items():
                self._shard, self._there = shard, there
                consumer.desk(self._part)
                yield Progress("make", (min(day.start, until) - since) // HOUR, (until - since) // HOUR, self.report)

    def _parts(self, _desk: Desk) -> dict[int, There]:
        return self._fresh.there(self._day, self._order.site)

    def _part(self, desk: Desk) -> None:
        for points in self._history.read(desk.cursor.seq):  # that the consumer has read meanwhile
            self._fresh.gather(points, self._order)
        self.report.events = self._history.events
        self.report.made += self._fresh.make(self._day, self._shard, self._there, self._order, self._now())


class _History:
    """The journal's events as a live run makes rows of them.

    Attributes:
        events: worked out so far.
        reached: number of the last of them.
    """

    def __init__(self, feed: Feed, reader: SqliteReader, order: Order) -> None:
        self.events = 0
        self._feed = feed
        self._reader = reader
        self._memory = Memory()
        totals = reader.totals()
        before = order.span.start - feed.facts.reach - TOLERANCE
        blocks = [one for one in reader.spans(totals.last) if one.received_to >= before]
        self.reached = blocks[0].last - blocks[0].events if blocks else totals.last

    def read(self, through: int) -> Iterator[list[Point]]:
        """The rows of the events up to number `through`, some at a time."""
        while self.reached < through and (blocks := self._reader.read(self.reached, EVENTS)):
            found: list[Point] = []
            for block in blocks:
                for seq, ordinal, entry in block.numbered():
                    if ordinal and self.reached < seq <= through:
                        found += self._feed.worked_out(self._feed.again(entry), self._memory).points
                        self.events += 1
                self.reached = min(block.last, through)
            self._memory.take_changes()
            yield found


class Rebuilds:
    """The rebuild under way: a step for each question, so that nobody else waits for long."""

    def __init__(
        self, consumers: Sequence[Consumer], reader: Callable[[], SqliteReader], feed: Feed, now: Callable[[], int]
    ) -> None:
        self._consumers = {one.name: one for one in consumers}
        self._reader = reader
        self._feed = feed
        self._now = now
        self._steps: Steps[Progress] = Steps("rebuild")

    def step(self, question: dict[str, Any]) -> dict[str, Any]:
        """Begin a rebuild where the question holds a range, and go on with the one under way.

        Raises:
            CityloraError: no roll-ups are made here; none is under way; the journal has forgotten some of the range.
        """
        if "since" in question:
            self._begin(Wanted(**question))
        progress = self._steps.go_on()
        report = msgspec.to_builtins(progress.report)
        return {"stage": progress.stage, "done": progress.done, "total": progress.total, "report": report}

    def close(self) -> None:
        """Forget the rebuild under way."""
        self._steps.close()

    def _begin(self, wanted: Wanted) -> None:
        self.close()
        consumer = self._consumers.get(RollupSink.name)
        if consumer is None:
            raise CityloraError("no roll-ups are made here", "set [rollup] enabled = true and restart the worker")
        reader = self._reader()
        self._steps.begin(reader, rebuild(consumer, reader, self._feed, wanted, self._now))
