"""A data directory from a backup, which goes on where the backup was made without giving any number a second time.

After the backup was made the original has gone on: it has numbered events that the backup does not hold, and sinks may
have them. So a restored journal leaves numbers out. It goes on at the time of its restore, in microseconds since 1970:
above whatever was ever numbered before, since no journal takes a million events a second; also where one backup is
restored twice. A number stays below 2^53, which every reader of JSON knows exactly, until the year 2255.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, NamedTuple

from gateways import rfc3339
from ingest.archive import manifest
from ingest.audit.verify import verify
from ingest.data_dir import LOCK, NETWORK, REGISTRY, SOCKET, Lock, open_consumer, open_network, open_registry
from ingest.errors import CityloraError, DataDirError
from ingest.journal.writer import FILE, SqliteJournal
from ingest.sqlite import damaged, disk_errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.archive.manifest import Manifest

WORKSHOP = "restoring"
"""The files are made ready in a folder of this name inside the data directory."""

UNUSED = (LOCK, SOCKET, WORKSHOP, "lost+found")
"""What may lie in an empty data directory: worth nothing, or the file system's own."""

INCIDENT, SOURCE = "restored", "backup"

SPARE = 1.05
"""Room that must be there for each byte of the backup: older files are rewritten in part."""


class Restored(NamedTuple):
    """What a restore did.

    Attributes:
        after: number of the newest event that was restored; `given` the number after which events are numbered now.
    """

    manifest: Manifest
    after: int
    given: int


def restore(
    source: Path, folder: Path, now: int, *, check: bool = True,
    advance: Callable[[int, int], None] = lambda _done, _size: None,
) -> Restored:  # fmt: skip
    """Make a data directory of a backup; what is wrong with either is said before anything is changed.

    Args:
        source: the backup.
        folder: the data directory, which must be empty, or not there yet.
        now: this machine's clock, ns UTC, which must be right.
        check: count everything again when it is done (`verify`).
        advance: told after each step: bytes restored so far, and bytes in all.

    Raises:
        CityloraError: what was restored does not agree with itself.
        DataDirError: the backup is damaged or a newer citylora's, the directory is not empty, or the clock is wrong.
        OSError: the disk would not take it.
    """
    made = manifest.read(source)
    if now < made.began:
        raise DataDirError(
            f"this machine's clock says {rfc3339.render(now)}, but the backup was made at {made.made_at}",
            "set the clock first: events are numbered by it from the restore on",
        )
    with Lock(folder), ExitStack() as undo:
        workshop = _workshop(folder, made)
        undo.callback(shutil.rmtree, workshop, ignore_errors=True)
        _copy_all(source, workshop, made, advance)
        try:
            with disk_errors():
                after, given = _continued(workshop, made, now)
        except sqlite3.DatabaseError as error:
            raise damaged(workshop, error) from error
        _check(workshop, made, check=check)
        # The journal last: sinks without their journal are refused by every worker, and nothing is overwritten.
        for name in sorted((file.name for file in made.files), key=lambda name: name == FILE):
            (workshop / name).rename(folder / name)
        _sync(folder)
    return Restored(made, after, given)


def _workshop(folder: Path, made: Manifest) -> Path:
    """An empty folder beside where the files are to be, on the same disk."""
    there = sorted(path.name for path in folder.iterdir() if path.name not in UNUSED)
    if there:
        raise DataDirError(
            f"{folder} is not empty: it holds {', '.join(there[:3])}{' and more' if there[3:] else ''}",
            "name an empty or a new directory with --into, or move the files away: nothing is ever overwritten",
        )
    size = sum(file.bytes for file in made.files)
    free = shutil.disk_usage(folder).free
    if free < size * SPARE:
        raise DataDirError(
            f"{folder} has {free >> 20} MiB free, and the backup needs {round(size * SPARE) >> 20} MiB",
            "free some space, or name a directory on another disk with --into",
        )
    workshop = folder / WORKSHOP
    shutil.rmtree(workshop, ignore_errors=True)  # of a restore that was interrupted
    workshop.mkdir(mode=0o700)
    return workshop


def _copy_all(source: Path, workshop: Path, made: Manifest, advance: Callable[[int, int], None]) -> None:
    """Copy each file, and refuse it where it is not what the backup has written."""
    total = sum(file.bytes for file in made.files)
    done = 0
    for file in made.files:
        path, digest = source / file.name, hashlib.sha256()
        if not path.is_file():
            raise _damaged(path, "it is missing")
        with path.open("rb") as old, (workshop / file.name).open("xb") as new:
            while chunk := old.read(manifest.CHUNK):
                digest.update(chunk)
                new.write(chunk)
                done += len(chunk)
                advance(done, total)
            new.flush()
            os.fsync(new.fileno())
        if (size := path.stat().st_size) != file.bytes:
            raise _damaged(path, f"it has {size} bytes, {file.bytes} were written")
        if digest.hexdigest() != file.sha256:
            raise _damaged(path, "its SHA-256 is not what was written")


def _damaged(path: Path, why: str) -> DataDirError:
    return DataDirError(f"the backup's file {path} is damaged: {why}; nothing was restored", "use another backup")


def _continued(workshop: Path, made: Manifest, now: int) -> tuple[int, int]:
    """Bring older schemas up to date, and have the journal go on above every number that was ever given."""
    for file in made.files:
        if file.name == REGISTRY:
            open_registry(workshop).close()
        elif file.name == NETWORK:
            open_network(workshop).close()
        elif file.name != FILE:
            open_consumer(workshop, file.name.removesuffix(".db")).close()
    with closing(SqliteJournal(workshop)) as journal:
        after = journal.last
        # By this machine's clock; where it was ahead once, by the time since the backup.
        journal.skip(max(now // 1000, journal.given + (now - made.began) // 1000), now)
        journal.note_incident(
            INCIDENT, SOURCE, now,
            f"from a backup of {made.made_at} with the events up to number {after}; the next is {journal.given + 1}",
        )  # fmt: skip
        return after, journal.given


def _check(workshop: Path, made: Manifest, *, check: bool) -> None:
    faults = verify(workshop, list(made.consumers)) if check else []
    if faults:
        raise CityloraError(
            "\n".join(["what was restored does not agree with itself; nothing is left of it:", *faults]),
            "use another backup, or take this one as it is with --no-verify",
        )


def _sync(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
