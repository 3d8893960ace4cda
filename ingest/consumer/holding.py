"""Rows that a sink deletes before it writes them anew: kept in the consumer's file until it has written them.

A database that cannot take a field out of a row has the whole row deleted and written. Whatever happens between the
two, the row is here: the next write of the consumer, after a restart too, brings it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ingest.decoding.point import Point
from ingest.ports import Replacing
from ingest.sqlite import settle, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from ingest.ports import Sink

SCHEMA = "CREATE TABLE held (one INTEGER PRIMARY KEY CHECK (one = 1), rows BLOB NOT NULL)"
"""`rows`: points as they are to be, MessagePack; no row of the table where nothing is held."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Point]).decode


class Holding:
    """What one consumer holds for its sink."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._kept = False

    def hand(self, sink: Sink) -> None:
        """Give a sink that was just made what another may not have ended to write."""
        if not isinstance(sink, Replacing):
            return
        found = self._db.execute("SELECT rows FROM held").fetchone()
        if found is not None:
            sink.restore(_decode(found[0]))
            self._kept = True

    def keep(self, sink: Sink, points: Sequence[Point]) -> None:
        """Have on disk what the write of these points is going to delete; no transaction may be open.

        Raises:
            SinkUnavailable: the sink cannot be asked now.
            OSError: the disk would not take it.
        """
        if not isinstance(sink, Replacing) or not any(point.gone for point in points):
            return
        rows = sink.replaces(points)
        if rows:
            with transaction(self._db):
                self._db.execute("INSERT OR REPLACE INTO held VALUES (1, ?)", (_encode(list(rows)),))
            settle(self._db)
            self._kept = True

    def forget(self) -> None:
        """It is written; in the transaction that says so."""
        if self._kept:
            self._db.execute("DELETE FROM held")

    def committed(self) -> None:
        """That transaction has lasted."""
        self._kept = False
