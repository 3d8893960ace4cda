"""Closes hours and days when they are over, and makes those again whose values have changed; a little at a time.

Order: a day that is over, then the next hour that is, then what is dirty, then what may drift. How far it came is in
`rollup_state` and `drift_due`, so that any slice may be the last one before a crash.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ingest.rollup.meaning import BEFORE_DAY
from ingest.rollup.spans import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.rollup.board import Board
    from ingest.rollup.judging import Judge
    from ingest.rollup.making import Maker
    from ingest.rollup.spans import Calendar, Span
    from ingest.rollup.tables import Dirty, State, Tables

SLICE_SECONDS = 0.05
"""What one write may take: between two of them the consumer has its turn."""

KEPT_BUCKETS = 8 * 24 * HOUR
"""How long values are kept beside the roll-ups: what comes later than that only a rebuild brings in."""

KEPT_HOURS = 40 * 24 * HOUR

SITES = 100
"""Sites that are made again before the clock is looked at."""


class Closing:
    """Works in a transaction of the caller."""

    def __init__(self, tables: Tables, calendar: Calendar, maker: Maker, board: Board, judge: Judge) -> None:
        self._tables = tables
        self._calendar = calendar
        self._maker = maker
        self._board = board
        self._judge = judge

    def settled(self, state: State) -> int:
        """Values of before this time are of an hour that is closed or under way: they make it dirty."""
        return self._calendar.hour(state.hours).end if state.hour_shard else state.hours

    def work(self, state: State, through: int, *, tidy: bool) -> tuple[State, bool]:
        """Do some of what is due, for `SLICE_SECONDS`, about.

        Args:
            state: how far it has come.
            through: hours that end by this time are over, ns UTC.
            tidy: make again what is dirty, too.

        Returns:
            How far it has come now, and whether there is more to do.
        """
        deadline = time.monotonic() + SLICE_SECONDS
        found = True
        while found:
            state, found = self._some(state, through, deadline, tidy=tidy)
            if found and time.monotonic() >= deadline:
                return state, True
        return state, False

    def flushed(self, state: State) -> State:
        """Have everything in the buckets."""
        if state.pending:
            self._tables.flush(self._calendar)
        return state._replace(pending=0)

    def _some(self, state: State, through: int, deadline: float, *, tidy: bool) -> tuple[State, bool]:
        """One kind of work, until it ends or the time is up; false where there is none of any kind."""
        day = self._day_over(state)
        if day is not None:
            return self._close_day(state, day, deadline), True
        if not state.hour_shard and self._calendar.hour(through).start > state.hours:
            state = self.flushed(state)
        hour = self._hour_over(state, through)
        if hour is not None:
            return self._close_hour(state, hour, deadline), True
        passed = self._passed(state, through)
        if passed != state or not tidy:
            return passed, passed != state
        state = self.flushed(state)
        return state, self._tidy(state, deadline) or self._judge.some(state.days, deadline)

    def _day_over(self, state: State) -> Span | None:
        """The oldest day with values that is over and not closed."""
        first = self._tables.next_hour(state.days)
        if first is None:
            return None
        day = self._calendar.day(first)
        return day if day.end <= state.hours else None

    def _hour_over(self, state: State, through: int) -> Span | None:
        first = self._tables.next_hour(state.hours)
        if first is None:
            return None
        hour = self._calendar.hour(first)
        return hour if hour.end <= through else None

    def _passed(self, state: State, through: int) -> State:
        """Hours without any value close by themselves."""
        now = self._calendar.hour(through)
        if now.start <= state.hours:
            return state
        self._board.silence(self._calendar.hour(now.start - 1))
        return state._replace(hours=now.start)

    def _close_hour(self, state: State, hour: Span, deadline: float) -> State:
        state = state._replace(hours=hour.start)  # what comes from now on for an hour before it is late
        for shard, sites in self._tables.by_shard(hour.start, hour.end, state.hour_shard, SITES // 2):
            self._board.hours(self._maker.hours(hour, sites))
            if time.monotonic() >= deadline:
                return state._replace(hour_shard=shard + 1)
        self._board.silence(hour)
        return self._forget(state._replace(hours=hour.end, hour_shard=0))

    def _close_day(self, state: State, day: Span, deadline: float) -> State:
        state = state._replace(days=day.start)
        if not state.day_shard:
            self._tables.means.hold(day.start)
        for shard, sites in self._tables.by_shard(day.start, day.end, state.day_shard):
            self._board.days(self._maker.days(day, sites))
            if time.monotonic() >= deadline:
                return state._replace(day_shard=shard + 1)
        return state._replace(days=day.end, day_shard=0)

    def _tidy(self, state: State, deadline: float) -> bool:
        """Make hours again, then days; false where none is dirty."""
        if (dirty := self._tables.dirty(day=False)) is not None:
            self._hours_again(state, dirty, deadline)
        elif (dirty := self._tables.dirty(day=True)) is not None:
            self._days_again(state, dirty, deadline)
        return dirty is not None

    def _hours_again(self, state: State, dirty: Dirty, deadline: float) -> None:
        hour = self._calendar.hour(dirty.start)
        later = (hour.start, hour.start + BEFORE_DAY * HOUR)  # a day's indices rest on hours before it
        days = {self._calendar.day(one).start for one in later}
        begun = [day for day in days if day < state.days or (state.day_shard and day == state.days)]
        for sites in _portions(dirty.sites, SITES):
            if hour.start >= state.dropped:
                for site, records in self._maker.records_of(hour, sites).items():
                    if self._maker.hour_again(site, hour, records):
                        self._tables.mark([(day, site) for day in begun], day=True)
            self._tables.clean(dirty.start, sites, day=False)
            if time.monotonic() >= deadline:
                return

    def _days_again(self, state: State, dirty: Dirty, deadline: float) -> None:
        day = self._calendar.day(dirty.start)
        for sites in _portions(dirty.sites, SITES // 10):
            if day.start >= state.dropped:
                for site, records in self._maker.records_of(day, sites).items():
                    self._maker.day_again(site, day, records)
            self._tables.clean(dirty.start, sites, day=True)
            if time.monotonic() >= deadline:
                return

    def _forget(self, state: State) -> State:
        """An hour has come: an hour goes."""
        self._tables.forget_hours(state.seen - KEPT_HOURS)
        self._judge.forget(state.seen - KEPT_BUCKETS)
        # A day that is not closed yet needs all of its hours, and so does one that is to be made again.
        floor = min(self._calendar.day(max(state.seen - KEPT_BUCKETS, 0)).start, state.days)
        waits = [dirty.start for day in (False, True) if (dirty := self._tables.dirty(day=day)) is not None]
        if min(waits, default=floor) >= floor and self._tables.forget(floor):
            return state._replace(dropped=max(state.dropped, floor))
        return state


def _portions(sites: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for first in range(0, len(sites), size):
        yield sites[first : first + size]
