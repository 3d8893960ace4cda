"""How every file of the data directory is opened: SQLite in WAL mode, one writer, transactions spelled out."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from ingest.errors import DataDirError
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

BUSY_TIMEOUT = 30.0
"""Seconds to wait for another process's short write; a worker holds no write lock for longer."""


WAL_LIMIT = 64 * 1024 * 1024
"""Bytes to which a WAL is cut once it can be: a long reader, such as a backup, lets it grow meanwhile."""

CACHE = 512
"""KiB of pages that a connection keeps. A worker has a dozen; most write at the end of a file, and read there."""

LOTS = (512, 256, 128, 64, 32, 16)
"""Rows that `write_rows` gives to SQLite at once, and what is left then: few statements for any number of rows, and few
different ones. They are kept prepared, at 0.1 KiB a row and column: with lots of 2,048 it was 30 MiB in all."""

RESTORE = said("files.restore")
"""What to do about a damaged file. Never about one file alone: the sinks' cursors belong to their journal."""


def write_rows(db: sqlite3.Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Run a statement over many rows, as many as it can at a time.

    `executemany` lets go of the interpreter at each row; where other threads compute it then waits for its turn at
    each (`turns`), and takes a hundred times as long.

    Args:
        db: in a transaction.
        statement: with `{rows}` where the values stand.
        rows: all of one length.
    """
    if not rows:
        return
    begin, columns = 0, len(rows[0])
    for lot in (*LOTS, len(rows) % LOTS[-1]):
        while 0 < lot <= len(rows) - begin:
            values = [value for row in rows[begin : begin + lot] for value in row]
            db.execute(_of_rows(statement, columns, lot), values)
            begin += lot


@cache
def _of_rows(statement: str, columns: int, rows: int) -> str:
    one = f"({', '.join('?' * columns)})"
    return statement.format(rows=", ".join([one] * rows))


def add_up(db: sqlite3.Connection, counts: Mapping[str, int]) -> None:
    """Add to the counters of the table `tally`, which every file with a ledger has."""
    write_rows(
        db,
        "INSERT INTO tally VALUES {rows} ON CONFLICT (name) DO UPDATE SET count = count + excluded.count",
        [(name, count) for name, count in counts.items() if count],
    )


class Shared(sqlite3.Connection):
    """Of a file that two connections of a process change.

    What reads before it writes would fail there where the other one writes in between.
    """


def connect(
    path: Path, *, durable: bool, read_only: bool = False, shrinks: bool = False, shared: bool = False,
    scattered: bool = False,
) -> sqlite3.Connection:  # fmt: skip
    """Open a file of the data directory.

    Args:
        path: the file; made where it is missing, unless `read_only`.
        durable: every commit is on disk when it returns (else a power cut may take the last ones, in order).
        read_only: refuse to change anything.
        shrinks: a file that is made now can give room back while it is in use (`incremental_vacuum`).
        shared: others change it as well: a `transaction` takes the write lock at once.
        scattered: its rows are found all over it, by indices: SQLite's own cache (2 MiB) instead of `CACHE`.

    Raises:
        DataDirError: the file is damaged, or is no database.
    """
    mode = "rw" if read_only else "rwc"
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    try:
        db = sqlite3.connect(
            uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False,
            factory=Shared if shared else sqlite3.Connection,
        )  # fmt: skip
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    try:
        if not scattered:
            db.execute(f"PRAGMA cache_size = -{CACHE}")
        if read_only:
            db.execute("PRAGMA query_only = 1")
        else:
            if shrinks and not path.stat().st_size:  # later it has no effect, but for a change of the file
                db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            db.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
            # What a statement over many rows would undo: in a file it is two writes a page, more than the rows are.
            db.execute("PRAGMA temp_store = MEMORY")
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        db.close()
        raise damaged(path, error) from error
    return db


def damaged(path: Path, error: Exception) -> DataDirError:
    """The refusal to go on with a file that SQLite cannot read."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _ERRNO:
        return DataDirError(said("files.unusable", file=str(path), why=str(error)), said("files.unusable_remedy"))
    if code in _PASSING:
        return DataDirError(said("files.busy", file=str(path), why=str(error)), said("files.busy_remedy"))
    return DataDirError(said("files.unreadable", file=str(path), why=str(error)), RESTORE)


def connect_reader(path: Path, versions: tuple[str, ...], *, scattered: bool = False) -> sqlite3.Connection:
    """Open a file whose schemas are `versions`, to read it; `scattered` as in `connect`.

    Raises:
        DataDirError: the file is damaged, is no database, or a newer citylora has written it.
    """
    db = connect(path, durable=False, read_only=True, scattered=scattered)
    try:
        _version(db, path, versions)
    except BaseException:
        db.close()
        raise
    return db


def page_damage(path: Path) -> str:
    """What SQLite finds wrong with the pages of a file, in one line; "" where nothing is."""
    try:
        db = connect(path, durable=False, read_only=True)
    except DataDirError as error:
        return str(error.__cause__)
    try:
        found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        found = str(error)
    finally:
        db.close()
    return "" if found == "ok" else " ".join(found.split())


def migrate(db: sqlite3.Connection, path: Path, versions: tuple[str, ...]) -> None:
    """Bring the schema up to the newest of `versions` (a script for each), or refuse a file of a newer citylora.

    A file that is refused is closed.
    """
    try:
        have = _version(db, path, versions)
        for number, script in enumerate(versions[have:], have + 1):
            db.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {number};COMMIT;")
    except BaseException:
        db.close()
        raise


def _version(db: sqlite3.Connection, path: Path, versions: tuple[str, ...]) -> int:
    """The schema version of a file, which must be one that is known."""
    have = int(db.execute("PRAGMA user_version").fetchone()[0])
    if have > len(versions):
        raise DataDirError(
            said("files.newer", file=str(path), have=have, known=len(versions)), said("files.newer_remedy")
        )
    return have


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing.

    The write lock is taken at the first change, so a transaction that waits holds up nobody; that of a `Shared` file at
    once.
    """
    db.execute("BEGIN IMMEDIATE" if isinstance(db, Shared) else "BEGIN")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        rollback(db)
        raise


@contextmanager
def on_disk(db: sqlite3.Connection) -> Iterator[None]:
    """A transaction that takes the write lock at once, and whose failure to reach the disk is an OSError."""
    with disk_errors():
        try:
            db.execute("BEGIN IMMEDIATE")
            yield
            db.execute("COMMIT")
        except BaseException:
            rollback(db)
            raise


def checkpoint(db: sqlite3.Connection) -> bool:
    """Copy the WAL into the file, as far as no reader needs it, and sync what was copied.

    Returns:
        Whether that was all of it: then every commit so far is on disk.

    Raises:
        OSError: the disk would not take it; nothing is lost.
    """
    with disk_errors():
        busy, written, copied = db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return not busy and bool(written == copied)


def settle(db: sqlite3.Connection) -> None:
    """Have every commit so far on disk, also after a power cut. No transaction may be open.

    Raises:
        OSError: the disk would not take it.
    """
    if checkpoint(db):
        return
    # Somebody reads an older state, a backup perhaps: the WAL cannot be copied yet, but it holds every commit itself.
    path = db.execute("PRAGMA database_list").fetchone()[2]
    wal = os.open(f"{path}-wal", os.O_RDONLY)
    try:
        os.fdatasync(wal)
    finally:
        os.close(wal)


@contextmanager
def disk_errors() -> Iterator[None]:
    """What SQLite says of a disk that is full, broken or read-only is an OSError."""
    try:
        yield
    except sqlite3.OperationalError as error:
        number = _ERRNO.get(error.sqlite_errorcode & 0xFF)
        if number is None:
            raise
        raise OSError(number, f"{os.strerror(number)} ({error})") from error


_ERRNO = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO, sqlite3.SQLITE_READONLY: errno.EROFS}

_PASSING = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
"""Codes of a file that is being made (its tables are not there yet), or that another process holds."""


def rollback(db: sqlite3.Connection) -> None:
    """Undo what was begun; SQLite has undone it already after some errors."""
    if db.in_transaction:
        db.execute("ROLLBACK")
