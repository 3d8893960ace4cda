"""Reading the journal's file, from any thread or process, while its one writer goes on."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from ingest.errors import DataDirError
from ingest.journal.compression import Packer
from ingest.journal.entry import Block, Entry, count_duplicates
from ingest.journal.file import HORIZON, VERSIONS, read_jumps, read_totals
from ingest.ledger import Cursor
from ingest.sqlite import RESTORE, connect_reader, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.ports import Totals

OLD_BLOCKS = 100
"""Blocks that are found to be too old at a time: dropping them takes as long as a commit or two."""

_SUBSCRIPTIONS = "SELECT source, topics FROM session"

_UNSIGNED = (1 << 64) - 1


class BlockSpan(NamedTuple):
    """A block's numbers and times."""

    last: int
    events: int
    received_from: int
    received_to: int


class BlockRow(NamedTuple):
    """A block as its row describes it, and what is in it.

    Attributes:
        damage: why it cannot be opened; "" where it can.
    """

    last: int
    events: int
    duplicates: int
    ordinal: int
    received_from: int
    received_to: int
    identities: bytes
    entries: tuple[Entry, ...]
    damage: str


class SqliteReader:
    """A reader of the journal's file; belongs to one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = connect_reader(path, VERSIONS)
        self._packers: dict[int, Packer] = {0: Packer()}

    def read(self, after: int, events: int) -> list[Block]:
        """The blocks that follow number `after`, in order, until they hold at least `events` events or end.

        Of a block that was joined over `after` since, the events that follow it.
        """
        blocks: list[Block] = []
        held = 0
        rows = self._db.execute(
            "SELECT last, ordinal, dictionary, body FROM block WHERE last > ? ORDER BY last", (after,)
        )
        for last, ordinal, dictionary, body in rows:
            entries = self._unpack(last, dictionary, body)
            blocks.append(Block(last, ordinal, entries[max(0, after - last + len(entries)) :]))
            held += len(blocks[-1].entries)
            if held >= events:
                break
        rows.close()
        return blocks

    def between(self, since: int, until: int) -> Iterator[Block]:
        """Every block that can hold events received since one time and before another, ns UTC, in order."""
        rows = self._db.execute(
            "SELECT last, ordinal, dictionary, body FROM block WHERE received_to >= ? AND received_from < ?"
            " ORDER BY last",
            (since, until),
        )
        for last, ordinal, dictionary, body in rows:
            yield Block(last, ordinal, self._unpack(last, dictionary, body))

    def count_between(self, since: int, until: int) -> int:
        """How many events those blocks hold."""
        row = self._db.execute(
            "SELECT total(events) FROM block WHERE received_to >= ? AND received_from < ?", (since, until)
        ).fetchone()
        return int(row[0])

    def pending(self, after: int) -> int:
        """How many events that are no duplicates follow number `after`, counted from the blocks' rows."""
        row = self._db.execute("SELECT total(events - duplicates) FROM block WHERE last > ?", (after,)).fetchone()
        return int(row[0]) - self._passed(after)

    def _passed(self, after: int) -> int:
        """The events, no duplicates, up to number `after` in a block that goes on behind it: it was joined since."""
        row = self._db.execute(
            "SELECT last, events, dictionary, body FROM block WHERE last > ? ORDER BY last LIMIT 1", (after,)
        ).fetchone()
        if row is None or row[0] - row[1] >= after:
            return 0
        last, events, dictionary, body = row
        entries = self._unpack(last, dictionary, body)[: after - last + events]
        return len(entries) - count_duplicates(entries)

    def totals(self) -> Totals:
        """The counters of the writer's last commit."""
        with transaction(self._db):
            return read_totals(self._db)

    def totals_now(self) -> Totals:
        """The same inside a `snapshot`."""
        return read_totals(self._db)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read inside is one moment of the journal."""
        with transaction(self._db):
            yield

    def tallies(self) -> dict[str, int]:
        """Every counter by its name."""
        return dict(self._db.execute("SELECT name, count FROM tally"))

    def incidents(self) -> list[tuple[str, str, int, int, str]]:
        """(kind, source, count, last_at, detail) of everything that should not have happened."""
        return self._db.execute("SELECT kind, source, count, last_at, detail FROM incident").fetchall()

    def oldest_after(self, after: int) -> int | None:
        """`received_at` of the oldest event after number `after`, ns UTC; None where there is none."""
        row = self._db.execute(
            "SELECT received_from FROM block WHERE last > ? ORDER BY last LIMIT 1", (after,)
        ).fetchone()
        return None if row is None else int(row[0])

    def newest(self) -> int | None:
        """`received_at` of the newest event, ns UTC; None where there is none."""
        row = self._db.execute("SELECT received_to FROM block ORDER BY last DESC LIMIT 1").fetchone()
        return None if row is None else int(row[0])

    def end_of_oldest(self, size: int) -> Cursor:
        """Where the oldest blocks end that take `size` bytes together."""
        rows = self._db.execute("SELECT last, ordinal, length(body) + length(identities) FROM block ORDER BY last")
        end = Cursor(0, 0)
        for last, ordinal, length in rows:
            end = Cursor(last, ordinal)
            size -= length
            if size <= 0:
                break
        rows.close()
        return end

    def spans(self, through: int) -> list[BlockSpan]:
        """The blocks up to number `through`, without what is in them."""
        rows = self._db.execute(
            "SELECT last, events, received_from, received_to FROM block WHERE last <= ? ORDER BY last", (through,)
        )
        return [BlockSpan._make(row) for row in rows]

    def horizon(self) -> int:
        """`received_at` of the newest event that was forgotten, ns UTC; 0 where none was."""
        return self.tallies().get(HORIZON, 0)

    def end_of_older(self, before: int, now: int, through: int) -> Cursor:
        """Where the oldest blocks end that hold only events received before a time, ns UTC; some of them at a time.

        What claims to have been received after `now` says nothing of its age: it goes with the blocks around it.

        Args:
            before: the time.
            now: this machine's clock, ns UTC.
            through: number of the last event that may be among them.
        """
        rows = self._db.execute(
            "SELECT last, ordinal, received_to FROM block WHERE last <= ? ORDER BY last", (through,)
        )
        end, found = Cursor(0, 0), 0
        for last, ordinal, received_to in rows:
            if before <= received_to <= now or found == OLD_BLOCKS:
                break
            if received_to < before:
                end, found = Cursor(last, ordinal), found + 1
        rows.close()
        return end

    def block_end(self, seq: int) -> Cursor:
        """The end of the newest block that number `seq` or an earlier one ends."""
        row = self._db.execute("SELECT last, ordinal FROM block WHERE last <= ? ORDER BY last DESC LIMIT 1", (seq,))
        return Cursor(*(row.fetchone() or (0, 0)))

    def identities(self, limit: int) -> Iterator[bytes]:
        """The identities of about the last `limit` events, oldest first, as each block's bytes joined."""
        rows = self._db.execute("SELECT last, events, identities FROM block ORDER BY last DESC")
        found, held = [], 0
        for _, events, identities in rows:
            found.append(identities)
            held += events
            if held >= limit:
                break
        rows.close()
        yield from reversed(found)

    def devices(self) -> tuple[int, dict[int, bytes]]:
        """What intake remembered: the number up to which it holds, and the state of each device."""
        with transaction(self._db):
            row = self._db.execute("SELECT count FROM tally WHERE name = 'remembered'").fetchone()
            states = self._db.execute("SELECT dev_eui, state FROM device")
            return (0 if row is None else int(row[0])), {dev_eui & _UNSIGNED: state for dev_eui, state in states}

    def network(self) -> bytes:
        """What intake remembered of the network, as of the same number; b"" where nothing."""
        row = self._db.execute("SELECT body FROM network").fetchone()
        return b"" if row is None else bytes(row[0])

    def jumps(self) -> dict[int, int]:
        """Where the numbers leave some out: the first number that follows, by the last one before."""
        return read_jumps(self._db)

    def start_of_newest(self, events: int) -> int:
        """The number after which the newest `events` events follow, or some more: whole blocks."""
        start = held = 0
        rows = self._db.execute("SELECT last, events FROM block ORDER BY last DESC")
        for last, count in rows:
            start, held = last - count, held + count
            if held >= events:
                break
        rows.close()
        return start

    def device_count(self) -> int:
        """How many devices were ever seen, as of the last time that intake remembered them."""
        return int(self._db.execute("SELECT count(*) FROM device").fetchone()[0])

    def sessions(self) -> dict[str, str]:
        """The client id under which each source's broker holds a session for us."""
        return dict(self._db.execute("SELECT source, client_id FROM session"))

    def subscriptions(self) -> dict[str, tuple[str, ...]]:
        """The topic filters that each of these sessions holds."""
        return {source: tuple(json.loads(topics)) for source, topics in self._db.execute(_SUBSCRIPTIONS)}

    def rows(self) -> Iterator[BlockRow]:
        """Every block as it stands in the file, in order, opened where it can be."""
        for *row, dictionary, body in self._db.execute(
            "SELECT last, events, duplicates, ordinal, received_from, received_to, identities, dictionary, body"
            " FROM block ORDER BY last"
        ):
            try:
                yield BlockRow._make((*row, self._opened(dictionary, body), ""))
            except ValueError as error:
                yield BlockRow._make((*row, (), str(error)))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _unpack(self, last: int, dictionary: int, body: bytes) -> tuple[Entry, ...]:
        try:
            return self._opened(dictionary, body)
        except ValueError as error:
            raise DataDirError(
                f"{self._path}: the block that ends with event {last} is damaged: {error}", RESTORE
            ) from error

    def _opened(self, dictionary: int, body: bytes) -> tuple[Entry, ...]:
        packer = self._packers.get(dictionary) or self._packer(dictionary)
        return packer.unpack(body)

    def _packer(self, dictionary: int) -> Packer:
        row = self._db.execute("SELECT body FROM dictionary WHERE id = ?", (dictionary,)).fetchone()
        if row is None:
            raise ValueError(f"dictionary {dictionary} is missing")
        self._packers[dictionary] = Packer(row[0])
        return self._packers[dictionary]
