"""History made anew: values of a range from the journal, and the hours and days that they come to.

The values are gathered in a table of their own (`fresh`). Then day by day and shard by shard they take the place of
those in the buckets, as far as these are still kept, and the roll-ups are made of them and told again. Every method
runs in a transaction at the consumer's desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ingest.devices import FOREVER
from ingest.rollup import too_late
from ingest.rollup.bucket import shard_of
from ingest.rollup.derived_log import append
from ingest.rollup.packer import DOMAINS, Packer
from ingest.rollup.spans import Span  # noqa: TC001  (a field's type)
from ingest.rollup.tables import Tables

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from ingest.decoding.point import Point
    from ingest.rollup.bucket import Record
    from ingest.rollup.closing import Closing
    from ingest.rollup.making import Maker
    from ingest.rollup.spans import Calendar
    from ingest.rollup.too_late import TooLate


_FIRST = -(1 << 62)
"""Place in the order of arrival of the first value that is gathered: before all that came live."""

There: TypeAlias = "dict[tuple[str, int], set[str]]"
"""The sites of a shard, by table (`hourly` or `daily`) and start of the hour or day."""


class Order(NamedTuple):
    """What is rebuilt.

    Attributes:
        span: from the start of a local day; to the end of one, or of the last hour that is closed.
        site: of one site; "" of all.
        ahead: values of hours that are still open take the place of those in the buckets, too.
        all: as far back as the journal goes.
    """

    span: Span
    site: str = ""
    ahead: bool = False
    all: bool = False

    @property
    def end(self) -> int:
        """Before which values are gathered, ns UTC."""
        return FOREVER if self.ahead else self.span.end


class Fresh:
    """One rebuild.

    Attributes:
        calendar: the city's days.
        first: when the first hour or day begins that was made, ns UTC; None before there is one.
    """

    def __init__(self, db: sqlite3.Connection, calendar: Calendar, maker: Maker, closing: Closing) -> None:
        self.calendar = calendar
        self.first: int | None = None
        self._db = db
        self._tables = Tables(db)
        self._fresh = Tables(db, "fresh")
        self._maker = maker
        self._closing = closing
        self._packer = Packer(calendar)
        self._gathered = _FIRST

    def closed(self) -> int:
        """Hours that end by this time are closed, ns UTC."""
        return self._tables.state().hours

    def empty(self) -> None:
        """Forget what was gathered."""
        self._db.execute("DELETE FROM fresh")

    def begin(self) -> TooLate:
        """Nothing is gathered; what has come too late so far."""
        self.empty()
        return too_late.standing(self._db)

    def end(self, before: TooLate, order: Order) -> None:
        """All is made; what had come too late when it began is there now, where the range holds it."""
        whole = not order.site and order.span.end >= self._tables.state().dropped
        if whole and (order.all or (before.oldest is not None and order.span.start <= before.oldest)):
            too_late.brought_in(self._db, before)

    def gather(self, points: Iterable[Point], order: Order) -> None:
        """Take the values of a range."""
        wanted = [
            point
            for point in points
            if point.measurement in DOMAINS
            and order.span.start <= point.time < order.end
            and order.site in {"", point.tags[1]}
        ]
        self._fresh.put(self._packer.pack(wanted, self._gathered), self.calendar)
        self._gathered += len(wanted)

    def next_day(self, since: int, until: int) -> Span | None:
        """The first day of a range, not before `since`, of which there is or was anything."""
        starts = [self._fresh.next_hour(since), self._tables.first("hourly", since), self._tables.first("daily", since)]
        first = min((start for start in starts if start is not None), default=until)
        return self.calendar.day(first) if first < until else None

    def there(self, day: Span, site: str) -> dict[int, There]:
        """What there is or was of a day, by shard."""
        found: dict[int, There] = {shard: {} for shard in self._fresh.shards(day.start, day.end)}
        spans = [("hourly", hour.start) for hour in day.hours()] + [("daily", day.start)]
        for table, start in spans:
            for one in self._tables.sites(table, start):
                found.setdefault(shard_of(one), {}).setdefault((table, start), set()).add(one)
        return {shard: there for shard, there in sorted(found.items()) if not site or shard == shard_of(site)}

    def make(self, day: Span, shard: int, there: There, order: Order, now: int) -> int:
        """Make the hours of a day anew, of a shard's sites, and the day where it is closed; how many that is.

        Args:
            day: a local day.
            shard: of the city.
            there: what there was of it.
            order: what is rebuilt; what rests on its last hours is worked out again, too.
            now: wall clock, ns UTC.
        """
        state = self._tables.state()
        flushed = self._closing.flushed(state)
        if flushed != state:
            self._tables.move(flushed._replace(turn=state.turn + 1))  # the sink looks at it anew
        count = 0
        for hour in [hour for hour in day.hours() if hour.end <= order.end]:
            own = self._fresh.records(hour.start, hour.end, shard)
            if hour.start >= state.dropped:
                self._replace(hour, shard, own, order.site)
            if hour.end <= order.span.end:
                count += self._anew("hourly", hour, own, there, order)
            elif hour.start < self._closing.settled(state):  # it has been closed meanwhile, or half of it
                self._tables.mark([(hour.start, site) for site in own])
        own = self._fresh.records(day.start, day.end, shard)
        if day.end <= state.days:
            count += self._anew("daily", day, own, there, order)
        elif state.day_shard and day.start == state.days:
            self._tables.mark([(day.start, site) for site in own], day=True)
        rows, told = self._maker.take_rows()
        append(self._db, rows, now, told)
        return count

    def _anew(self, table: str, span: Span, own: Mapping[str, list[Record]], there: There, order: Order) -> int:
        sites = there.get((table, span.start), set()) | own.keys()
        sites = sites & {order.site} if order.site else sites
        after = self._maker.hours_after if table == "hourly" else self._maker.days_after
        if sites:
            self.first = span.start if self.first is None else min(self.first, span.start)
        for one in sorted(sites):
            self._maker.anew(table, one, span, own.get(one, ()))
            if span.end >= order.span.end:
                after(one, span)
        return len(sites)

    def _replace(self, hour: Span, shard: int, own: dict[str, list[Record]], site: str) -> None:
        """Put the values into the live buckets; those of other sites stay."""
        there = self._tables.records(hour.start, hour.end, shard) if site else {}
        there.pop(site, None)
        self._tables.empty(hour.start, hour.end, shard)
        kept = [(one, *record) for records in (there, own) for one in records for record in records[one]]
        self._tables.put(kept, self.calendar)
