"""How far a sink has a second log, `derived`, in its consumer's own file: a cursor and counts beside the ledger's.

There are two such logs, of the roll-ups in rollup.db and of the alerts in alerts.db. Their rows are made by no single
event, so they are no part of the ledger's identity. What is counted is points: sent, refused by the sink, and too old
for its retention. How many are still to be sent the log itself says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import sqlite3

LogName: TypeAlias = Literal["rollup", "alerts"]
"""Whose log it is: the consumer that appends to it."""

_TABLES: dict[LogName, str] = {"rollup": "derived_cursor", "alerts": "alerts_cursor"}

_SCHEMA = """
    CREATE TABLE {table} (
        one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, sent INTEGER NOT NULL, refused INTEGER NOT NULL,
        late INTEGER NOT NULL, written_at INTEGER NOT NULL, refused_at INTEGER NOT NULL, refusal TEXT NOT NULL
    );
    INSERT INTO {table} VALUES (1, 0, 0, 0, 0, 0, 0, '')
"""
SCHEMA, ALERTS = (_SCHEMA.format(table=table) for table in _TABLES.values())

LONGEST = 500
"""Characters of a sink's words that are kept."""


class Delivered(NamedTuple):
    """What became of the points of the log up to a number.

    Attributes:
        seq: number of the last block whose points the sink has, or has refused.
        sent: points that it took, those that were sent again included.
        refused: points that it will never take.
        late: points that were older than its retention, and not sent.
        written_at: when it last took some, ns UTC; 0 where it never did.
        refused_at: when it last refused one, likewise.
        refusal: its words then.
    """

    seq: int = 0
    sent: int = 0
    refused: int = 0
    late: int = 0
    written_at: int = 0
    refused_at: int = 0
    refusal: str = ""


def delivered(db: sqlite3.Connection, log: LogName = "rollup") -> Delivered:
    """What a consumer's file says; of one that an older citylora has written, that nothing was delivered."""
    table = _TABLES[log]
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone():
        return Delivered()
    row = db.execute(f"SELECT {', '.join(Delivered._fields)} FROM {table}").fetchone()  # noqa: S608  (of a constant)
    return Delivered(*row)


def note(db: sqlite3.Connection, now: Delivered, log: LogName = "rollup") -> None:
    """Write it down, in a transaction of the caller."""
    fields = ", ".join(f"{name} = ?" for name in Delivered._fields)
    db.execute(f"UPDATE {_TABLES[log]} SET {fields}", now._replace(refusal=now.refusal[:LONGEST]))  # noqa: S608
