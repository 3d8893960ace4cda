"""Deletes what the embedded store has kept for longer than it is to keep, a little at a time, beside the batches.

What is too old settles first (`sinks.point_tables`). Settled rows lie by series and time, so a pass walks over the
series and takes the oldest rows of each. What a pass is about to delete is written down first (`Ledger.note_horizon`),
in the file itself: whoever looks for a row that is older finds out that it may be gone, whatever the clock says.
Roll-ups have a retention of their own: of them nobody asks that.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.decoding.point import OF_ROLLUPS
from ingest.sinks.point_tables import settle

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

EXPIRED = ("points.expired", "derived.expired")
"""The counters of rows deleted: of events, and of roll-ups."""

_OF_ROLLUPS = msgspec.json.encode(sorted(OF_ROLLUPS)).decode()
_SERIES = """
    SELECT id, measurement IN (SELECT value FROM json_each(:rollups)) FROM series
    WHERE id > :passed ORDER BY id LIMIT :series
"""


class Limits(NamedTuple):
    """The times before which rows go, ns UTC; None: none of them does.

    Attributes:
        rows: of what events and the second log made, but for
        rollups: roll-ups.
    """

    rows: int | None
    rollups: int | None = None


class Expiry:
    """The passes over one store's file; every step runs in a transaction of the caller."""

    def __init__(self, db: sqlite3.Connection, ledger: Ledger) -> None:
        self._db = db
        self._ledger = ledger
        self._due = 0.0
        self._before: Limits | None = None
        self._series: list[tuple[int, bool]] = []
        self._passed = -1

    @property
    def wait(self) -> float:
        """Seconds until it is time for a step; 0 where it is."""
        return max(0.0, self._due - time.monotonic())

    def step(self, oldest: Limits) -> None:
        """Delete some of the rows that are too old; a pass that has begun keeps its own limits."""
        self._rest(PASS)  # unless all goes well
        if oldest == (None, None):
            return
        deadline = time.monotonic() + STEP_SECONDS
        self._before = before = oldest if self._before is None else self._before
        if before.rows is not None:
            self._ledger.note_horizon(before.rows)  # each time: the step before may have been rolled back
        settle(self._db, max(limit for limit in before if limit is not None))
        deleted, over = [0, 0], False
        while not over and time.monotonic() < deadline:
            over = not self._series and not self._more()
            if not over:
                number, of_rollups = self._series[-1]
                deleted[of_rollups] += self._delete(number, before[of_rollups])
        self._ledger.count(dict(zip(EXPIRED, deleted, strict=True)))
        if not over or self._shrink():
            self._rest(PAUSE)
        else:
            self._before, self._passed = None, -1

    def _rest(self, seconds: float) -> None:
        self._due = time.monotonic() + seconds

    def _more(self) -> bool:
        """Look up the next series, so that the next one is the last in the list; false where there are no more."""
        asked = {"passed": self._passed, "series": SERIES, "rollups": _OF_ROLLUPS}
        self._series = [(number, bool(of_rollups)) for number, of_rollups in self._db.execute(_SERIES, asked)][::-1]
        if not self._series:
            return False
        self._passed = self._series[0][0]
        return True

    def _delete(self, series: int, before: int | None) -> int:
        """Delete the oldest rows of a series; one that has no more of them is done with."""
        deleted = (
            0
            if before is None
            else self._db.execute(
                "DELETE FROM settled WHERE series = :series AND time IN"
                " (SELECT time FROM settled WHERE series = :series AND time < :before ORDER BY time LIMIT :rows)",
                {"series": series, "before": before, "rows": ROWS},
            ).rowcount
        )
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
