"""The journal in one SQLite file: a row for each commit, its events compressed together.

block       one row a commit; its key is the number (`seq`) of its last event. AUTOINCREMENT: a number never repeats
dictionary  what the blocks are compressed with, so the file can be read on its own
tally       counters, changed by the transaction of the change that they count
device      what intake knows of each device, as of tally `remembered`; newer blocks are read again at start
network     what it knows of gateways, likewise
jump        where the numbers leave some out, so that a restored journal never gives one a second time
"""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from ingest.faults import reach
from ingest.journal.compression import TRAINING_EVENTS, Packer, train
from ingest.journal.entry import IDENTITY, Block, count_duplicates
from ingest.journal.file import HORIZON, VERSIONS, read_given, read_totals, signed
from ingest.journal.reader import SqliteReader
from ingest.sqlite import add_up, checkpoint, connect, damaged, migrate, on_disk, write_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ingest.journal.entry import Entry

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
_ENDS = "SELECT last, events FROM block WHERE last > ? ORDER BY last LIMIT ?"
_HORIZON = "INSERT INTO tally VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = max(count, excluded.count)"
_REMEMBER = "INSERT INTO device VALUES {rows} ON CONFLICT (dev_eui) DO UPDATE SET state = excluded.state"


class SqliteJournal:
    """The one writer of the journal's file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._db = connect(self._path, durable=True)
        self._db.execute("PRAGMA wal_autocheckpoint = 0")
        migrate(self._db, self._path, VERSIONS)
        totals = read_totals(self._db)
        self._last = totals.last
        self._given = read_given(self._db)
        self._received = totals.received
        self._ordinal = totals.received - totals.duplicates
        self._uncopied = 0
        self._dictionary, self._packer = self._newest_packer()
        self._back = self.reader()
        self._compacted = self._back.tallies().get("compacted", 0)
        try:
            self._check_tail()
        except BaseException:
            self.close()
            raise

    @property
    def last(self) -> int:
        """Number of the newest event; 0 where there was none."""
        return self._last

    @property
    def given(self) -> int:
        """The number after which the next event is numbered: `last`, unless some were skipped since."""
        return self._given

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
        duplicates = count_duplicates(entries)
        block = Block(self._given + len(entries), self._ordinal + len(entries) - duplicates, tuple(entries))
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
        self._last = self._given = block.last
        self._ordinal = block.ordinal
        self._received += len(entries)
        self._uncopied += PAGES_A_COMMIT + (len(identities) + len(body)) // PAGE
        return block

    def drop(self, through: int) -> int:
        """Forget the blocks whose last number is at most `through`; returns the number of events forgotten."""
        with on_disk(self._db):
            events, duplicates, newest = self._db.execute(
                "SELECT total(events), total(duplicates), max(received_to) FROM block WHERE last <= ?", (through,)
            ).fetchone()
            self._db.execute("DELETE FROM block WHERE last <= ?", (through,))
            self._count({"sealed": int(events), "sealed_duplicate": int(duplicates)})
            if newest is not None:
                self._db.execute(_HORIZON, (HORIZON, newest))
        reach("eviction.after")
        return int(events)

    def skip(self, through: int, at: int) -> None:
        """Number no event `through` or below any more: the journal of which this one is a copy may have done it."""
        self._given = max(self._given, through)
        with on_disk(self._db):
            self._db.execute("INSERT OR REPLACE INTO jump VALUES (?, ?, ?)", (self._last, self._given + 1, at))
            self._db.execute("DELETE FROM sqlite_sequence WHERE name = 'block'")
            self._db.execute("INSERT INTO sqlite_sequence VALUES ('block', ?)", (self._given,))

    def remember(self, states: Mapping[int, bytes], network: bytes = b"") -> None:
        """Keep what intake knows of these devices and of the network, as of the last block."""
        with on_disk(self._db):
            write_rows(self._db, _REMEMBER, [(signed(dev_eui), state) for dev_eui, state in states.items()])
            self._db.execute("INSERT OR REPLACE INTO network VALUES (1, ?)", (network,))
            self._db.execute("INSERT OR REPLACE INTO tally VALUES ('remembered', ?)", (self._last,))
        self._uncopied += PAGES_A_COMMIT + (len(states) * STATE + len(network)) // PAGE

    def note_incident(self, kind: str, source: str, at: int, detail: str) -> None:
        """Count something that should not have happened."""
        with on_disk(self._db):
            self._db.execute(
                "INSERT INTO incident VALUES (?, ?, 1, ?, ?) ON CONFLICT (kind, source)"
                " DO UPDATE SET count = count + 1, last_at = excluded.last_at, detail = excluded.detail",
                (kind, source, at, detail),
            )

    def note_session(self, source: str, client_id: str, topics: Sequence[str] = ()) -> None:
        """From now on the source's broker is expected to hold our session, with these topic filters."""
        with on_disk(self._db):
            self._db.execute("INSERT OR REPLACE INTO session VALUES (?, ?, ?)", (source, client_id, json.dumps(topics)))

    def tidy(self) -> None:
        """What can wait until the acknowledgements have gone: the dictionary, the checkpoint."""
        if self._dictionary == 0 and self._received >= TRAINING_EVENTS:
            self._train()
        if self._uncopied >= CHECKPOINT_PAGES:
            self.checkpoint()

    def compact(self, through: int) -> bool:
        """Join the next small blocks into one; false where there are not enough of them up to number `through`."""
        ends, enough = self._next_ends()
        if not ends or ends[-1] > through or not enough:
            return False
        if len(ends) >= JOINED_BLOCKS:
            self._join(ends[-1])
        self._compacted = ends[-1]
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
        add_up(self._db, counts)

    def _newest_packer(self) -> tuple[int, Packer]:
        row = self._db.execute("SELECT id, body FROM dictionary ORDER BY id DESC LIMIT 1").fetchone()
        return (0, Packer()) if row is None else (int(row[0]), Packer(row[1]))

    def _train(self) -> None:
        blocks = self._back.read(self._back.start_of_newest(TRAINING_EVENTS), TRAINING_EVENTS)
        dictionary = train(entry for block in blocks for entry in block.entries) or b""
        with on_disk(self._db):
            self._db.execute("INSERT INTO dictionary VALUES (1, ?)", (dictionary,))
        self._dictionary, self._packer = 1, Packer(dictionary)

    def _next_ends(self) -> tuple[list[int], bool]:
        """The last numbers of the next blocks that can be one; whether no block is to be added to them.

        No body is read: where events are many, blocks are large and nothing is to be joined.
        """
        ends: list[int] = []
        held = 0
        for last, events in self._db.execute(_ENDS, (self._compacted, JOINED_EVENTS)).fetchall():
            if ends and last - events != ends[-1]:
                return ends, True  # one block cannot hold a jump
            ends.append(last)
            held += events
            if held >= JOINED_EVENTS:
                return ends, True
        return ends, False

    def _join(self, end: int) -> None:
        span = (self._compacted, end)
        events, *counts = self._db.execute(
            "SELECT sum(events), sum(duplicates), max(ordinal), min(received_from), max(received_to) FROM block"
            " WHERE last > ? AND last <= ?",
            span,
        ).fetchone()
        blocks = self._back.read(self._compacted, events)
        body = self._packer.pack([entry for block in blocks for entry in block.entries])
        with on_disk(self._db):
            rows = self._db.execute("SELECT identities FROM block WHERE last > ? AND last <= ? ORDER BY last", span)
            identities = b"".join([identities for (identities,) in rows])
            self._db.execute("DELETE FROM block WHERE last > ? AND last <= ?", span)
            self._db.execute(_INSERT, (end, events, *counts, self._dictionary, identities, body))
            self._db.execute("INSERT OR REPLACE INTO tally VALUES ('compacted', ?)", (end,))
        reach("compaction.after")
        self._uncopied += PAGES_A_COMMIT + (len(identities) + 2 * len(body)) // PAGE

    def _check_tail(self) -> None:
        """Refuse to go on after a block that cannot be read: what follows it could not be trusted."""
        try:
            self._back.read(self._last - 1, 1)
        except sqlite3.DatabaseError as error:
            raise damaged(self._path, error) from error
