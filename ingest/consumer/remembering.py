"""What a consumer remembers of devices, and when it writes that down."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ingest import recollection
from ingest.derive.memory import Memory

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from ingest.consumer.feed import Feed
    from ingest.derive.memory import Changes
    from ingest.ports import JournalReader

NOTED_EVENTS = 20_000
"""Events after which it is written down at the latest: as many are decoded again after a crash."""

NOTED_SECONDS = 60.0
"""And seconds, where anything has changed."""


class Remembering:
    """The memory of one consumer, as of its cursor and, for what reads ahead, beyond.

    Attributes:
        memory: as of the last event that was read, which may lie ahead of the cursor.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._noted, self._devices = recollection.recollect(db)
        self._held = recollection.held(db)
        self.memory = Memory(self._devices)
        self._unnoted: dict[str, bytes] = {}
        self._coming: Sequence[Changes] = ()
        self._noting = -1
        self._next = time.monotonic() + NOTED_SECONDS

    def recall(self, feed: Feed, reader: JournalReader, cursor: int) -> None:
        """Read the events again that were consumed since it was written down."""
        after = self._noted if self._noted >= 0 else max(0, cursor - NOTED_EVENTS)
        after = max(after, reader.totals().oldest - 1)
        while after < cursor and (blocks := feed.recall(reader, after, cursor, self.memory)):
            after = blocks[-1].last
        self._unnoted = dict(self.memory.take_changes().devices)
        self._devices |= self._unnoted

    def consume(self, changes: Sequence[Changes], cursor: int) -> None:
        """A batch is about to be committed, in the transaction of its cursor; `committed` follows if it lasts."""
        self._coming, self._noting = changes, -1
        if cursor - self._noted >= NOTED_EVENTS or (self._unnoted and time.monotonic() >= self._next):
            self._write(cursor)

    def note(self, cursor: int, *changes: Changes) -> None:
        """Write it down as of the cursor, in a transaction of the caller; `committed` follows if it lasts.

        Args:
            cursor: number of the last event whose effects are committed.
            changes: what events changed that come in between, out of the journal's order.
        """
        self._coming = changes
        self._write(cursor)

    def noted(self, through: int) -> bool:
        """Whether it was written down as of an event, or later."""
        return self._noted >= through

    def of(self, devices: Iterable[str]) -> Memory:
        """What is remembered of some devices as of the cursor: apart from `memory`, which may be ahead."""
        return Memory({dev_eui: self._devices[dev_eui] for dev_eui in devices if dev_eui in self._devices})

    def committed(self) -> None:
        """The transaction has lasted."""
        for change in self._coming:
            self._devices |= change.devices
        if self._noting >= 0:
            self._noted, self._noting, self._unnoted = self._noting, -1, {}
            self._held = recollection.held(self._db)
            self._next = time.monotonic() + NOTED_SECONDS
        else:
            for change in self._coming:
                self._unnoted |= change.devices
        self._coming = ()

    def _write(self, cursor: int) -> None:
        changed = dict(self._unnoted)
        for change in self._coming:
            changed |= change.devices
        if self._held > 2 * len(self._devices) + NOTED_EVENTS:
            recollection.note_all(self._db, cursor, self._devices | changed)
        else:
            recollection.note(self._db, cursor, changed)
        self._noting = cursor
