"""Deletes what the embedded store has kept for longer than it is to keep, a little at a time, beside the batches.

Rows lie by series and time, so a pass walks over the series and takes the oldest rows of each. What a pass is about to
delete is written down first (`Ledger.note_horizon`), in the file itself: whoever looks for a row that is older finds
out that it may be gone, whatever the clock says.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from ingest.ledger import Ledger

STEP_SECONDS = 0.02
"""What one step may take: as long as a batch of live uplinks."""

PAUSE = 0.25
"""Seconds between two steps of a pass: under load a twelfth of the time, and still 10,000 rows a second."""

PASS = 600.0
"""Seconds between two passes: each asks every series for its oldest row, some seconds for a million of them."""

ROWS = 500
"""Rows of a series that are deleted at once."""

SERIES = 1_000
"""Series that are looked up at once."""

PAGES = 500
"""Pages that are given back to the file system at once."""

RESERVE = 10
"""One part in so many of the file may stay empty: it is filled again."""

EXPIRED = "points.expired"
"""The counter of rows deleted."""


class Expiry:
    """The passes over one store's file; every step runs in a transaction of the caller."""

    def __init__(self, db: sqlite3.Connection, ledger: Ledger) -> None:
        self._db = db
        self._ledger = ledger
        self._due = 0.0
        self._before: int | None = None
        self._series: list[int] = []
        self._passed = -1

    @property
    def wait(self) -> float:
        """Seconds until it is time for a step; 0 where it is."""
        return max(0.0, self._due - time.monotonic())

    def step(self, oldest: int | None) -> None:
        """Delete some of the rows whose time is before `oldest`, ns UTC; a pass that has begun keeps its own.

        Where it is None, all of them stay.
        """
        self._rest(PASS)  # unless all goes well
        if oldest is None:
            return
        deadline = time.monotonic() + STEP_SECONDS
        self._before = before = oldest if self._before is None else self._before
        self._ledger.note_horizon(before)  # each time: the step before may have been rolled back
        deleted, over = 0, False
        while not over and time.monotonic() < deadline:
            over = not self._series and not self._more()
            if not over:
                deleted += self._delete(self._series[-1], before)
        self._ledger.count({EXPIRED: deleted})
        if not over or self._shrink():
            self._rest(PAUSE)
        else:
            self._before, self._passed = None, -1

    def _rest(self, seconds: float) -> None:
        self._due = time.monotonic() + seconds

    def _more(self) -> bool:
        """Look up the next series, so that the next one is the last in the list; false where there are no more."""
        found = self._db.execute("SELECT id FROM series WHERE id > ? ORDER BY id LIMIT ?", (self._passed, SERIES))
        self._series = [number for (number,) in found][::-1]
        if not self._series:
            return False
        self._passed = self._series[0]
        return True

    def _delete(self, series: int, before: int) -> int:
        """Delete the oldest rows of a series; one that has no more of them is done with."""
        deleted = self._db.execute(
            "DELETE FROM point WHERE series = :series AND time IN"
            " (SELECT time FROM point WHERE series = :series AND time < :before ORDER BY time LIMIT :rows)",
            {"series": series, "before": before, "rows": ROWS},
        ).rowcount
        if deleted < ROWS:
            self._series.pop()
        return deleted

    def _shrink(self) -> bool:
        """Give some of the file's empty pages back; false where there are few of them, or an older file cannot."""
        free, pages, way = (self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in _PRAGMAS)
        if way != _INCREMENTAL or free * RESERVE <= pages:
            return False
        self._db.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()
        return True


_PRAGMAS = ("freelist_count", "page_count", "auto_vacuum")
_INCREMENTAL = 2
