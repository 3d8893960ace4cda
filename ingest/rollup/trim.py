"""What leaves the second log: what every sink has, and past its bounds the oldest, whoever lacks it.

So a sink that is away for months costs a gibibyte at most, and its roll-ups can be made again (`citylora rollup
rebuild`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.ledger import Ledger
from ingest.rollup.derived_log import drop

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

MOST_BYTES = 1024**3
"""Bytes of the log that are kept for a sink that does not take them."""

LONGEST = 90 * 86_400 * 1_000_000_000
"""And nanoseconds."""

PAUSE = 600.0
"""Seconds between two looks."""

GIVEN_UP = "derived.given_up."
"""Counters of rollup.db begin with this, before the name of the sink that lacks the points."""

_TOO_OLD = "SELECT coalesce(max(seq), 0) FROM derived WHERE at < ?"
_TOO_MUCH = """
    SELECT coalesce(max(seq), 0) FROM (SELECT seq, sum(length(data)) OVER (ORDER BY seq DESC) AS held FROM derived)
    WHERE held > ?
"""
_LACKING = "SELECT coalesce(sum(points), 0) FROM derived WHERE seq > ? AND seq <= ?"


def trim(db: sqlite3.Connection, passed: Mapping[str, int], now: int) -> dict[str, int]:
    """Forget what need not or cannot be kept, in a transaction of the caller.

    Args:
        db: rollup.db.
        passed: the number through which each sink has the log, also after a power cut.
        now: ns UTC.

    Returns:
        How many points each sink will never get; sinks that lack none are left out.
    """
    if not passed:
        return {}
    bound = max(int(db.execute(query, (limit,)).fetchone()[0]) for query, limit in _bounds(now))
    lacking = {name: int(db.execute(_LACKING, (seq, bound)).fetchone()[0]) for name, seq in passed.items()}
    drop(db, max(bound, min(passed.values())))
    given_up = {name: points for name, points in lacking.items() if points}
    Ledger(db).count({GIVEN_UP + name: points for name, points in given_up.items()})
    return given_up


def _bounds(now: int) -> tuple[tuple[str, int], ...]:
    return (_TOO_OLD, now - LONGEST), (_TOO_MUCH, MOST_BYTES)
