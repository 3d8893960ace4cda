"""What drift is judged by: each day's means by quantity and site, what of them is marked, and what is to be judged.

It is in rollup.db; changes belong into a transaction of the caller. The means are taken from `daily`, where they are
for ever; here are those of the last days, and older ones while they are asked for.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from ingest.rollup import means

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from ingest.rollup.drift import Allowed
    from ingest.rollup.rows import Made

WHOLE = "\U0010ffff"
"""After every site."""


class Mean(NamedTuple):
    """A site's day of one quantity, measured for three quarters of it.

    Attributes:
        ward: as its rows say it.
        value: the mean.
        drifts: it is marked.
    """

    ward: str
    value: float
    drifts: bool


def means_of(one: Made, allowed: Allowed) -> dict[str, Mean]:
    """A day's means of the quantities that are looked at anywhere."""
    summary, found = one.summary, {}
    for name in allowed.quantities & means.quantities(summary):
        value = means.mean(summary, name)
        if value is not None and isfinite(value):
            found[name] = Mean(summary.ward, value, name in one.drifted)
    return found


class Due(NamedTuple):
    """A day of a quantity that is to be judged.

    Attributes:
        start: of the day.
        through: sites up to this one are done.
    """

    start: int
    quantity: str
    through: str


class DayMeans:
    """Each method is a statement or two."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, start: int, site: str, found: Mapping[str, Mean], gone: Iterable[str] = ()) -> None:
        """A site's day by quantity, and the quantities that it has no more."""
        self._db.executemany(
            "DELETE FROM day_mean WHERE start = ? AND quantity = ? AND site = ?", [(start, name, site) for name in gone]
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO day_mean (start, quantity, site, ward, mean, drifts) VALUES (?, ?, ?, ?, ?, ?)",
            [(start, name, site, *mean) for name, mean in found.items()],
        )

    def of(self, start: int, quantity: str) -> dict[str, Mean]:
        """A day of a quantity by site, in order of their ids."""
        query = "SELECT site, ward, mean, drifts FROM day_mean WHERE start = ? AND quantity = ? ORDER BY site"
        found = self._db.execute(query, (start, quantity))
        return {site: Mean(ward, mean, bool(drifts)) for site, ward, mean, drifts in found}

    def held(self, start: int) -> str:
        """Up to which site a day's means are here: "" none, `WHOLE` all."""
        row = self._db.execute("SELECT through FROM day_held WHERE start = ?", (start,)).fetchone()
        return "" if row is None else str(row[0])

    def hold(self, start: int, through: str = WHOLE) -> None:
        """They are here up to this site."""
        self._db.execute("INSERT OR REPLACE INTO day_held VALUES (?, ?)", (start, through))

    def forget(self, before: int) -> None:
        """Forget the oldest day, where it begins before a time."""
        found = [self._db.execute(f"SELECT min(start) FROM {name}").fetchone()[0] for name in ("day_mean", "day_held")]  # noqa: S608
        oldest = min((start for start in found if start is not None), default=before)
        if oldest < before:
            self._db.execute("DELETE FROM day_mean WHERE start = ?", (oldest,))
            self._db.execute("DELETE FROM day_held WHERE start = ?", (oldest,))

    def judge(self, starts: Sequence[int], quantities: Iterable[str]) -> None:
        """Have these days judged, of these quantities, at all sites."""
        self._db.executemany(
            "INSERT OR REPLACE INTO drift_due VALUES (?, ?, '')",
            [(start, name) for name in quantities for start in starts],
        )

    def due(self, until: int) -> Due | None:
        """The oldest day that is to be judged, of those that begin before a time."""
        query = "SELECT start, quantity, through FROM drift_due WHERE start < ? ORDER BY start, quantity LIMIT 1"
        row = self._db.execute(query, (until,)).fetchone()
        return None if row is None else Due(*row)

    def move(self, due: Due) -> None:
        """It is judged so far."""
        self._db.execute("INSERT OR REPLACE INTO drift_due VALUES (?, ?, ?)", due)

    def done(self, due: Due) -> None:
        """It is judged."""
        self._db.execute("DELETE FROM drift_due WHERE start = ? AND quantity = ?", (due.start, due.quantity))
