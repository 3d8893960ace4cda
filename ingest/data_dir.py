"""The data directory: its files, and the lock that makes a worker the only one to change them."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Self

from ingest import ledger, quarantine
from ingest.errors import DataDirError
from ingest.journal.file import VERSIONS
from ingest.journal.writer import FILE
from ingest.sinks import store
from ingest.sqlite import connect, connect_reader, migrate

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path
    from types import TracebackType

LOCK = "worker.lock"
SOCKET = "control.sock"

CONSUMER_VERSIONS = (f"{ledger.SCHEMA};{quarantine.SCHEMA}", ledger.REPLAY)
STORE_VERSIONS = (f"{ledger.SCHEMA};{quarantine.SCHEMA};{store.SCHEMA}", ledger.REPLAY)


def consumer_file(folder: Path, name: str) -> Path:
    """Where a consumer keeps its cursor, counts and quarantine; the store its rows too."""
    return folder / f"{name}.db"


def open_consumer(folder: Path, name: str) -> sqlite3.Connection:
    """Open or make a consumer's file for its worker.

    A power cut may take its last commits, the cursor with them: the events are consumed again then, to the same effect.
    """
    path = consumer_file(folder, name)
    db = connect(path, durable=False, shrinks=name == "store")
    migrate(db, path, _versions(name))
    return db


def read_consumer(folder: Path, name: str) -> sqlite3.Connection:
    """Open a consumer's file to read it.

    Raises:
        DataDirError: it is damaged, or a newer citylora has written it.
    """
    return connect_reader(consumer_file(folder, name), _versions(name))


def schema_known(file: str) -> int:
    """The newest schema of a file of the directory that this citylora knows."""
    return len(VERSIONS if file == FILE else _versions(file.removesuffix(".db")))


def _versions(name: str) -> tuple[str, ...]:
    return STORE_VERSIONS if name == "store" else CONSUMER_VERSIONS


def make(folder: Path) -> None:
    """Make the directory where it is missing.

    Raises:
        DataDirError: it cannot be made or written.
    """
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise DataDirError(
            f"the data directory {folder} cannot be used: {error.strerror}",
            "set data_dir to a directory that this user may write, or give --data DIR",
        ) from error


class Lock:
    """Held for as long as one process may change the data directory; the kernel lets go of it when the process ends."""

    def __init__(self, folder: Path) -> None:
        make(folder)
        self._path = folder / LOCK
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            holder = self._file.read().strip() or "another process"
            self._file.close()
            raise DataDirError(
                f"the data directory {folder} is in use by {holder}",
                "stop that worker first, or give this one a directory of its own (data_dir, or --data DIR)",
            ) from error
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()}")
        self._file.flush()

    def release(self) -> None:
        """Let another process have the directory."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
