"""Events that could not be decoded, or whose points a sink refused: kept whole with the reason, to be tried again.

A consumer's quarantine lives in its own file, so a row and the cursor that passed it are one transaction. It is
bounded: in rows, and by a quota for each reason, so that one broken device model cannot push out everything else. What
is pushed out, or purged by an operator, is counted as evicted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import zstandard

from ingest.journal.entry import Entry
from ingest.ledger import QUARANTINED, Range

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ingest.ledger import Ledger

SCHEMA = """
    CREATE TABLE quarantine (
        seq INTEGER PRIMARY KEY,
        ordinal INTEGER NOT NULL,
        reason TEXT NOT NULL,
        detail TEXT NOT NULL,
        subject TEXT NOT NULL,
        received_at INTEGER NOT NULL,
        entry BLOB NOT NULL
    );
    CREATE INDEX quarantine_reason ON quarantine (reason, seq)
"""

CAP = 200_000
"""Rows in all; at some 400 bytes each, 80 MB."""

QUOTA = CAP // 4
"""Rows of one reason."""

HELD = "held."
"""Tally names of the rows of one reason begin with this."""

DETAIL = 500
"""Characters of a reason's detail that are kept."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Entry).decode


class Case(NamedTuple):
    """One event in quarantine.

    Attributes:
        reason: a fixed word, for counting.
        detail: one line for a person.
        subject: what the reason is about: the device's DevEUI and model, or the topic.
        entry: the event; of a damaged row one that says nothing, so that it is shown and can never be decoded.
    """

    seq: int
    ordinal: int
    reason: str
    detail: str
    subject: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Group:
    """The cases of one reason."""

    reason: str
    count: int
    first_at: int
    last_at: int
    example: str


class Quarantine:
    """The quarantine's table in a consumer's file. Changes belong into a transaction of the caller."""

    def __init__(self, db: sqlite3.Connection, ledger: Ledger, *, cap: int = CAP, quota: int = QUOTA) -> None:
        self._db = db
        self._ledger = ledger
        self._cap = cap
        self._quota = quota

    def add(self, cases: Sequence[Case]) -> None:
        """Keep the cases, and make room for them where it is full."""
        if not cases:
            return
        pack = zstandard.ZstdCompressor(level=3).compress
        self._db.executemany(
            "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (case.seq, case.ordinal, case.reason, case.detail[:DETAIL], case.subject, case.entry.received_at,
                 pack(_encode(case.entry)))
                for case in cases
            ],
        )  # fmt: skip
        added = Counter(case.reason for case in cases)
        self._ledger.count({QUARANTINED: len(cases), **{HELD + reason: count for reason, count in added.items()}})
        for reason in sorted(added):
            self._shrink("WHERE reason = ?", (reason,), HELD + reason, self._quota)
        self._shrink("", (), QUARANTINED, self._cap)

    def groups(self) -> list[Group]:
        """The reasons, the most frequent first."""
        rows = self._db.execute(
            "SELECT reason, count(*), min(received_at), max(received_at), max(detail) FROM quarantine"
            " GROUP BY reason ORDER BY 2 DESC, 1"
        )
        return [Group(*row) for row in rows]

    def cases(self, reason: str | None = None, after: int = 0, limit: int = 1000) -> list[Case]:
        """Cases in the order of their numbers, of one reason or of all."""
        rows = self._db.execute(
            "SELECT seq, ordinal, reason, detail, subject, received_at, entry FROM quarantine"
            " WHERE seq > ? AND (reason = ? OR ? IS NULL) ORDER BY seq LIMIT ?",
            (after, reason, reason, limit),
        )
        return [_case(row) for row in rows]

    def case(self, seq: int) -> Case | None:
        """One case by its number."""
        found = self.cases(after=seq - 1, limit=1)
        return found[0] if found and found[0].seq == seq else None

    def newest(self, reason: str) -> tuple[str, str]:
        """(detail, subject) of the newest case of one reason; empty where there is none."""
        row = self._db.execute(
            "SELECT detail, subject FROM quarantine WHERE reason = ? ORDER BY seq DESC LIMIT 1", (reason,)
        ).fetchone()
        return ("", "") if row is None else (str(row[0]), str(row[1]))

    def packed(self, after: int, through: int) -> Iterator[tuple[int, int, str, bytes]]:
        """(number, ordinal, reason, packed entry) of each case after one number and up to another, in order."""
        yield from self._db.execute(
            "SELECT seq, ordinal, reason, entry FROM quarantine WHERE seq > ? AND seq <= ? ORDER BY seq",
            (after, through),
        )

    def index(self) -> Iterator[tuple[int, str, int]]:
        """(number, reason, `received_at`) of each case, in order."""
        yield from self._db.execute("SELECT seq, reason, received_at FROM quarantine ORDER BY seq")

    def ordinals(self, through: int) -> Iterator[int]:
        """The ordinals in quarantine, up to one."""
        for (ordinal,) in self._db.execute("SELECT ordinal FROM quarantine WHERE ordinal <= ?", (through,)):
            yield ordinal

    def count(self) -> int:
        """How many there are, counted."""
        return int(self._db.execute("SELECT count(*) FROM quarantine").fetchone()[0])

    def release(self, case: Case, stored_as: str) -> None:
        """The case was tried again and its points are stored."""
        self._db.execute("DELETE FROM quarantine WHERE seq = ?", (case.seq,))
        self._ledger.count({QUARANTINED: -1, HELD + case.reason: -1, stored_as: 1})

    def purge(self, reason: str | None = None, cause: str = "purged") -> int:
        """Give up the cases of one reason, or of all; returns how many."""
        return self._evict("WHERE reason = ? OR ? IS NULL", (reason, reason), -1, cause)

    def _shrink(self, where: str, values: tuple[str, ...], counter: str, bound: int) -> None:
        excess = self._ledger.tally(counter) - bound
        if excess > 0:
            self._evict(where, values, excess, "quota")

    def _evict(self, where: str, values: tuple[str | None, ...], limit: int, cause: str) -> int:
        """The oldest of them leave the quarantine (`limit` -1: all), each counted."""
        rows = self._db.execute(
            f"SELECT seq, ordinal, reason FROM quarantine {where} ORDER BY seq LIMIT ?",  # noqa: S608  (a constant above)
            (*values, limit),
        ).fetchall()
        for seq, ordinal, reason in rows:
            self._db.execute("DELETE FROM quarantine WHERE seq = ?", (seq,))
            self._ledger.count({QUARANTINED: -1, HELD + reason: -1})
            self._ledger.evict(Range(ordinal, ordinal), cause)
        return len(rows)


def unpack(body: bytes) -> Entry:
    """The event of a row.

    Raises:
        ValueError: the bytes are damaged.
    """
    try:
        return _decode(zstandard.decompress(body))
    except (zstandard.ZstdError, msgspec.DecodeError, MemoryError, TypeError) as error:
        raise ValueError(str(error) or type(error).__name__) from error


def _case(row: tuple[int, int, str, str, str, int, bytes]) -> Case:
    seq, ordinal, reason, detail, subject, received_at, body = row
    try:
        return Case(seq, ordinal, reason, detail, subject, unpack(body))
    except ValueError as error:
        nothing = Entry("", b"", "", received_at, received_at)
        return Case(seq, ordinal, reason, f"DAMAGED, cannot be unpacked ({error}): {detail}", subject, nothing)
