"""What is remembered of devices, in a consumer's file: written down now and then, together with the cursor.

After a crash the events between are decoded again, to the same memory: it is a function of the journal's events. What
has changed is appended, some thousand devices a row, and all of it is written anew where that has become more than the
city: a row for each device, changed in its place, would cost ten times as much as it takes to work an uplink out.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

SCHEMA = """
    CREATE TABLE memory (part INTEGER PRIMARY KEY, devices INTEGER NOT NULL, pasts BLOB NOT NULL);
    CREATE TABLE memory_at (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL);
    INSERT INTO memory_at VALUES (1, -1)
"""
"""`pasts`: of each DevEUI what is remembered of it, a map in MessagePack; of two parts the later one counts.
`seq`: number of the event as of which that is; -1: it was never written down."""

PART = 5_000
"""Devices of a part: some 2 MB."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(dict[str, bytes]).decode


def recollect(db: sqlite3.Connection) -> tuple[int, dict[str, bytes]]:
    """The number of the event as of which it is, and what is remembered of each device."""
    (seq,) = db.execute("SELECT seq FROM memory_at").fetchone()
    devices: dict[str, bytes] = {}
    for (pasts,) in db.execute("SELECT pasts FROM memory ORDER BY part"):
        devices |= _decode(pasts)
    return int(seq), devices


def held(db: sqlite3.Connection) -> int:
    """How many devices all parts have together."""
    return int(db.execute("SELECT coalesce(sum(devices), 0) FROM memory").fetchone()[0])


def note(db: sqlite3.Connection, seq: int, changed: Mapping[str, bytes]) -> None:
    """Write down what has changed, as of an event; in a transaction of the caller."""
    for part in _parts(changed.items()):
        db.execute("INSERT INTO memory (devices, pasts) VALUES (?, ?)", (len(part), _encode(part)))
    db.execute("UPDATE memory_at SET seq = ?", (seq,))


def note_all(db: sqlite3.Connection, seq: int, devices: Mapping[str, bytes]) -> None:
    """Write all of it down anew, as of an event; in a transaction of the caller."""
    db.execute("DELETE FROM memory")
    note(db, seq, devices)


def _parts(devices: Iterable[tuple[str, bytes]]) -> Iterator[dict[str, bytes]]:
    rest = iter(devices)
    while part := dict(islice(rest, PART)):
        yield part
