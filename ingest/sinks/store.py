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

_INSERT = """
    INSERT INTO point VALUES {rows} ON CONFLICT (series, time) DO UPDATE SET
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

_REVISE = "UPDATE point SET fields = json_patch(fields, ?) WHERE series = ? AND time = ?"

_PATCH = """
    INSERT INTO point VALUES (?1, ?2, ?3, ?4, ?5, json_patch('{}', ?6)) ON CONFLICT (series, time) DO UPDATE SET
        received_at = excluded.received_at, time_source = excluded.time_source, quality = excluded.quality,
        fields = json_patch(fields, ?6)
"""
"""A field that is null is no more."""

_EMPTY = "DELETE FROM point WHERE series = ? AND time = ? AND fields = '{}'"

_ROWS = """
    SELECT measurement, dev_eui, site, ward, model, part, time, received_at, time_source, quality, fields
    FROM series CROSS JOIN point ON point.series = series.id AND point.time >= :since AND point.time < :until
    WHERE (dev_eui = :device OR :device = '') AND measurement IN (SELECT value FROM json_each(:measurements))
"""
_REMOVE = """
    DELETE FROM point WHERE series IN (SELECT id FROM series WHERE measurement = ? AND dev_eui = ?)
        AND time >= ? AND time < ?
"""

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
        before = self._db.total_changes
        write_rows(self._db, _INSERT, rows)
        self.accepted += self._db.total_changes - before

    def _known_before(self, point: Point) -> Point:
        """A row that was worked out by itself alone, with what is known of it where it is there already."""
        where = (*self._numbers([point]), point.time)
        there = self._db.execute("SELECT fields FROM point WHERE series = ? AND time = ?", where).fetchone()
        row = msgspec.structs.replace(point, fields=_values(there[0]) if there else ())
        return unless_known(row, point)

    def write_derived(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """See `ingest.ports.Deriving`; a row of which nothing is left goes."""
        self._confirm()
        rows = [
            (series, point.time, point.received_at, point.time_source, point.quality,
             _json({**dict.fromkeys(point.gone), **dict(point.fields)}).decode())
            for series, point in zip(self._numbers(points), points, strict=True)
        ]  # fmt: skip
        self._db.executemany(_PATCH, rows)
        self._db.executemany(_EMPTY, [row[:2] for row, point in zip(rows, points, strict=True) if not point.fields])
        self.accepted += len(points)
        return ()

    def _revise(self, points: Sequence[Point]) -> None:
        """Change rows that are there; one that the retention has deleted meanwhile stays deleted."""
        self._db.executemany(
            _REVISE,
            [
                (_json({**dict(point.fields), **dict.fromkeys(point.gone)}).decode(), series, point.time)
                for series, point in zip(self._numbers(points), points, strict=True)
            ],
        )
        self.accepted += len(points)

    def rows(self, since: int, until: int, device: str) -> Iterator[Point]:
        """See `ingest.ports.Rewritable`."""
        for measurement, dev_eui, site, ward, model, part, *row, fields in self._db.execute(
            _ROWS, {"since": since, "until": until, "device": device, "measurements": _OF_EVENTS}
        ):
            tags = _tags(measurement, {"dev_eui": dev_eui, "site": site, "ward": ward, "model": model}, part)
            time, received_at, source, quality = row
            yield Point(measurement, tags, _values(fields), time, received_at, source, quality)

    def remove(self, since: int, until: int, measurement: str, devices: Collection[str]) -> bool:
        """See `ingest.ports.Rewritable`."""
        self._db.executemany(_REMOVE, [(measurement, dev_eui, since, until) for dev_eui in devices])
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
