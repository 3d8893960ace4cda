"""The rows of the embedded store: two tables, which the view `point` shows as one.

    recent    by time and series    rows from the border on: each is written where the last one was
    settled   by series and time    rows before it: what is asked of one series lies together

Where 6,000 series speak in turn, a row that is put among those of its series is a page of 4 KiB that is read, written
to the WAL and copied into the file. So rows are written by time, and by the ten thousand they settle: then a page takes
several at once. A row lies in one of the two, and its time says in which.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from ingest.sqlite import write_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence

RECENT = 50_000
"""Rows that are written before some settle: 14 s at 1,000 uplinks a second."""

PARTS = 10
"""Statements in which they do: of each SQLite keeps in memory what it would undo, pages as they were."""

STAYS = 10
"""One part in so many does not settle: what comes a little out of order is still written by time."""

Row: TypeAlias = "tuple[int, int, int, str, str, str]"
"""Series, time (ns UTC), when the network had it (ns UTC), whose clock the time is, quality, fields as JSON."""

T = TypeVar("T", bound=tuple[Any, ...])

_COLUMNS = "series, time, received_at, time_source, quality, fields"

SCHEMA = f"""
    ALTER TABLE point RENAME TO settled;
    CREATE TABLE recent (
        series INTEGER NOT NULL,
        time INTEGER NOT NULL,
        received_at INTEGER NOT NULL,
        time_source TEXT NOT NULL,
        quality TEXT NOT NULL,
        fields TEXT NOT NULL,
        PRIMARY KEY (time, series)
    ) WITHOUT ROWID;
    CREATE TABLE border (time INTEGER NOT NULL);
    INSERT INTO border SELECT min(
        coalesce(max((SELECT max(time) FROM settled WHERE series = id)) + 1, -9223372036854775808),
        CAST(strftime('%s', 'now') AS INTEGER) * 1000000000
    ) FROM series;
    INSERT INTO recent SELECT settled.* FROM series CROSS JOIN settled
        ON settled.series = series.id AND settled.time >= (SELECT time FROM border);
    DELETE FROM settled WHERE (series, time) IN (SELECT series, time FROM recent);
    CREATE VIEW point AS SELECT {_COLUMNS} FROM settled UNION ALL SELECT {_COLUMNS} FROM recent
"""  # noqa: S608  (our own words)
"""What a store with the one table `point` becomes. Rows of a clock that is ahead never settle before their time."""

_MERGE = """
    ON CONFLICT (series, time) DO UPDATE SET
        received_at = excluded.received_at, time_source = excluded.time_source, quality = excluded.quality,
        fields = json_patch(
            json_patch(
                fields,
                (
                    SELECT json_group_object(
                        iif(substr(key, -8) = '_suspect', substr(key, 1, length(key) - 8), key || '_suspect'), NULL
                    ) FROM json_each(excluded.fields)
                )
            ),
            excluded.fields
        )
"""
"""A value that is doubtful now goes in place of the one that was not, and the other way round."""

_SETTLE = f"""
    INSERT INTO settled SELECT * FROM recent WHERE time < ? AND series BETWEEN ? AND ? ORDER BY series, time {_MERGE}
"""  # noqa: S608
_OF_SERIES = 2**63 // PARTS

_PATCH = """
    INSERT INTO {table} VALUES (?1, ?2, ?3, ?4, ?5, json_patch('{{}}', ?6)) ON CONFLICT (series, time) DO UPDATE SET
        received_at = excluded.received_at, time_source = excluded.time_source, quality = excluded.quality,
        fields = json_patch(fields, ?6)
"""
"""A field that is null is no more."""


_REMOVE_SETTLED = """
    DELETE FROM settled WHERE series IN (SELECT id FROM series WHERE measurement = ? AND dev_eui = ?)
        AND time >= ? AND time < ?
"""
_REMOVE_RECENT = """
    DELETE FROM recent WHERE time >= ? AND time < ? AND series IN (
        SELECT id FROM series WHERE measurement = ? AND dev_eui IN (SELECT value FROM json_each(?))
    )
