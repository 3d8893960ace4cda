"""Hours and days of local time. Pure.

A day is a local date, from its first instant to that of the next: 23 or 25 hours where the clocks change. Its hours are
counted from there, so an hour begins when a local clock strikes, and the last one ends with the day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

HOUR = 3_600_000_000_000
SECOND = 1_000_000_000


class Span(NamedTuple):
    """A range of time, ns UTC; its end is not included."""

    start: int
    end: int

    def hours(self) -> Iterator[Span]:
        """Those of a day, in order."""
        for start in range(self.start, self.end, HOUR):
            yield Span(start, min(start + HOUR, self.end))


class Calendar:
    """The days of a time zone, by its IANA name; one thread calls it."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self._day = Span(0, 0)

    def day(self, time: int) -> Span:
        """The day that a time, ns UTC, lies in."""
        if self._day.start <= time < self._day.end:
            return self._day
        today = datetime.fromtimestamp(time // SECOND, self.zone).date()
        if time >= self._midnight(today, 1):  # the clocks went back over midnight: the new day had begun
            today += timedelta(1)
        self._day = Span(self._midnight(today), self._midnight(today, 1))
        return self._day

    def hour(self, time: int) -> Span:
        """The hour that a time lies in."""
        day = self.day(time)
        start = time - (time - day.start) % HOUR
        return Span(start, min(start + HOUR, day.end))

    def hours_before(self, start: int, count: int) -> list[int]:
        """When the hours before one begin, the oldest first."""
        found: list[int] = []
        while len(found) < count:
            start = self.hour(start - 1).start
            found.append(start)
        return found[::-1]

    def _midnight(self, day: date, later: int = 0) -> int:
        """When a date begins, which may be later than at 0:00 where the clocks go forward then."""
        day += timedelta(later)
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp()) * SECOND
