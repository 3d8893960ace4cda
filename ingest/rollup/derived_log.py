"""The second log, `derived`: the rows that no single event makes, in the order in which they were made.

The consumer `rollup` has one in rollup.db, `alerts` one in alerts.db: each appends in its own transaction, and each
sink reads both, with a cursor of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import zstandard

from ingest.data_dir import consumer_file, read_consumer
from ingest.decoding.point import Point
from ingest.errors import DataDirError
from ingest.rollup.packed import unpack as unpack_summary
from ingest.rollup.rows import rows_of
from ingest.sqlite import RESTORE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.delivered import LogName

BLOCK = 2_000
"""Points of a block at most."""


class Told(NamedTuple):
    """An hour or a day of which all rows are to be told; whoever reads the log makes them (`rows.rows_of`).

    Attributes:
        span: `1h` or `1d`.
        data: the summary, as the tables hold it (`packed.pack`).
        rows: how many it comes to.
    """

    span: str
    site: str
    ward: str
    start: int
    data: bytes
    rows: int


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[list[Point], list[Told]]).decode
_LEVEL = 1
_READ = "SELECT seq, points, data FROM derived WHERE seq > ? ORDER BY seq"
_INSERT = "INSERT INTO derived (at, points, data) VALUES (?, ?, ?)"


class DerivedBlock(NamedTuple):
    """Points that were appended together; `seq` is the block's number, which never repeats."""

    seq: int
    points: list[Point]


def append(db: sqlite3.Connection, points: Sequence[Point], at: int, told: Sequence[Told] = ()) -> None:
    """Append points, in a transaction of the caller.

    Args:
        db: rollup.db.
        points: a point that `revises` is of a row that is there already: `gone` are the fields that it has no more.
        at: now, ns UTC.
        told: summaries whose rows are appended before the points.
    """
    if not points and not told:
        return
    pack = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress
    for first in range(0, len(told), BLOCK // 4):
        some = told[first : first + BLOCK // 4]
        db.execute(_INSERT, (at, sum([one.rows for one in some]), pack(_encode(((), some)))))
    for first in range(0, len(points), BLOCK):
        part = points[first : first + BLOCK]
        db.execute(_INSERT, (at, len(part), pack(_encode((part, ())))))


def drop(db: sqlite3.Connection, through: int) -> int:
    """Forget the blocks up to number `through`, in a transaction of the caller; returns how many points they held."""
    (points,) = db.execute("SELECT coalesce(sum(points), 0) FROM derived WHERE seq <= ?", (through,)).fetchone()
    db.execute("DELETE FROM derived WHERE seq <= ?", (through,))
    return int(points)


class DerivedReader:
    """One reader's view of a log; belongs to one thread. Where there is no such file yet the log is empty.

    Args:
        folder: the data directory.
        of: whose log it is, `rollup` or `alerts`.

    Raises:
        DataDirError: from every method: the file is damaged, or a newer citylora has written it.
    """

    def __init__(self, folder: Path, of: LogName = "rollup") -> None:
        self._folder = folder
        self._of = of
        self._db: sqlite3.Connection | None = None

    def read(self, after: int, points: int) -> list[DerivedBlock]:
        """The blocks that follow number `after`, in order, until they hold at least `points` points or end."""
        found: list[DerivedBlock] = []
        db = self._open()
        if db is None:
            return found
        held, unpack = 0, zstandard.ZstdDecompressor().decompress
        for seq, count, data in db.execute(
            "SELECT seq, points, data FROM derived WHERE seq > ? ORDER BY seq", (after,)
        ):
            try:
                own, told = _decode(unpack(data))
                found.append(DerivedBlock(seq, [*_rows(told), *own]))
            except (zstandard.ZstdError, ValueError) as error:
                raise DataDirError(f"block {seq} of derived rows is damaged: {error}", RESTORE) from error
            held += count
            if held >= points:
                break
        return found

    def head(self) -> int:
        """The number of the newest block ever appended; 0 where there was none."""
        return self._number("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'derived'), 0)")

    def oldest(self) -> int:
        """The number of the oldest block still held; `head() + 1` where none is."""
        return self._number("SELECT min(seq) FROM derived") or self.head() + 1

    def pending(self, after: int) -> int:
        """How many points follow number `after`."""
        return self._number("SELECT coalesce(sum(points), 0) FROM derived WHERE seq > ?", after)

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def _number(self, query: str, *values: int) -> int:
        db = self._open()
        return 0 if db is None else int(db.execute(query, values).fetchone()[0] or 0)

    def _open(self) -> sqlite3.Connection | None:
        if self._db is None and consumer_file(self._folder, self._of).is_file():
            self._db = read_consumer(self._folder, self._of)
        return self._db


def _rows(told: Sequence[Told]) -> list[Point]:
    made = [(one.span, unpack_summary(one.site, one.ward, one.start, one.data)) for one in told]
    return [row for span, one in made for row in rows_of(one, span)]
