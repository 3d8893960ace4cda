"""The journal in one SQLite file: a row for each commit, its events compressed together.

block       one row a commit; its key is the number (`seq`) of its last event. AUTOINCREMENT: a number never repeats
dictionary  what the blocks are compressed with, so the file can be read on its own
tally       counters, changed by the transaction of the change that they count
device      what intake knows of each device, as of tally `remembered`; newer blocks are read again at start
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from ingest.compression import TRAINING_EVENTS, Packer, train
from ingest.entry import IDENTITY, Block, Verdict
from ingest.faults import reach
from ingest.journal_reader import VERSIONS, SqliteReader, read_totals, signed
from ingest.sqlite import checkpoint, connect, damaged, migrate, on_disk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ingest.entry import Entry

FILE = "journal.db"

CHECKPOINT_PAGES = 1000
"""The WAL is copied into the file when it has grown by this many pages (4 MB), after the acknowledgements have gone."""

PAGE = 4096
"""Bytes of a page, SQLite's default."""

PAGES_A_COMMIT = 4
"""Pages that a commit rewrites beside its block: the table's last leaf and root, the tallies, the sequence."""

JOINED_EVENTS = 500
JOINED_BLOCKS = 5
"""Blocks that every consumer has passed are joined, so many events at a time, where they are small: five or more.
Together they take a third less room, and the archive of a quiet city is read as fast as that of a busy one."""

STATE = 128
"""Bytes that a device's state takes in its table, about."""

_INSERT = "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_COUNT = "INSERT INTO tally VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = count + excluded.count"


