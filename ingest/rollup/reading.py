"""Hours and days of the sites, for whoever shows or files them: reports, boards, the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.data_dir import consumer_file, read_consumer
from ingest.errors import DataDirError
from ingest.rollup.packed import unpack
from ingest.sqlite import RESTORE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from ingest.rollup.summary import Summary

_DAY = 24 * 3_600_000_000_000

_HOURS = """
    WITH RECURSIVE hour (start) AS (
        SELECT min(start) FROM hourly WHERE start >= :since
        UNION ALL SELECT (SELECT min(start) FROM hourly WHERE start > hour.start) FROM hour
            WHERE hour.start IS NOT NULL AND hour.start < :until
    )
    SELECT hourly.site, hourly.ward, hourly.start, hourly.data FROM hour CROSS JOIN hourly ON hourly.start = hour.start
    WHERE hourly.site = :site AND hourly.start < :until ORDER BY hourly.start
"""
"""From one hour that is there to the next: `hourly` lies by time."""

_DAYS = "SELECT site, ward, start, data FROM daily WHERE site = :site AND start >= :since AND start < :until"

_SITES = """
    WITH RECURSIVE known (site) AS (
        SELECT min(site) FROM daily
        UNION ALL SELECT (SELECT min(site) FROM daily WHERE site > known.site) FROM known WHERE known.site IS NOT NULL
    )
    SELECT site FROM known WHERE site IS NOT NULL
    UNION SELECT site FROM hourly WHERE start > (SELECT max(start) FROM hourly) - ? ORDER BY site
"""
"""Every site of the last hours is in no day yet."""


class Rollups:
    """The local roll-ups, while the worker writes them or while none runs; belongs to one thread.

    Raises:
        DataDirError: from every method: a row is damaged.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def hours(self, site: str, since: int, until: int) -> list[Summary]:
        """The hours of a site that begin in a range of time (ns UTC, its end not included), oldest first.

        Only those in which there was anything; they are kept for 40 days.
        """
        return _summaries(self._db.execute(_HOURS, {"site": site, "since": since, "until": until}))

    def days(self, site: str, since: int, until: int) -> list[Summary]:
        """The local days of a site that begin in a range of time, likewise; they are kept for ever."""
        query = f"{_DAYS} ORDER BY start"
        return _summaries(self._db.execute(query, {"site": site, "since": since, "until": until}))

    def sites(self) -> list[str]:
        """The ids of the sites that have any, in order."""
        return [site for (site,) in self._db.execute(_SITES, (2 * _DAY,))]

    def settled(self, since: int, until: int, sites: Collection[str] = ()) -> int:
        """Until when a range of time (ns UTC) is made for good: the first hour or day of it that is still to be made.

        `until` where there is none; of what is to be made again, only that of some sites counts where any are given.
        """
        (hours, days) = self._db.execute("SELECT hours, days FROM rollup_state").fetchone()
        waiting = self._db.execute("SELECT min(hour) FROM bucket WHERE hour >= ?", (days,)).fetchone()[0]
        again = self._db.execute("SELECT start, site FROM dirty WHERE start >= ? AND start < ?", (since, until))
        starts = [int(start) for start, site in again if not sites or site in sites]
        return max(since, min([until, int(hours), *starts, *([] if waiting is None else [int(waiting)])]))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def open_rollups(folder: Path) -> Rollups | None:
    """The roll-ups of a data directory; None where there are none (`[rollup]` was never enabled).

    Raises:
        DataDirError: the file is damaged, or a newer citylora has written it.
    """
    if not consumer_file(folder, "rollup").is_file():
        return None
    return Rollups(read_consumer(folder, "rollup"))


def _summaries(rows: Iterable[tuple[str, str, int, bytes]]) -> list[Summary]:
    try:
        return [unpack(site, ward, start, data).summary for site, ward, start, data in rows]
    except ValueError as error:
        raise DataDirError(f"a roll-up in rollup.db is damaged: {error}", RESTORE) from error
