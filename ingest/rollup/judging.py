"""Judges drift over the days of all sites: a quantity of a day at a time, and of that as many sites as there is time.

What is due is in the file (`drift_due`): a day that is made, again or for the first time, and the two that follow it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from ingest.devices import UNASSIGNED, ward_name
from ingest.registry import wards
from ingest.rollup.day_means import WHOLE, means_of
from ingest.rollup.drift import DAYS, Straying
from ingest.rollup.neighbours import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ingest.rollup.day_means import Due, Mean
    from ingest.rollup.making import Maker
    from ingest.rollup.spans import Calendar
    from ingest.rollup.summarise import Places
    from ingest.rollup.tables import Tables

PAUSE = 600.0
"""Seconds before what has changed is judged again: late values of one day come for hours."""

PORTION = 100
"""Days that are read before the clock is looked at."""

LEAST = 0.02
"""Seconds of judging at least, where all that it takes had to be read first."""


class _Work(NamedTuple):
    """What is under way; it holds as long as the file says `due`, for whatever changes a mean begins anew there.

    Attributes:
        sites: those that follow `due.through`, and what is known of their day.
    """

    due: Due
    places: Places
    straying: Straying
    sites: Iterator[tuple[str, Mean]]


class Judge:
    """Works in a transaction of the caller."""

    def __init__(self, tables: Tables, calendar: Calendar, maker: Maker, places: Callable[[], Places]) -> None:
        self._tables = tables
        self._means = tables.means
        self._calendar = calendar
        self._maker = maker
        self._places = places
        self._rests = 0.0
        self._work: _Work | None = None

    def wake(self) -> None:
        """Judge at the next occasion what is due. Any thread may say so."""
        self._rests = 0.0

    def some(self, days: int, deadline: float) -> bool:
        """Do some of what is due; false where nothing is, or not yet.

        Args:
            days: days that begin before it are closed, ns UTC.
            deadline: when to stop, by the monotonic clock.
        """
        if time.monotonic() < self._rests:
            return False
        due = self._means.due(days)
        if due is None:
            self._rests = time.monotonic() + PAUSE
            return False
        lacking = [start for start in self._starts(due.start) if self._means.held(start) != WHOLE]
        if lacking:
            self._hold(lacking[0], deadline)
        else:
            self._judge(due, deadline)
        return True

    def forget(self, before: int) -> None:
        """Forget the means of the oldest day that nothing from a time on is judged by."""
        due = self._means.due(before)
        self._means.forget(self._starts(min(before, due.start if due else before))[0])

    def _starts(self, start: int) -> list[int]:
        """When the days begin that a day is judged by, oldest first."""
        found = [start]
        while len(found) < DAYS:
            found.insert(0, self._calendar.day(found[0] - 1).start)
        return found

    def _hold(self, start: int, deadline: float) -> None:
        """Read the means of a day from what is kept of it."""
        through, allowed = self._means.held(start), self._places().drift
        while through != WHOLE:
            days = self._tables.day_of_all(start, through, PORTION)
            for one in days:
                self._means.put(start, one.summary.site, means_of(one, allowed))
            through = days[-1].summary.site if len(days) == PORTION else WHOLE
            self._means.hold(start, through)
            if time.monotonic() >= deadline:
                return

    def _judge(self, due: Due, deadline: float) -> None:
        work = self._work
        if work is None or work.due != due or work.places is not self._places():
            work = self._begun(due)
            deadline = max(deadline, time.monotonic() + LEAST)
        day, allowed = self._calendar.day(due.start), work.places.drift
        for site, one in work.sites:
            if work.straying.is_far(site, allowed.of(site, due.quantity)) != one.drifts:
                self._maker.judged(site, day, due.quantity, drifts=not one.drifts)
            if time.monotonic() >= deadline:
                self._work = work._replace(due=due._replace(through=site))
                self._means.move(self._work.due)
                return
        self._work = None
        self._means.done(due)

    def _begun(self, due: Due) -> _Work:
        days = [self._means.of(start, due.quantity) for start in self._starts(due.start)]
        straying = Straying([{site: one.value for site, one in day.items()} for day in days], self._located(days))
        left = iter([(site, one) for site, one in days[-1].items() if site > due.through])
        return _Work(due, self._places(), straying, left)

    def _located(self, days: Sequence[Mapping[str, Mean]]) -> dict[str, Place]:
        """Where the sites are: the ward is that of the registry, else that of their newest rows."""
        sites, found = self._places().sites, {}
        for site, tag in {site: one.ward for day in days for site, one in day.items()}.items():
            known = sites.get(site)
            ward = wards.name_of(known.ward) if known and known.ward else tag
            ward = "" if ward == UNASSIGNED else ward_name(ward)
            here = (known.latitude, known.longitude) if known else (None, None)
            found[site] = Place(*here, ward)
        return found