"""


def tables(db: sqlite3.Connection) -> tuple[str, ...]:
    """Where a store's rows lie: first those before the border; one table alone in a file of an older citylora."""
    found = db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'recent'").fetchone()[0]
    return ("settled", "recent") if found else ("point",)


def border(db: sqlite3.Connection) -> int:
    """The time of the first rows that have not settled, ns UTC."""
    return int(db.execute("SELECT time FROM border").fetchone()[0])


def settle(db: sqlite3.Connection, before: int) -> None:
    """Have every row of before that time, ns UTC, settle, in a transaction of the caller."""
    if before <= border(db):
        return
    for part in range(PARTS):
        db.execute(_SETTLE, (before, part * _OF_SERIES, (part + 1) * _OF_SERIES - 1))
    db.execute("DELETE FROM recent WHERE time < ?", (before,))
    db.execute("UPDATE border SET time = ?", (before,))


class PointTables:
    """Writes rows, in transactions of the caller."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._held = int(db.execute("SELECT count(*) FROM recent").fetchone()[0])
        self._full = RECENT

    def insert(self, rows: Sequence[Row]) -> int:
        """Add rows, or their fields to rows that are there; how many were written."""
        if self._held >= self._full:
            self._settle_some()
        before = self._db.total_changes
        self._held += len(rows)
        for table, part in self._parted(rows):
            write_rows(self._db, f"INSERT INTO {table} VALUES {{rows}} {_MERGE}", part)  # noqa: S608
        return self._db.total_changes - before

    def patch(self, rows: Sequence[Row]) -> None:
        """The same, where a field that is null is to be no more."""
        for table, part in self._parted(rows):
            self._db.executemany(_PATCH.format(table=table), part)

    def drop_empty(self, names: Sequence[tuple[int, int]]) -> None:
        """Delete those of these rows (series, time) that have no field."""
        for table, part in self._parted(names):
            self._db.executemany(f"DELETE FROM {table} WHERE series = ? AND time = ? AND fields = '{{}}'", part)  # noqa: S608

    def revise(self, changes: Sequence[tuple[int, int, str]]) -> None:
        """Change the fields (series, time, JSON with null for what goes) of rows that are there."""
        for table, part in self._parted(changes):
            changed = [(fields, series, at) for series, at, fields in part]
            self._db.executemany(
                f"UPDATE {table} SET fields = json_patch(fields, ?) WHERE series = ? AND time = ?",  # noqa: S608
                changed,
            )

    def fields(self, series: int, at: int) -> str | None:
        """Those of a row, as JSON; None where there is no such row."""
        found = self._db.execute("SELECT fields FROM point WHERE series = ? AND time = ?", (series, at)).fetchone()
        return None if found is None else str(found[0])

    def remove(self, since: int, until: int, measurement: str, devices: Collection[str]) -> None:
        """Delete the rows of these devices in one measurement, from `since` on and before `until`."""
        limit = border(self._db)
        asked = [(measurement, dev_eui, since, min(until, limit)) for dev_eui in devices]
        if since < limit:
            self._db.executemany(_REMOVE_SETTLED, asked)
        if until > limit:
            self._db.execute(_REMOVE_RECENT, (since, until, measurement, msgspec.json.encode(list(devices)).decode()))

    def _parted(self, rows: Sequence[T]) -> list[tuple[str, Sequence[T]]]:
        """Rows, whose second column is the time, by where they lie."""
        limit = border(self._db)
        old = [row for row in rows if row[1] < limit]
        new = [row for row in rows if row[1] >= limit] if old else rows
        return [(table, part) for table, part in (("settled", old), ("recent", new)) if part]

    def _settle_some(self) -> None:
        """All but the newest settle; what is ahead of the clock of this machine stays, however much that is."""
        newest = self._db.execute(
            "SELECT time FROM recent ORDER BY time DESC LIMIT 1 OFFSET ?", (self._held // STAYS,)
        ).fetchone()
        if newest:
            settle(self._db, min(newest[0], time.time_ns()))
        self._held = int(self._db.execute("SELECT count(*) FROM recent").fetchone()[0])
        self._full = self._held + RECENT
