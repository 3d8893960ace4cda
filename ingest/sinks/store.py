"""The embedded store: the same points with the same identity as in InfluxDB, in the consumer's own SQLite file.

It needs no server, its rows and the cursor are one transaction, and `citylora readings` reads it while the worker
writes.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from ingest.decoding.point import OF_EVENTS, TAGS, Point, unless_known
from ingest.sinks.point_tables import PointTables
from ingest.sqlite import write_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterator, Sequence

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
"""A tag that a measurement has not is "". `part` is what other tags it has: the channel, the gateway, or kind and code
with a space between. `fields` is a JSON object."""

_ROWS = """
    SELECT measurement, dev_eui, site, ward, model, part, time, received_at, time_source, quality, fields
    FROM {joined} WHERE time >= :since AND time < :until
        AND (dev_eui = :device OR :device = '') AND measurement IN (SELECT value FROM json_each(:measurements))
"""
_JOINED = "series CROSS JOIN settled ON settled.series = series.id", "recent JOIN series ON series.id = recent.series"

CACHED_SERIES = 50_000

_OF_EVENTS = msgspec.json.encode(OF_EVENTS).decode()
_fields = msgspec.json.Decoder(dict[str, float | str]).decode
_json = msgspec.json.Encoder().encode


class StoreSink:
    """Writes points in the consumer's transaction. See `ingest.ports.Sink`."""

    name = "store"
    own = True

    def __init__(self, db: sqlite3.Connection) -> None:
        self.accepted = 0
        self._db = db
        self._tables = PointTables(db)
        self._known: dict[tuple[str, tuple[str, ...]], int] = {}
        self._fresh: dict[tuple[str, tuple[str, ...]], int] = {}

    def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """Store a batch; the store refuses nothing."""
        self._confirm()
        if not any(point.revises or point.gone for point in points):
            self._insert(points)
            return ()
        for way, part in groupby(points, key=self._way):  # a row may be of this very batch
            way(list(part))
        return ()

    def _way(self, point: Point) -> Callable[[Sequence[Point]], None]:
        return self._revise if point.revises else self._insert_alone if point.gone else self._insert

    def _insert_alone(self, points: Sequence[Point]) -> None:
        for point in points:
            self._insert([self._known_before(point)])

    def _insert(self, points: Sequence[Point]) -> None:
        rows = [
            (series, point.time, point.received_at, point.time_source, point.quality,
             _json(dict(point.fields)).decode())
            for series, point in zip(self._numbers(points), points, strict=True)
        ]  # fmt: skip
        self.accepted += self._tables.insert(rows)

    def _known_before(self, point: Point) -> Point:
        """A row that was worked out by itself alone, with what is known of it where it is there already."""
        there = self._tables.fields(self._numbers([point])[0], point.time)
        row = msgspec.structs.replace(point, fields=() if there is None else _values(there))
        return unless_known(row, point)

    def write_derived(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """See `ingest.ports.Deriving`; a row of which nothing is left goes."""
        self._confirm()
        rows = [
            (series, point.time, point.received_at, point.time_source, point.quality,
             _json({**dict.fromkeys(point.gone), **dict(point.fields)}).decode())
            for series, point in zip(self._numbers(points), points, strict=True)
        ]  # fmt: skip
        self._tables.patch(rows)
        self._tables.drop_empty([row[:2] for row, point in zip(rows, points, strict=True) if not point.fields])
        self.accepted += len(points)
        return ()

    def _revise(self, points: Sequence[Point]) -> None:
        """Change rows that are there; one that the retention has deleted meanwhile stays deleted."""
        self._tables.revise(
            [
                (series, point.time, _json({**dict(point.fields), **dict.fromkeys(point.gone)}).decode())
                for series, point in zip(self._numbers(points), points, strict=True)
            ]
        )
        self.accepted += len(points)

    def rows(self, since: int, until: int, device: str) -> Iterator[Point]:
        """See `ingest.ports.Rewritable`."""
        asked = {"since": since, "until": until, "device": device, "measurements": _OF_EVENTS}
        for joined in _JOINED:
            for measurement, dev_eui, site, ward, model, part, *row, fields in self._db.execute(
                _ROWS.format(joined=joined), asked
            ):
                tags = _tags(measurement, {"dev_eui": dev_eui, "site": site, "ward": ward, "model": model}, part)
                at, received_at, source, quality = row
                yield Point(measurement, tags, _values(fields), at, received_at, source, quality)

    def remove(self, since: int, until: int, measurement: str, devices: Collection[str]) -> bool:
        """See `ingest.ports.Rewritable`."""
        self._tables.remove(since, until, measurement, devices)
        return True

    def close(self) -> None:
        """Nothing: the file is the consumer's."""

    def _numbers(self, points: Sequence[Point]) -> list[int]:
        """Of each row its series, which is there then."""
        numbers, new = [], []
        for point in points:
            key = (point.measurement, point.tags)
            number = self._known.get(key) or self._fresh.get(key)
            if number is None:
                number = self._fresh[key] = series_id(*key)
                new.append((number, *_columns(*key)))
            numbers.append(number)
        write_rows(self._db, "INSERT OR IGNORE INTO series VALUES {rows}", new)
        return numbers

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


def _values(fields: str) -> tuple[tuple[str, float | str], ...]:
    """What a row has; a value that no reader understands is as good as none, and is written anew."""
    try:
        return tuple(_fields(fields).items())
    except msgspec.ValidationError:
        found = msgspec.json.decode(fields)
        return tuple((name, value) for name, value in found.items() if type(value) in (float, int, str))


def _columns(measurement: str, tags: tuple[str, ...]) -> tuple[str, ...]:
    """A series as its row has it, but for the number."""
    named = dict(zip(TAGS[measurement], tags, strict=True))
    place = [named.pop(name, "") for name in ("dev_eui", "site", "ward", "model")]
    return (measurement, *place, " ".join(named.values()))


def _tags(measurement: str, place: dict[str, str], part: str) -> tuple[str, ...]:
    """The tags of a series from its row."""
    names = TAGS[measurement]
    spaces = len(names) - len(place.keys() & set(names)) - 1  # any other is part of the last one's value
    rest = iter(part.split(" ", spaces) if spaces else [part])
    return tuple(place[name] if name in place else next(rest) for name in names)


def series_id(measurement: str, tags: tuple[str, ...]) -> int:
    """The number of a series: 63 bits of the hash of its name, so that it is the same in every store."""
    name = "\0".join((measurement, *tags)).encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "big") >> 1
