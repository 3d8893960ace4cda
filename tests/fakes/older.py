"""A journal of the first schema that was ever in use, made of today's rows by the SQL of then."""

import sqlite3
from pathlib import Path

FIRST = """
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
    PRAGMA user_version = 1;
"""


def make_older(path: Path) -> Path:
    """Put a journal of that schema in a journal's place, with what both have; nobody may have it open."""
    newer = path.rename(path.with_suffix(".newer"))
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(f"PRAGMA journal_mode = WAL; {FIRST}")
    db.execute("ATTACH ? AS newer", (str(newer),))
    for table in ("block", "dictionary", "tally", "device", "incident"):
        db.execute(f"INSERT INTO {table} SELECT * FROM newer.{table}")  # noqa: S608  (a constant above)
    db.execute("INSERT INTO session SELECT source, client_id FROM newer.session")
    db.close()
    newer.unlink()
    return path


def make_older_store(path: Path) -> None:
    """Have a store's rows lie in one table, as before; nobody may have it open."""
    db = sqlite3.connect(path, isolation_level=None)
    before = int(db.execute("PRAGMA user_version").fetchone()[0]) - 1
    db.executescript("""
        BEGIN;
        INSERT INTO settled SELECT * FROM recent;
        DROP VIEW point; DROP TABLE recent; DROP TABLE border;
        ALTER TABLE settled RENAME TO point;
        COMMIT;
    """)
    db.execute(f"PRAGMA user_version = {before}")
    db.close()