class SqliteJournal:
    """The one writer of the journal's file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._db = connect(self._path, durable=True)
        self._db.execute("PRAGMA wal_autocheckpoint = 0")
        migrate(self._db, self._path, VERSIONS)
        totals = read_totals(self._db)
        self._last = totals.last
        self._received = totals.received
        self._ordinal = totals.received - totals.duplicates
        self._uncopied = 0
        self._dictionary, self._packer = self._newest_packer()
        self._back = self.reader()
        self._compacted = self._back.tallies().get("compacted", 0)
        self._check_tail()

    @property
    def last(self) -> int:
        """Number of the newest event; 0 where there was none."""
        return self._last

    def append(
        self, entries: Sequence[Entry], identities: bytes = b"", tally: Mapping[str, int] | None = None
    ) -> Block:
        """Put the entries on disk as one block.

        Args:
            entries: at least one.
            identities: 16 bytes for each entry, all zero where it has none.
            tally: further counters that this block changes.

        Raises:
            OSError: the disk would not take it; nothing of it is kept.
        """
        body = self._packer.pack(entries)
        duplicates = sum(entry.verdict == Verdict.DUPLICATE for entry in entries)
        block = Block(self._last + len(entries), self._ordinal + len(entries) - duplicates, tuple(entries))
        times = [entry.received_at for entry in entries]
        span = (min(times), max(times))
        identities = identities or bytes(IDENTITY * len(entries))
        counts = {"received": len(entries), "duplicate": duplicates, **(tally or {})}
        reach("commit.before")
        with on_disk(self._db):
            self._db.execute(
                _INSERT,
                (block.last, len(entries), duplicates, block.ordinal, *span, self._dictionary, identities, body),
            )
            self._count(counts)
        reach("commit.after")
        self._last, self._ordinal = block.last, block.ordinal
        self._received += len(entries)
        self._uncopied += PAGES_A_COMMIT + (len(identities) + len(body)) // PAGE
        return block

    def drop(self, through: int) -> int:
        """Forget the blocks whose last number is at most `through`; returns the number of events forgotten."""
        with on_disk(self._db):
            events, duplicates = self._db.execute(
                "SELECT total(events), total(duplicates) FROM block WHERE last <= ?", (through,)
            ).fetchone()
            self._db.execute("DELETE FROM block WHERE last <= ?", (through,))
            self._count({"sealed": int(events), "sealed_duplicate": int(duplicates)})
        reach("eviction.after")
        return int(events)

    def remember(self, states: Mapping[int, bytes]) -> None:
        """Keep what intake knows of these devices, as of the last block."""
        with on_disk(self._db):
            self._db.executemany(
                "INSERT INTO device VALUES (?, ?) ON CONFLICT (dev_eui) DO UPDATE SET state = excluded.state",
                [(signed(dev_eui), state) for dev_eui, state in states.items()],
            )
            self._db.execute("INSERT OR REPLACE INTO tally VALUES ('remembered', ?)", (self._last,))
        self._uncopied += PAGES_A_COMMIT + len(states) * STATE // PAGE

    def note_incident(self, kind: str, source: str, at: int, detail: str) -> None:
        """Count something that should not have happened."""
        with on_disk(self._db):
            self._db.execute(
                "INSERT INTO incident VALUES (?, ?, 1, ?, ?) ON CONFLICT (kind, source)"
                " DO UPDATE SET count = count + 1, last_at = excluded.last_at, detail = excluded.detail",
                (kind, source, at, detail),
            )

    def note_session(self, source: str, client_id: str) -> None:
        """From now on the source's broker is expected to hold our session."""
        with on_disk(self._db):
            self._db.execute("INSERT OR REPLACE INTO session VALUES (?, ?)", (source, client_id))

    def tidy(self) -> None:
        """What can wait until the acknowledgements have gone: the dictionary, the checkpoint."""
        if self._dictionary == 0 and self._received >= TRAINING_EVENTS:
            self._train()
        if self._uncopied >= CHECKPOINT_PAGES:
            self.checkpoint()

    def compact(self, through: int) -> bool:
        """Join the next small blocks into one; false where there are not enough of them up to number `through`."""
        blocks = self._back.read(self._compacted, JOINED_EVENTS)
        if not blocks or blocks[-1].last > through or sum(len(block.entries) for block in blocks) < JOINED_EVENTS:
            return False
        if len(blocks) >= JOINED_BLOCKS:
            self._join(blocks)
        self._compacted = blocks[-1].last
        return True

    def checkpoint(self) -> None:
        """Copy the WAL into the file."""
        reach("checkpoint.before")
        checkpoint(self._db)
        reach("checkpoint.after")
        self._uncopied = 0

    def size(self) -> int:
        """Bytes in use on disk, the WAL included; room that dropped blocks left, and that is filled next, is not."""
        pages, free = (self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
        return int((pages - free) * PAGE) + self._uncopied * PAGE

    def reader(self) -> SqliteReader:
        """A reader for another thread."""
        return SqliteReader(self._path)

    def close(self) -> None:
        """Let go of the file; everything appended stays."""
        self._back.close()
        self._db.close()

    def _count(self, counts: Mapping[str, int]) -> None:
        self._db.executemany(_COUNT, [(name, count) for name, count in counts.items() if count])

    def _newest_packer(self) -> tuple[int, Packer]:
        row = self._db.execute("SELECT id, body FROM dictionary ORDER BY id DESC LIMIT 1").fetchone()
        return (0, Packer()) if row is None else (int(row[0]), Packer(row[1]))

    def _train(self) -> None:
        blocks = self._back.read(max(0, self._last - TRAINING_EVENTS), TRAINING_EVENTS)
        dictionary = train(entry for block in blocks for entry in block.entries) or b""
        with on_disk(self._db):
            self._db.execute("INSERT INTO dictionary VALUES (1, ?)", (dictionary,))
        self._dictionary, self._packer = 1, Packer(dictionary)

    def _join(self, blocks: Sequence[Block]) -> None:
        end, body = blocks[-1], self._packer.pack([entry for block in blocks for entry in block.entries])
        span = (self._compacted, end.last)
        with on_disk(self._db):
            row = self._db.execute(
                "SELECT sum(events), sum(duplicates), min(received_from), max(received_to) FROM block"
                " WHERE last > ? AND last <= ?",
                span,
            ).fetchone()
            rows = self._db.execute("SELECT identities FROM block WHERE last > ? AND last <= ? ORDER BY last", span)
            identities = b"".join([identities for (identities,) in rows])
            self._db.execute("DELETE FROM block WHERE last > ? AND last <= ?", span)
            self._db.execute(_INSERT, (end.last, *row[:2], end.ordinal, *row[2:], self._dictionary, identities, body))
            self._db.execute("INSERT OR REPLACE INTO tally VALUES ('compacted', ?)", (end.last,))
        reach("compaction.after")
        self._uncopied += PAGES_A_COMMIT + (len(identities) + 2 * len(body)) // PAGE

    def _check_tail(self) -> None:
        """Refuse to go on after a block that cannot be read: what follows it could not be trusted."""
        try:
            self._back.read(self._last - 1, 1)
        except sqlite3.DatabaseError as error:
            raise damaged(self._path, error) from error
