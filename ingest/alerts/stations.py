"""The rows of `station` that alerts make: how bad is the worst that fires at a site, so that a map needs no other rows.

There is a row where the worst has changed, and one a day where something fires still (`REPEAT`), so that whoever looks
a little more than a day back sees what does. Beside them stand the roll-ups' rows of the same measurement and tags: a
sink that has two at one time has the fields of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.decoding.point import Point
from ingest.devices import UNASSIGNED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from ingest.alerts.alert import Change

FIELD = "alert_severity"
"""0 where nothing fires, else as `alert.severity_level` has it."""

REPEAT = 86_400_000_000_000
"""ns by the wall clock after which a row is written again."""

AT_ONCE = 500
"""Rows at most that are repeated in one transaction; the others follow in the next ones."""

_STEP = 1_000_000
"""ns that a row stands after the one before at least: an end is told after what has begun since, and the newest row has
to be the one that holds."""

_WORST = """
    SELECT coalesce(max(severity), 0) FROM alert
    WHERE phase = 'firing' AND site <> '' AND site = ? AND ward = ?
"""

_SILENT = "SELECT site, ward, severity FROM station WHERE severity > 0 AND at <= ? ORDER BY at, site, ward LIMIT ?"


def severity_rows(db: sqlite3.Connection, changes: Iterable[Change]) -> list[Point]:
    """The rows of the sites at which the worst is another than before, in a transaction of the caller.

    Args:
        db: alerts.db; its table `alert` has the changes.
        changes: of alerts, also of such as are at no site.
    """
    times: dict[tuple[str, str], int] = {}
    for one in changes:
        if one.scope.site not in ("", UNASSIGNED):
            key = one.scope.site, one.scope.ward
            times[key] = max(one.time, times.get(key, 0))
    found = (_row(db, *key, time) for key, time in times.items())
    return [row for row in found if row is not None]


def repeated_rows(db: sqlite3.Connection, now: int) -> list[Point]:
    """The rows of sites where something fires that nobody has said for a day, in a transaction of the caller.

    Args:
        db: alerts.db.
        now: wall clock, ns UTC, which is their time: they say what fires now.
    """
    due = db.execute(_SILENT, (now - REPEAT, AT_ONCE)).fetchall()
    return [_written(db, site, ward, worst, now) for site, ward, worst in due]


def _row(db: sqlite3.Connection, site: str, ward: str, time: int) -> Point | None:
    """The row of a site, with the tags of its rows of `alert`; None where nothing is other than before."""
    (worst,) = db.execute(_WORST, (site, ward)).fetchone()
    last = db.execute("SELECT severity, at FROM station WHERE site = ? AND ward = ?", (site, ward)).fetchone()
    before, at = last or (0, 0)
    if worst == before:
        return None
    return _written(db, site, ward, worst, max(time, at + _STEP))


def _written(db: sqlite3.Connection, site: str, ward: str, worst: int, time: int) -> Point:
    db.execute("INSERT OR REPLACE INTO station VALUES (?, ?, ?, ?)", (site, ward, worst, time))
    return Point("station", (site, ward or UNASSIGNED), ((FIELD, float(worst)),), time)
