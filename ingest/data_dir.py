"""The data directory: its files, and the lock that makes a worker the only one to change them."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from gateways.network import schema as network
from ingest import delivered, ledger, quarantine, recollection
from ingest.alerts import schema as alerts
from ingest.consumer import holding
from ingest.errors import DataDirError
from ingest.i18n import said, system
from ingest.journal.file import VERSIONS
from ingest.journal.writer import FILE
from ingest.rollup.schema import SCHEMA as ROLLUP
from ingest.sinks import point_tables, store
from ingest.sqlite import connect, connect_reader, migrate

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path
    from types import TracebackType

LOCK = "worker.lock"
SOCKET = "control.sock"
REGISTRY = "registry.db"
"""The places of the city, which commands change and the worker reads (`registry/`)."""

NETWORK = "network.db"
"""The devices and sessions of the network side, which commands and the worker change (`gateways.network`)."""

CONSUMER_VERSIONS = (
    f"{ledger.SCHEMA};{quarantine.SCHEMA}",
    ledger.REPLAY,
    recollection.SCHEMA,
    delivered.SCHEMA,
    holding.SCHEMA,
    delivered.ALERTS,
)
REGISTRY_VERSIONS = (
    """
    CREATE TABLE site (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE placement (
        dev_eui TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL CHECK (until > since), site TEXT NOT NULL,
        PRIMARY KEY (dev_eui, since)
    ) WITHOUT ROWID;
    CREATE TABLE change (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
        subject TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL
    );
    CREATE INDEX change_subject ON change (subject);
    """,
    "CREATE TABLE invalid (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
)
STORE_VERSIONS = (
    f"{ledger.SCHEMA};{quarantine.SCHEMA};{store.SCHEMA}",
    ledger.REPLAY,
    recollection.SCHEMA,
    delivered.SCHEMA,
    delivered.ALERTS,
    point_tables.SCHEMA,
)
ROLLUP_VERSIONS = (f"{ledger.SCHEMA};{quarantine.SCHEMA};{ROLLUP}", ledger.REPLAY, recollection.SCHEMA)
ALERTS_VERSIONS = (
    f"{ledger.SCHEMA};{quarantine.SCHEMA};{ledger.REPLAY};{recollection.SCHEMA};{delivered.SCHEMA};{alerts.FIRST}",
    alerts.SECOND,
    alerts.THIRD,
    alerts.FOURTH,
)


def consumer_file(folder: Path, name: str) -> Path:
    """Where a consumer keeps its cursor, counts and quarantine; the store its rows too."""
    return folder / f"{name}.db"


def open_consumer(folder: Path, name: str) -> sqlite3.Connection:
    """Open or make a consumer's file for its worker.

    A power cut may take its last commits, the cursor with them: the events are consumed again then, to the same effect.
    """
    path = consumer_file(folder, name)
    db = connect(path, durable=False, shrinks=name == "store", shared=name == "alerts", scattered=name == "store")
    migrate(db, path, _versions(name))
    return db


def read_consumer(folder: Path, name: str) -> sqlite3.Connection:
    """Open a consumer's file to read it.

    Raises:
        DataDirError: it is damaged, or a newer citylora has written it.
    """
    return connect_reader(consumer_file(folder, name), _versions(name), scattered=name == "store")


def open_registry(folder: Path) -> sqlite3.Connection:
    """Open or make the registry for the command that changes it; what it commits is on disk."""
    path = folder / REGISTRY
    db = connect(path, durable=True)
    migrate(db, path, REGISTRY_VERSIONS)
    return db


def read_registry(folder: Path) -> sqlite3.Connection:
    """Open the registry to read it.

    Raises:
        DataDirError: it is damaged, or a newer citylora has written it.
    """
    return connect_reader(folder / REGISTRY, REGISTRY_VERSIONS)


def open_network(folder: Path) -> sqlite3.Connection:
    """Open or make the file of devices and sessions, which nobody else may read: it holds sealed keys.

    A power cut may take its last commits; the journal knows of the counters that they had.
    """
    path = folder / NETWORK
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with suppress(PermissionError):  # a restored copy may have another mode, or another owner
        path.chmod(0o600)
    db = connect(path, durable=False, shared=True)
    migrate(db, path, network.VERSIONS)
    return db


def read_network(folder: Path) -> sqlite3.Connection:
    """Open it to read it.

    Raises:
        DataDirError: it is damaged, or a newer citylora has written it.
    """
    return connect_reader(folder / NETWORK, network.VERSIONS)


def schema_known(file: str) -> int:
    """The newest schema of a file of the directory that this citylora knows."""
    return len(VERSIONS if file == FILE else _versions(file.removesuffix(".db")))


def _versions(name: str) -> tuple[str, ...]:
    if f"{name}.db" == REGISTRY:
        return REGISTRY_VERSIONS
    if f"{name}.db" == NETWORK:
        return network.VERSIONS
    own = {"store": STORE_VERSIONS, "rollup": ROLLUP_VERSIONS, "alerts": ALERTS_VERSIONS}
    return own.get(name, CONSUMER_VERSIONS)


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
            said("files.folder", folder=str(folder), why=system(error)), said("files.folder_remedy")
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
