"""Makes the hours and days of sites from their records: the summary, what it means, and the rows of the second log.

What is made again overwrites what was there. The indices of an hour rest on hours before it, so where an hour changes
those of the hours after it are worked out again; of days likewise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar, overload

from ingest.rollup import drift, meaning
from ingest.rollup.bucket import Reader, shard_of
from ingest.rollup.day_means import means_of
from ingest.rollup.derived_log import Told
from ingest.rollup.means import trace
from ingest.rollup.packed import pack
from ingest.rollup.recent import Recent
from ingest.rollup.rows import Made, changed, count_of, made, rows_of
from ingest.rollup.spans import HOUR
from ingest.rollup.summarise import summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ingest.decoding.point import Point
    from ingest.rollup.bucket import Record
    from ingest.rollup.means import Trace
    from ingest.rollup.spans import Calendar, Span
    from ingest.rollup.summarise import Places
    from ingest.rollup.summary import Summary
    from ingest.rollup.tables import Tables


class Maker:
    """Works in a transaction of the caller.

    Args:
        tables: of rollup.db.
        calendar: the city's days.
        places: what is known of the sites now.

    Attributes:
        rows: to be appended to the second log; the caller takes them.
        told: what all rows are to be appended of, likewise.
    """

    def __init__(self, tables: Tables, calendar: Calendar, places: Callable[[], Places]) -> None:
        self.rows: list[Point] = []
        self.told: list[Told] = []
        self._recent = Recent()
        self._tables = tables
        self._calendar = calendar
        self._places = places
        self._reader = Reader()

    def take_rows(self) -> tuple[list[Point], list[Told]]:
        """The rows made since this was asked last, and what all rows are to be told of."""
        rows, told = self.rows, self.told
        self.rows, self.told = [], []
        return rows, told

    def forget(self) -> None:
        """What was made last was rolled back."""
        self._recent.clear()
        self.take_rows()

    def hours(self, span: Span, sites: Mapping[str, Sequence[Record]]) -> list[Summary]:
        """Make an hour of some sites; none of one that has no value."""
        found = [self._hour(site, span, records, self._before) for site, records in sites.items()]
        hours = self._told("hourly", "1h", [one for one in found if one is not None])
        for hour in hours:
            self._recent.add(hour)
        return hours

    def days(self, span: Span, sites: Mapping[str, Sequence[Record]]) -> list[Summary]:
        """Make a day of some sites, likewise."""
        found = [one for site, records in sites.items() if (one := self._day(site, span, records)) is not None]
        for one in found:
            self._weigh(one.summary.site, span, None, one)
        return self._told("daily", "1d", found)

    def _told(self, table: str, span: str, found: Sequence[Made]) -> list[Summary]:
        """They are kept, and all of their rows are to be told."""
        for one, data in zip(found, self._tables.keep(table, *found), strict=True):
            if rows := count_of(one):
                summary = one.summary
                self.told.append(Told(span, summary.site, summary.ward, summary.start, data, rows))
        return [one.summary for one in found]

    def _hour(self, site: str, span: Span, records: Sequence[Record], before: _Before | None = None) -> Made | None:
        places = self._places()
        summary = summarise(site, span, records, self._reader, places)
        return None if summary is None else made(summary, self._of_hour(summary, places, before))

    def _day(
        self, site: str, span: Span, records: Sequence[Record], drifted: frozenset[str] = frozenset()
    ) -> Made | None:
        places = self._places()
        summary = summarise(site, span, records, self._reader, places, hours=span.hours())
        if summary is None:
            return None
        if drifted:
            drifted &= means_of(Made(summary, {}), places.drift).keys()
        return made(summary, self._of_day(summary, places, drifted))

    def hour_again(self, site: str, span: Span, records: Sequence[Record]) -> bool:
        """Make an hour again, and the indices that rest on it; whether anything has changed."""
        if different := self._again("hourly", site, span, records):
            self.hours_after(site, span)
        return different

    def day_again(self, site: str, span: Span, records: Sequence[Record]) -> None:
        """Make a day again, and the indices that rest on it."""
        if self._again("daily", site, span, records):
            self.days_after(site, span)

    def anew(self, table: str, site: str, span: Span, records: Sequence[Record]) -> None:
        """Make an hour (`hourly`) or a day (`daily`) again and tell all of it; what rests on it is left as it is."""
        self._again(table, site, span, records, whole=True)

    def records_of(self, span: Span, sites: Sequence[str]) -> Mapping[str, list[Record]]:
        """The records of some sites in an hour or a day; of one that has none an empty list."""
        found: dict[str, list[Record]] = {site: [] for site in sites}
        for shard in sorted({shard_of(site) for site in sites}):
            own = self._tables.records(span.start, span.end, shard)
            found.update({site: records for site, records in own.items() if site in found})
        return found

    def _of_hour(
        self, hour: Summary, places: Places, before: _Before | None = None
    ) -> Mapping[str, Mapping[str, float]]:
        earlier = _Lazy(lambda: (before or self._earlier)(hour.site, hour.start))
        return meaning.of_hour(hour, earlier, places.sites.get(hour.site), zone=self._calendar.zone)

    def _of_day(self, day: Summary, places: Places, drifted: frozenset[str]) -> Mapping[str, Mapping[str, float]]:
        """What a day means without what drifts in it, and the marks of that."""

        def hours() -> list[Summary]:
            own = [span.start for span in self._calendar.day(day.start).hours()]
            before = self._calendar.hours_before(day.start, meaning.BEFORE_DAY)
            return [*self._hours(day.site, before), *self._hours(day.site, own, drifted)]

        def earlier() -> list[Summary]:
            since = day.start - meaning.EARLIER_DAYS * 24 * HOUR
            return [drift.believed(one.summary) for one in self._tables.days(day.site, since, day.start)]

        believed, site = drift.without(day, drifted), places.sites.get(day.site)
        found = meaning.of_day(believed, _Lazy(hours), _Lazy(earlier), site, zone=self._calendar.zone)
        return {**found, drift.DOMAIN: drift.marks(drifted)} if drifted else found

    def _hours(self, site: str, starts: Sequence[int], drifted: frozenset[str] | None = None) -> list[Summary]:
        """Hours of one day without what drifts in that; None: what its marks say."""
        hours = self._tables.kept("hourly", site, starts)
        if drifted is None and hours:
            days = self._tables.kept("daily", site, [self._calendar.day(starts[0]).start])
            drifted = days[0].drifted if days else None
        return [drift.without(one.summary, drifted or ()) for one in hours]

    def _earlier(self, site: str, start: int) -> list[Trace]:
        """The hours of a site that the indices of one rest on."""
        starts = self._calendar.hours_before(start, meaning.EARLIER_HOURS)
        return [trace(one.summary) for one in self._tables.kept("hourly", site, starts)]

    def _before(self, site: str, start: int) -> list[Trace]:
        """The same of the newest hour."""
        known = self._recent.of(site)
        if known is None:
            known = self._earlier(site, start)
            self._recent.keep(site, known, start)
        return known

    def hours_after(self, site: str, span: Span) -> None:
        """Work the indices out again of the hours after one that has changed."""
        places = self._places()
        starts, end = [], span.end
        for _ in range(meaning.EARLIER_HOURS):
            starts.append(end)
            end = self._calendar.hour(end).end
        for one in self._tables.kept("hourly", site, starts):
            self._meant(one, self._of_hour(one.summary, places), "hourly", "1h")

    def days_after(self, site: str, span: Span) -> None:
        """Work the indices out again of the days after one that has changed."""
        places, until = self._places(), span.end + meaning.EARLIER_DAYS * 24 * HOUR
        for one in self._tables.days(site, span.end, until):
            self._meant(one, self._of_day(one.summary, places, one.drifted), "daily", "1d")

    def judged(self, site: str, span: Span, quantity: str, *, drifts: bool) -> None:
        """A quantity of a day is found to drift, or to drift no more."""
        places = self._places()
        for one in self._tables.kept("daily", site, [span.start]):
            drifted = one.drifted | {quantity} if drifts else one.drifted - {quantity}
            after = self._meant(one, self._of_day(one.summary, places, drifted), "daily", "1d")
            self._tables.means.put(span.start, site, means_of(after, places.drift))
            self.days_after(site, span)

    def _weigh(self, site: str, span: Span, before: Made | None, one: Made | None, *, whole: bool = False) -> None:
        """Have the quantities judged whose mean of the day has changed, in this day and those that rest on it."""
        allowed = self._places().drift
        was, now = ({} if made is None else means_of(made, allowed) for made in (before, one))
        names = was.keys() | now.keys()
        starts = [span.start]
        while len(starts) < drift.DAYS:
            starts.append(self._calendar.day(starts[-1]).end)
        self._tables.means.put(span.start, site, now, was.keys() - now.keys())
        self._tables.means.judge(starts, [name for name in names if whole or was.get(name) != now.get(name)])

    def _meant(self, before: Made, now: Mapping[str, Mapping[str, float]], table: str, span: str) -> Made:
        """What an hour or day means may have changed."""
        if now == before.meaning:
            return before
        after = made(before.summary, now)
        self._tables.keep(table, after)
        self.rows += changed(rows_of(before, span), rows_of(after, span))
        return after

    def _again(self, table: str, site: str, span: Span, records: Sequence[Record], *, whole: bool = False) -> bool:
        self._recent.drop(site)
        name = "1h" if table == "hourly" else "1d"
        before = self._tables.kept(table, site, [span.start])
        if table == "hourly":
            one = self._hour(site, span, records)
        else:
            one = self._day(site, span, records, before[0].drifted if before else frozenset())
            self._weigh(site, span, before[0] if before else None, one, whole=whole)
        if one is None:
            self._tables.remove(table, site, span.start)
        rows = [] if one is None else rows_of(one, name)
        self.rows += changed([row for was in before for row in rows_of(was, name)], rows, whole=whole)
        after = [] if one is None else self._tables.keep(table, one)
        # As bytes: not-a-number is not even equal to itself. One without rows may differ: it has doubtful values only.
        return [pack(was) for was in before] != after


_Before: TypeAlias = "Callable[[str, int], list[Trace]]"
_Hour = TypeVar("_Hour")


class _Lazy(Sequence[_Hour]):
    """What is read from the tables where it is asked for: most sites' indices rest on no other hour."""

    def __init__(self, read: Callable[[], list[_Hour]]) -> None:
        self._read = read
        self._found: list[_Hour] | None = None

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, index: int) -> _Hour: ...
    @overload
    def __getitem__(self, index: slice) -> list[_Hour]: ...
    def __getitem__(self, index: int | slice) -> _Hour | list[_Hour]:
        return self._all()[index]

    def _all(self) -> list[_Hour]:
        if self._found is None:
            self._found = self._read()
        return self._found
