"""A copy of the data directory as of one moment, made while the worker goes on.

Every file is held at one moment by a read transaction, the consumers' first and the journal's last, so that no cursor
is ahead of the journal; then each is copied at leisure, by SQLite's own backup. Nothing waits for it: in WAL mode a
reader holds up no writer, only the WALs grow meanwhile by what is written.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from gateways import rfc3339
from ingest.archive import manifest
from ingest.archive.manifest import Copied, Manifest
from ingest.audit.verify import verify
from ingest.data_dir import NETWORK, REGISTRY, read_consumer, read_network, read_registry
from ingest.errors import CityloraError, DataDirError
from ingest.faults import reach
from ingest.journal.file import VERSIONS, read_totals
from ingest.journal.writer import FILE
from ingest.ledger import Ledger
from ingest.sqlite import connect_reader, damaged, disk_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ingest.ports import Totals

PARTIAL = ".partial"
"""A backup's directory ends in this until it is whole."""

STEP = 1024
"""Pages (4 MiB) that are copied at once."""

SYNC_BYTES = 64 * 1024 * 1024
"""Bytes that are written between two syncs: all of it at once would hold up the worker's own syncs for seconds."""

TRIES = 5
PAUSE = 0.05
"""How often, and with how many seconds between, all files are held again because events went in between."""

SPARE = 1.1
"""Room that must be there for each byte to be copied: the worker writes meanwhile."""


class _Held(NamedTuple):
    """Every file at one moment.

    Attributes:
        files: connections of the registry, the sessions, the consumers, then the journal, by the names of the files.
        cursors: of each consumer.
    """

    files: dict[str, sqlite3.Connection]
    cursors: dict[str, int]
    totals: Totals


def backup(
    folder: Path, target: Path, consumers: Sequence[str], *, check: bool = True,
    advance: Callable[[int, int], None] = lambda _done, _size: None,
) -> Manifest:  # fmt: skip
    """Copy a data directory; `target` is there when all of it is, and not before.

    Args:
        folder: the data directory; a worker may run.
        target: must not be there yet.
        consumers: the configured ones, whose ledger must add up with the journal's.
        check: count the copy again (`verify`).
        advance: told after each step: bytes copied so far, and bytes in all.

    Raises:
        CityloraError: the copy does not agree with itself; it is left as `target`.partial.
        DataDirError: there is nothing to copy, or it is damaged, or `target` cannot be made.
        OSError: the disk would not take it.
    """
    if not (folder / FILE).is_file():
        raise DataDirError(f"there is no journal in {folder}: there is nothing to copy", "correct -c or --data")
    partial = _made(target)
    made_at = rfc3339.render(time.time_ns())
    try:
        with disk_errors(), _snapshot(folder, consumers) as held:
            reach("backup.held")
            _check_room(folder, held, partial)
            files = _copy_all(held, partial, advance)
            done = Manifest(
                format=manifest.format_of(held.files),
                citylora=manifest.software(),
                made_at=made_at,
                seq=held.totals.last,
                received=held.totals.received,
                consumers={name: held.cursors[name] for name in consumers if name in held.cursors},
                files=tuple(files),
                verified=check,
            )
    except sqlite3.DatabaseError as error:
        shutil.rmtree(partial)
        raise damaged(folder, error) from error
    except BaseException:
        shutil.rmtree(partial)
        raise
    try:
        if check:
            _check(partial, done)
        _finish(partial, target, done)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return done


def _made(target: Path) -> Path:
    """The directory to copy into; what an interrupted backup left there is removed."""
    if target.exists() or target.is_symlink():
        raise DataDirError(f"{target} is there already", "name a directory that is not, such as one with today's date")
    partial = target.with_name(target.name + PARTIAL)
    try:
        if partial.is_dir() and all(path.suffix in _OURS for path in partial.iterdir()):
            shutil.rmtree(partial)
        partial.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise DataDirError(
            f"{partial} cannot be made: {error.strerror}", "name a directory that can be made"
        ) from error
    return partial


_OURS = (".db", ".db-journal", ".db-wal", ".db-shm", ".json")


