"""Which days a month has, when they begin, and which of them are over. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ingest.errors import CityloraError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_NS = 1_000_000_000
_MONTHS = 12


class Month(NamedTuple):
    """A month of the calendar in a time zone.

    Attributes:
        days: those that are over, in order; all of them once the month is.
        complete: the month is over, and all of its days are there.
        cut: days that are over are left out, since they are still to be made.
    """

    days: tuple[date, ...]
    complete: bool
    zone: ZoneInfo
    cut: bool = False

    @property
    def since(self) -> int:
        """When it begins, ns UTC."""
        return start_of(self.days[0], self.zone)

    @property
    def until(self) -> int:
        """When the last day that is over ends, ns UTC."""
        return start_of(self.days[-1] + timedelta(days=1), self.zone)

    def through(self, settled: int) -> Month:
        """As much of it as is made until a time, ns UTC.

        Raises:
            CityloraError: not one day of it is.
        """
        if settled >= self.until:
            return self
        days = tuple(day for day in self.days if day < day_of(settled, self.zone))
        if not days:
            raise CityloraError(
                f"no day of {self.days[0]:%Y-%m} is worked out for good yet",
                "`citylora rollup status` shows how far days are closed; a worker that runs closes them, and so does "
                "`citylora rollup rebuild`",
            )
        return self._replace(days=days, complete=False, cut=True)


def start_of(day: date, zone: ZoneInfo) -> int:
    """The first moment of a day, ns UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * _NS


def day_of(moment: int, zone: ZoneInfo) -> date:
    """The day that a time, ns UTC, belongs to."""
    return at_of(moment, zone).date()


def at_of(moment: int, zone: ZoneInfo) -> datetime:
    """A time, ns UTC, on the clocks of the zone, to the second."""
    return datetime.fromtimestamp(moment // _NS, zone)


def parse(text: str) -> date:
    """The first day of the month that is written as 2026-10.

    Raises:
        ValueError: it is no month; the message names the form that is.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= _MONTHS or int(found[1]) < 1970:  # noqa: PLR2004  (where ns begin)
        raise ValueError(f"{text!r} is no month; write year and month, such as 2026-10")
    return date(int(found[1]), int(found[2]), 1)


def before(today: date) -> date:
    """The first day of the last month that is over."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def month(first: date, zone: ZoneInfo, now: int) -> Month:
    """The month that begins on a day, as of now, ns UTC.

    Raises:
        CityloraError: no day of it is over.
    """
    today, following = day_of(now, zone), (first + timedelta(days=31)).replace(day=1)
    days = tuple(first + timedelta(days=n) for n in range((min(following, today) - first).days))
    if not days:
        raise CityloraError(
            f"no day of {first:%Y-%m} is over yet in {zone.key}", "give a month that has begun, such as --month "
            f"{before(today):%Y-%m}",
        )  # fmt: skip
    return Month(days, following <= today, zone)
