"""Devices that wait until a network server can be reached: a file of the data directory, in order, each sent once.

It has root keys, so it is of mode 0600 and never printed. An entry goes when server and registry have its device; where
a command dies between the two, the entry stays, and the next run finds that there is nothing left to do.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from ingest.errors import DataDirError
from ingest.i18n import said
from ingest.onboarding.wanted import RootKey, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FILE = "onboarding-queue.jsonl"

_MODE = 0o600


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A device that waits.

    Attributes:
        at: ns UTC at which it was queued: from then on it is at its site.
        lns: which network server; None where only one has an API.
        update: whether what differs shall be changed.
    """

    at: int
    wanted: Wanted
    lns: str | None = None
    update: bool = False


@contextmanager
def held(folder: Path) -> Iterator[Queue]:
    """The queue of a data directory, for one command at a time.

    Raises:
        DataDirError: it is damaged.
        OSError: the directory cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / f"{FILE}.lock", os.O_RDWR | os.O_CREAT, _MODE), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Queue(folder / FILE)


class Queue:
    """Its entries, the oldest first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: Sequence[Entry] = tuple(_read(path))

    def add(self, entry: Entry) -> None:
        """At the end; of a device that waits already, in its place, what is said anew counts and the rest stays."""
        others = [one.wanted.dev_eui for one in self.entries]
        if entry.wanted.dev_eui in others:
            place = others.index(entry.wanted.dev_eui)
            both = _merged(self.entries[place], entry)
            self._write([*self.entries[:place], both, *self.entries[place + 1 :]])
        else:
            self._write([*self.entries, entry])

    def done(self, entry: Entry) -> None:
        """It is sent, or nobody wants it any more."""
        self._write([one for one in self.entries if one is not entry])

    def _write(self, entries: Sequence[Entry]) -> None:
        """Whole, and on the disk before the old one goes."""
        part = self._path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb") as file:
            for one in entries:
                file.write(msgspec.json.encode(one, enc_hook=_revealed) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        self.entries = tuple(entries)


def _merged(old: Entry, new: Entry) -> Entry:
    """A label that is scanned again by its DevEUI alone takes nothing away from what its code has said."""
    given = {name: value for name, value in msgspec.structs.asdict(new.wanted).items() if value not in (None, "", {})}
    given["tags"] = {**old.wanted.tags, **new.wanted.tags}
    return msgspec.structs.replace(new, wanted=msgspec.structs.replace(old.wanted, **given))


def _read(path: Path) -> Iterator[Entry]:
    if not path.exists():
        return
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            yield msgspec.json.decode(line, type=Entry, dec_hook=_key)
        except msgspec.MsgspecError:
            raise DataDirError(
                said("files.queue_line", file=path.name, line=number), said("files.queue_line_remedy")
            ) from None


def _revealed(value: object) -> str:
    if isinstance(value, RootKey):
        return value.reveal()
    raise NotImplementedError(type(value).__name__)


def _key(kind: type, value: Any) -> RootKey:
    if kind is RootKey and isinstance(value, str):
        return RootKey(value)
    raise NotImplementedError(kind.__name__)
