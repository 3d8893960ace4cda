"""What the journal's file is: its schemas, and the counters that its writer and every reader read in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.ports import Totals

if TYPE_CHECKING:
    import sqlite3

VERSIONS = (
    """
    CREATE TABLE block (
        last INTEGER PRIMARY KEY AUTOINCREMENT,
        events INTEGER NOT NULL,
        duplicates INTEGER NOT NULL,
        ordinal INTEGER NOT NULL,
        received_from INTEGER NOT NULL,
        received_to INTEGER NOT NULL,
        dictionary INTEGER NOT NULL,
        identities BLOB NOT NULL,
        body BLOB NOT NULL
    );
    CREATE TABLE dictionary (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
    CREATE TABLE tally (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE device (dev_eui INTEGER PRIMARY KEY, state BLOB NOT NULL);
    CREATE TABLE incident (
        kind TEXT NOT NULL,
        source TEXT NOT NULL,
        count INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (kind, source)
    ) WITHOUT ROWID;
    CREATE TABLE session (source TEXT PRIMARY KEY, client_id TEXT NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE network (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL);
    """,
    """
    CREATE TABLE jump (after INTEGER PRIMARY KEY, first INTEGER NOT NULL, at INTEGER NOT NULL);
    """,
    """
    ALTER TABLE session ADD COLUMN topics TEXT NOT NULL DEFAULT '["application/+/device/+/event/+"]';
    """,
    """
    INSERT OR IGNORE INTO tally SELECT 'missing_unknown', count FROM tally WHERE name = 'missing_fcnt';
    """,
)
"""The schemas of the file, a script for each version. What the tables are for stands in `ingest.journal.writer`."""

_JUMPS_SINCE = 3
"""The version that brought `jump`: whoever only reads may meet an older file."""

HORIZON = "dropped_to"
"""The tally that is no count: `received_at` of the newest event that was forgotten, ns UTC."""


def signed(dev_eui: int) -> int:
    """A DevEUI as SQLite's integer, which has a sign: those of some makers begin with a digit above 7."""
    return dev_eui - (dev_eui >> 63 << 64)


def read_totals(db: sqlite3.Connection) -> Totals:
    """The journal's totals, in the caller's transaction."""
    tally = dict(db.execute("SELECT name, count FROM tally"))
    given = read_given(db)
    last = next((after for after, first in read_jumps(db).items() if first == given + 1), given)
    oldest = db.execute("SELECT last - events + 1 FROM block ORDER BY last LIMIT 1").fetchone()
    return Totals(
        last=last,
        received=tally.get("received", 0),
        duplicates=tally.get("duplicate", 0),
        oldest=last + 1 if oldest is None else int(oldest[0]),
        sealed_received=tally.get("sealed", 0),
        sealed_duplicates=tally.get("sealed_duplicate", 0),
    )


def read_given(db: sqlite3.Connection) -> int:
    """The number after which the next event is numbered: that of the newest event, or what was skipped since."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'block'").fetchone()
    return 0 if row is None else int(row[0])


def read_jumps(db: sqlite3.Connection) -> dict[int, int]:
    """Where the numbers leave some out: the first number that follows, by the last one before."""
    if db.execute("PRAGMA user_version").fetchone()[0] < _JUMPS_SINCE:
        return {}
    return dict(db.execute("SELECT after, first FROM jump"))
