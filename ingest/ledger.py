"""The ledger of one consumer: how far it has read, and what became of every event on the way.

Per consumer an event is exactly one of: duplicate, stored, quarantined, evicted, pending. The first is decided by
intake and counted in the journal; pending are the journal's events after the cursor, counted from its blocks; the other
three are counted here, each by the transaction of the change itself, together with the cursor. So at every moment

    received = stored + quarantined + pending + duplicate + evicted

and nothing in it is computed from the rest of it: a lost event shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.sqlite import add_up

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

SCHEMA = """
    CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, ordinal INTEGER NOT NULL,
        written_at INTEGER NOT NULL);
    INSERT INTO cursor VALUES (1, 0, 0, 0);
    CREATE TABLE tally (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE evicted (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, cause TEXT NOT NULL)
"""
"""`evicted` has ranges of ordinals, both ends included, that never overlap."""

REPLAY = "CREATE TABLE replay (name TEXT PRIMARY KEY, done INTEGER NOT NULL) WITHOUT ROWID"
"""How far a replay of history came, a row at most: `name` is what was asked for, as JSON."""

STORED, EVICTED = "stored.", "evicted."
"""Tally names begin with these where they have parts: `stored.up`, `evicted.cap`."""

QUARANTINED = "quarantined"

HORIZON = "horizon"
"""The tally that is no count: rows of before this time, ns UTC, may be gone by the sink's retention."""


class Cursor(NamedTuple):
    """How far a consumer has read.

    Attributes:
        seq: number of the last event whose effects it has committed.
        ordinal: how many events that are no duplicates that makes.
    """

    seq: int
    ordinal: int


class Range(NamedTuple):
    """Ordinals, both ends included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many."""
        return self.last - self.first + 1


class Ledger:
    """The ledger's tables in a consumer's file. Changes belong into a transaction of the caller."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def cursor(self) -> Cursor:
        """How far the consumer has read."""
        return Cursor(*self._db.execute("SELECT seq, ordinal FROM cursor").fetchone())

    def move(self, cursor: Cursor, written_at: int | None = None) -> None:
        """Set the cursor; where the sink took something, when (ns UTC)."""
        self._db.execute(
            "UPDATE cursor SET seq = ?, ordinal = ?, written_at = coalesce(?, written_at)", (*cursor, written_at)
        )

    def written_at(self) -> int:
        """When the sink last took something, ns UTC; 0 where it never did."""
        return int(self._db.execute("SELECT written_at FROM cursor").fetchone()[0])

    def note_write(self, at: int) -> None:
        """The sink took something."""
        self._db.execute("UPDATE cursor SET written_at = ?", (at,))

    def count(self, tally: Mapping[str, int]) -> None:
        """Add to counters."""
        add_up(self._db, tally)

    def tallies(self) -> dict[str, int]:
        """Every counter by its name."""
        return dict(self._db.execute("SELECT name, count FROM tally"))

    def tally(self, name: str) -> int:
        """One counter."""
        row = self._db.execute("SELECT count FROM tally WHERE name = ?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    def replayed(self) -> tuple[str, int] | None:
        """The replay that was cut off: what was asked for, and how far it came, ns UTC; None where there is none."""
        row = self._db.execute("SELECT name, done FROM replay").fetchone()
        return None if row is None else (str(row[0]), int(row[1]))

    def note_replay(self, name: str, done: int) -> None:
        """The replay under way has come so far; it is the only one that is remembered."""
        self.forget_replay()
        self._db.execute("INSERT INTO replay VALUES (?, ?)", (name, done))

    def forget_replay(self) -> None:
        """The replay has ended."""
        self._db.execute("DELETE FROM replay")

    def horizon(self) -> int:
        """Rows of before this time, ns UTC, may be gone by the sink's retention, or were never written."""
        return self.tally(HORIZON)

    def note_horizon(self, before: int) -> None:
        """Rows of before this time, ns UTC, may be gone from now on."""
        self._db.execute(
            "INSERT INTO tally VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = max(count, excluded.count)",
            (HORIZON, before),
        )

    def evict(self, evicted: Range, cause: str) -> None:
        """Count a range of ordinals as evicted, and remember which."""
        if evicted.size <= 0:
            return
        joined = self._db.execute(
            "UPDATE evicted SET last = ? WHERE last = ? AND cause = ?", (evicted.last, evicted.first - 1, cause)
        )
        if joined.rowcount == 0:
            self._db.execute("INSERT INTO evicted VALUES (?, ?, ?)", (*evicted, cause))
        self.count({EVICTED + cause: evicted.size})

    def evicted(self, through: int) -> list[Range]:
        """What was evicted, up to an ordinal."""
        rows = self._db.execute("SELECT first, last FROM evicted WHERE first <= ? ORDER BY first", (through,))
        return [Range(first, min(last, through)) for first, last in rows]


def total(tallies: Mapping[str, int], prefix: str) -> int:
    """The sum of the counters whose names begin with `prefix`."""
    return sum(count for name, count in tallies.items() if name.startswith(prefix))


def parts(tallies: Mapping[str, int], prefix: str) -> dict[str, int]:
    """The counters whose names begin with `prefix`, by the rest of their names."""
    return {name.removeprefix(prefix): count for name, count in sorted(tallies.items()) if name.startswith(prefix)}
