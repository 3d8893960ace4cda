"""Keeps the newest row of `station` of every site, and appends one where it says something new (`station`, `live`).

What is watched live is held in memory, and written down in the transaction of each write. Where one was rolled back all
of it is read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ingest.decoding.point import Point
from ingest.rollup.live import Stations
from ingest.rollup.spans import HOUR
from ingest.rollup.station import SILENT, State, changed, is_silent, station_point

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

    from ingest.rollup.spans import Span
    from ingest.rollup.summarise import Places
    from ingest.rollup.summary import Summary
    from ingest.rollup.tables import Tables

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Point).decode

_FALLEN_SILENT = f"""
    SELECT site FROM station WHERE NOT silent AND NOT EXISTS (
        SELECT 1 FROM hourly WHERE start IN ({", ".join("?" * (SILENT // HOUR))}) AND hourly.site = station.site
    ) ORDER BY site
"""  # noqa: S608
"""Site by site: to read all rows of these hours would take a tenth of a second in a large city."""

_WRITE = """
    INSERT INTO station VALUES (?, ?, NULL, ?)
    ON CONFLICT (site) DO UPDATE SET silent = excluded.silent, data = excluded.data
"""


class Board:
    """Works in transactions of the caller.

    Args:
        db: rollup.db.
        tables: its tables.
        places: what is known of the sites now.
    """

    def __init__(self, db: sqlite3.Connection, tables: Tables, places: Callable[[], Places]) -> None:
        self._db = db
        self._tables = tables
        self._places = places
        self._known = places().sites
        self._live = Stations(self._known)
        self._rows: list[Point] = []
        self.see = self._live.see

    def forget(self) -> None:
        """Read again what is written down: a transaction was rolled back, or this is the first."""
        self._known = self._places().sites
        self._live = Stations(self._known, self._last, dict(self._db.execute("SELECT site, data FROM live")))
        self.see = self._live.see

    def begin(self) -> None:
        """A transaction begins."""
        self._rows = []
        sites = self._places().sites
        if sites is not self._known:
            self._live.know(sites)
        self._known = sites

    def end(self) -> list[Point]:
        """The transaction ends: the rows to append."""
        self._write(self._live.rows())
        if kept := self._live.kept():
            self._db.executemany("INSERT OR REPLACE INTO live VALUES (?, ?)", kept)
        rows, self._rows = self._rows, []
        return rows

    def hours(self, hours: Sequence[Summary]) -> None:
        """The newest hour of some sites is made."""
        query = f"SELECT site, battery_days, data FROM station WHERE site IN ({', '.join('?' * len(hours))})"  # noqa: S608
        before = {site: row for site, *row in self._db.execute(query, [hour.site for hour in hours])}
        rows = []
        for hour in hours:
            days, data = before.get(hour.site, (None, None))
            newest, site = self._live.newest(hour.site, hour.end), self._known.get(hour.site)
            row = station_point(site, hour.site, hour.ward, hour.end, hour=hour, newest=newest, battery_days=days)
            if changed(None if data is None else _unpack(data), row):
                rows.append(row)
        self._tell(rows)

    def days(self, days: Iterable[Summary]) -> None:
        """A day of some sites is made."""
        found = [(left, day.site) for day in days if (left := day.indices.get("battery_days")) is not None]
        self._db.executemany("UPDATE station SET battery_days = ? WHERE site = ?", found)

    def silence(self, hour: Span) -> None:
        """An hour is over: who has said nothing for long?"""
        rows = []
        query = self._db.execute(_FALLEN_SILENT, [*range(hour.end - SILENT, hour.end, HOUR)])
        for (site,) in query.fetchall():
            before = self._last(site)
            newest = self._newest(site, hour.end)
            if before is None or not is_silent(max(newest, before.time), hour.end, self._interval(site, newest)):
                continue  # its row may tell of values whose hour is not made yet, or is yet to come
            row = station_point(self._known.get(site), site, before.tags[1], hour.end, silent=True)
            if changed(before, row):
                rows.append(row)
        self._tell(rows)

    def _newest(self, site: str, before: int) -> int:
        """The end of the last hour in which a site gave anything; 0 where that is forgotten."""
        for start in range(before - HOUR, before - 40 * 24 * HOUR, -HOUR):
            if self._db.execute("SELECT 1 FROM hourly WHERE start = ? AND site = ?", (start, site)).fetchone():
                return start + HOUR
        return 0

    def _interval(self, site: str, newest: int) -> int:
        """How often its devices give anything, by its newest hour."""
        hours = self._tables.kept("hourly", site, [newest - HOUR])
        quantities = {series.quantity for one in hours for series in one.summary.values}
        return min([self._places().interval(site, name) for name in quantities], default=0)

    def _last(self, site: str) -> Point | None:
        row = self._db.execute("SELECT data FROM station WHERE site = ?", (site,)).fetchone()
        return None if row is None else _unpack(row[0])

    def _tell(self, rows: Sequence[Point]) -> None:
        for row in rows:
            self._live.wrote(row)
        self._write(rows)

    def _write(self, rows: Sequence[Point]) -> None:
        if rows:
            self._rows += rows
            self._db.executemany(_WRITE, [(row.tags[0], _is_silent(row), _pack(row)) for row in rows])


def _is_silent(row: Point) -> bool:
    return dict(row.fields).get("state") == State.SILENT
