"""Rows that came when the values of their hour had left the buckets: counted, until a rebuild has brought them in.

Changes belong into a transaction of the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.ledger import Ledger

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

TOO_LATE = "rollup.too_late"
"""The counter of such rows, of all that ever came."""

_OLDEST = "rollup.too_late_oldest"
"""The tally that is no count: the time of the oldest one since a rebuild, ns UTC."""

_BROUGHT = "rollup.brought_in"
"""How many of them the rebuild has found that reached back far enough."""

_NOTE_OLDEST = "INSERT INTO tally VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = min(count, excluded.count)"


class TooLate(NamedTuple):
    """How it stands.

    Attributes:
        ever: all that ever came.
        missing: that no rebuild has brought in.
        oldest: the time of the oldest of the missing ones, ns UTC; None where there are none.
    """

    ever: int
    missing: int
    oldest: int | None


def note(db: sqlite3.Connection, times: Collection[int]) -> None:
    """Rows of these times, ns UTC, came too late."""
    if times:
        Ledger(db).count({TOO_LATE: len(times)})
        db.execute(_NOTE_OLDEST, (_OLDEST, min(times)))


def standing(db: sqlite3.Connection) -> TooLate:
    """How it stands."""
    tallies = Ledger(db).tallies()
    count = tallies.get(TOO_LATE, 0)
    return TooLate(count, count - tallies.get(_BROUGHT, 0), tallies.get(_OLDEST))


def brought_in(db: sqlite3.Connection, before: TooLate) -> None:
    """A rebuild of all that was missing then has ended."""
    ledger, now = Ledger(db), standing(db)
    ledger.count({_BROUGHT: before.ever - ledger.tally(_BROUGHT)})
    if now.ever == before.ever:
        db.execute("DELETE FROM tally WHERE name = ?", (_OLDEST,))
