"""The embedded store: the same points with the same identity as in InfluxDB, in the consumer's own SQLite file.

It needs no server, its rows and the cursor are one transaction, and `citylora readings` reads it while the worker
writes.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from ingest.point import Point
    from ingest.ports import Refusal

SCHEMA = """
    CREATE TABLE series (
        id INTEGER PRIMARY KEY,
        measurement TEXT NOT NULL,
        dev_eui TEXT NOT NULL,
        site TEXT NOT NULL,
        ward TEXT NOT NULL,
        model TEXT NOT NULL,
        part TEXT NOT NULL
    );
    CREATE INDEX series_device ON series (dev_eui);
    CREATE INDEX series_site ON series (site);
    CREATE TABLE point (
        series INTEGER NOT NULL,
        time INTEGER NOT NULL,
        received_at INTEGER NOT NULL,
        time_source TEXT NOT NULL,
        quality TEXT NOT NULL,
        fields TEXT NOT NULL,
        PRIMARY KEY (series, time)
    ) WITHOUT ROWID
"""
"""`part` is the last tag: the channel, or the gateway of a `radio` row. `fields` is a JSON object."""

_INSERT = """
    INSERT INTO point VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (series, time) DO UPDATE SET
        received_at = excluded.received_at, time_source = excluded.time_source, quality = excluded.quality,
        fields = json_patch(fields, excluded.fields)
"""

CACHED_SERIES = 50_000

_json = msgspec.json.Encoder().encode


class StoreSink:
    """Writes points in the consumer's transaction. See `ingest.ports.Sink`."""

    name = "store"

    def __init__(self, db: sqlite3.Connection) -> None:
        self.accepted = 0
        self._db = db
        self._known: dict[tuple[str, tuple[str, ...]], int] = {}
        self._fresh: dict[tuple[str, tuple[str, ...]], int] = {}

    def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """Store a batch; the store refuses nothing."""
        self._confirm()
        rows = [
            (self._series(point), point.time, point.received_at, point.time_source, point.quality,
             _json(dict(point.fields)).decode())
            for point in points
        ]  # fmt: skip
        before = self._db.total_changes
        self._db.executemany(_INSERT, rows)
        self.accepted += self._db.total_changes - before
        return ()

    def close(self) -> None:
        """Nothing: the file is the consumer's."""

    def _series(self, point: Point) -> int:
        key = (point.measurement, point.tags)
        number = self._known.get(key) or self._fresh.get(key)
        if number is None:
            number = self._fresh[key] = series_id(*key)
            self._db.execute("INSERT OR IGNORE INTO series VALUES (?, ?, ?, ?, ?, ?, ?)", (number, key[0], *key[1]))
        return number

    def _confirm(self) -> None:
        """A new series is taken for known once its transaction has lasted: it may have been rolled back."""
        if not self._fresh:
            return
        last = next(reversed(self._fresh.values()))
        if self._db.execute("SELECT 1 FROM series WHERE id = ?", (last,)).fetchone():
            if len(self._known) > CACHED_SERIES:
                self._known.clear()
            self._known |= self._fresh
        self._fresh = {}


def series_id(measurement: str, tags: tuple[str, ...]) -> int:
    """The number of a series: 63 bits of the hash of its name, so that it is the same in every store."""
    name = "\0".join((measurement, *tags)).encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "big") >> 1