@contextmanager
def _snapshot(folder: Path, consumers: Sequence[str]) -> Iterator[_Held]:
    """Hold every file at one moment, and see that the journal's still has what each consumer lacks."""
    for left in reversed(range(TRIES)):
        with ExitStack() as opened:
            held = _hold(folder, opened)
            lacking = [held.cursors[name] for name in consumers if name in held.cursors]
            # The journal may have given up events just between the two. Where it is so each time, it is no accident:
            # a sink that was configured just now lacks them in the original too.
            if min(lacking, default=held.totals.last) + 1 >= held.totals.oldest or not left:
                yield held
                return
        time.sleep(PAUSE)


def _hold(folder: Path, opened: ExitStack) -> _Held:
    files, cursors = {}, {}
    if (folder / REGISTRY).is_file():
        files[REGISTRY] = opened.enter_context(closing(read_registry(folder)))
        files[REGISTRY].execute("BEGIN")
        files[REGISTRY].execute("SELECT count(*) FROM site").fetchone()  # which is what begins it
    if (folder / NETWORK).is_file():
        files[NETWORK] = opened.enter_context(closing(read_network(folder)))
        files[NETWORK].execute("BEGIN")
        files[NETWORK].execute("SELECT count(*) FROM device").fetchone()
    for path in sorted(folder.glob("*.db")):
        if path.name not in (FILE, REGISTRY, NETWORK):
            db = opened.enter_context(closing(read_consumer(folder, path.stem)))
            db.execute("BEGIN")
            files[path.name], cursors[path.stem] = db, Ledger(db).cursor().seq
    journal = opened.enter_context(closing(connect_reader(folder / FILE, VERSIONS)))
    journal.execute("BEGIN")
    totals = read_totals(journal)
    return _Held({**files, FILE: journal}, cursors, totals)


def _check_room(folder: Path, held: _Held, partial: Path) -> None:
    size = _size(held)
    free = shutil.disk_usage(partial).free
    if free < size * SPARE:
        raise DataDirError(
            f"{partial.parent} has {free >> 20} MiB free, and {folder} needs {round(size * SPARE) >> 20} MiB",
            "free some space, or name a directory on another disk",
        )


def _size(held: _Held) -> int:
    pragmas = [[db.execute(f"PRAGMA {name}").fetchone()[0] for name in _PRAGMAS] for db in held.files.values()]
    return sum(pages * size for pages, size in pragmas)


_PRAGMAS = ("page_count", "page_size")


def _copy_all(held: _Held, partial: Path, advance: Callable[[int, int], None]) -> list[Copied]:
    total, before, files = _size(held), 0, []
    for name, db in held.files.items():
        path = partial / name
        _copy(db, path, lambda done, before=before: advance(before + done, total))  # type: ignore[misc]
        size = path.stat().st_size
        before += size
        files.append(Copied(name, size, manifest.sha256(path), db.execute("PRAGMA user_version").fetchone()[0]))
    return files


def _copy(source: sqlite3.Connection, path: Path, advance: Callable[[int], None]) -> None:
    """Copy one file, in steps, and have it on disk."""
    page = int(source.execute("PRAGMA page_size").fetchone()[0])
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode = OFF")
        target.execute("PRAGMA synchronous = OFF")
        unsynced = 0

        def stepped(_status: int, remaining: int, pages: int) -> None:
            nonlocal unsynced
            unsynced += STEP * page
            if unsynced >= SYNC_BYTES:
                _sync(path)
                unsynced = 0
            advance((pages - remaining) * page)

        source.backup(target, pages=STEP, progress=stepped)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, which whoever reads it leaves as it is
    _sync(path)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno != errno.EINVAL or not path.is_dir():  # some network shares cannot sync a directory
            raise
    finally:
        os.close(file)


def _check(partial: Path, made: Manifest) -> None:
    faults = verify(partial, list(made.consumers))
    for file in made.files:
        if manifest.sha256(partial / file.name) != file.sha256:
            faults.append(f"{partial / file.name} is not what was written")
    if faults:
        raise CityloraError(
            "\n".join(["the copy does not agree with itself:", *faults]),
            f"it is left in {partial}; where `citylora status --verify` says the same of the original, it is that which"
            " is damaged, and --no-verify copies it all the same",
        )


def _finish(partial: Path, target: Path, made: Manifest) -> None:
    """The manifest last, then the name."""
    path = partial / manifest.FILE
    path.write_bytes(manifest.pack(made))
    for place in (path, partial):
        _sync(place)
    partial.rename(target)
    _sync(target.parent)
