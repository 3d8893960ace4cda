"""The tables of who was told of what, and what still waits. Changes belong into a transaction of the caller.

Nothing of it is held in memory: one that is rolled back leaves no trace.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.alerts.alert import Change
from ingest.alerts.news import Waiting

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.alerts.alert import Phase
    from ingest.alerts.news import Wait, Why

JOINED = 2
"""`untold.late` of what was so before a department was to be told of it."""

MINUTE = 60_000_000_000
"""For how long it is remembered what was sent, ns."""

_decode = msgspec.msgpack.Decoder(Change).decode

_DUE = """
    SELECT u.alert, u.department, u.why, u.late, u.origin, a.data, a.acked_at, a.acked_by, t.phase
    FROM untold u LEFT JOIN alert a ON a.id = u.alert
    LEFT JOIN told t ON t.alert = u.alert AND t.department = u.department
    WHERE u.due <= :now OR (u.due > :now + :minute AND u.why IN ('group', 'storm'))
    ORDER BY u.department
"""
"""What waits for a minute at most, and for longer than that, does so since the clock was put back."""
_TELL = """
    INSERT INTO told VALUES (?, ?, ?, ?)
    ON CONFLICT (alert, department) DO UPDATE SET phase = excluded.phase, at = excluded.at
"""
_WELCOME = """
    INSERT INTO untold SELECT :alert, :department, 'late', 0, :joined, ''
    WHERE NOT EXISTS (SELECT 1 FROM told WHERE alert = :alert AND department = :department)
    ON CONFLICT (alert, department) DO UPDATE SET why = 'late', due = 0, late = :joined, origin = ''
    WHERE why = 'escalate'
"""
_ENDED = """
    INSERT OR IGNORE INTO untold SELECT told.alert, told.department, 'late', 0, ?, ''
    FROM told JOIN alert ON alert.id = told.alert
    WHERE told.phase = 'firing' AND alert.phase = 'resolved' AND told.department IN (SELECT value FROM json_each(?))
"""
_FIRING = "SELECT data FROM alert WHERE phase = 'firing' ORDER BY opened, id"
_ESCALATE = """
    INSERT OR IGNORE INTO untold SELECT :alert, :to, 'escalate', :due, 0, :origin
    WHERE NOT EXISTS (SELECT 1 FROM told WHERE alert = :alert AND department = :to AND phase = 'firing')
"""


class Sent(NamedTuple):
    """A message of the last minute was about this.

    Attributes:
        at: ns UTC.
        message: it; all that it was about has the same.
        place: the site, or what stands for it.
        pack: of the rule.
        severity: of the worst.
        storm: it was sent in place of many.
    """

    at: int
    message: str
    place: str
    pack: str
    phase: str
    severity: int
    storm: bool = False


class WaitingTables:
    """Each method is a statement or two."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def began(self) -> int:
        """When alerts were looked for first, ns UTC."""
        (began,) = self._db.execute("SELECT began FROM alerts_state").fetchone()
        return int(began)

    def knowing(self, alert: str) -> list[str]:
        """The departments that were told that it fires, and not yet that it is over."""
        rows = self._db.execute("SELECT department FROM told WHERE alert = ? AND phase = 'firing'", (alert,))
        return [department for (department,) in rows]

    def enqueue(self, alert: str, departments: Iterable[str], why: Why, due: int) -> None:
        """Have an alert judged for departments from a time on, ns UTC; where it waits already it goes on to."""
        rows = [(alert, department, why, due, why == "late") for department in departments]
        self._db.executemany("INSERT OR IGNORE INTO untold VALUES (?, ?, ?, ?, ?, '')", rows)

    def unmute(self, alerts: Iterable[str], now: int) -> None:
        """Have those judged again at once that wait for the end of a maintenance window."""
        query = "UPDATE untold SET due = ? WHERE alert = ? AND why = 'muted' AND due > ?"
        self._db.executemany(query, [(now, alert, now) for alert in alerts])

    def firing(self) -> list[Change]:
        """The last change of each alert that fires."""
        return [_decode(data) for (data,) in self._db.execute(_FIRING)]

    def welcome(self, alert: str, departments: Iterable[str]) -> None:
        """Have departments told late that an alert fires, unless they know, or wait to be told of it anyway."""
        rows = [{"alert": alert, "department": department, "joined": JOINED} for department in departments]
        self._db.executemany(_WELCOME, rows)

    def ended(self, departments: Iterable[str]) -> None:
        """Have those told of an end that were told of the beginning, and were nobody when it was over."""
        self._db.execute(_ENDED, (JOINED, json.dumps(list(departments))))

    def escalate(self, alert: str, to: str, due: int, origin: str) -> None:
        """Have a department told from a time on, ns UTC, unless it knows or is to be told anyway."""
        self._db.execute(_ESCALATE, {"alert": alert, "to": to, "due": due, "origin": origin})

    def due(self, now: int) -> Iterator[Waiting]:
        """What has to be judged by now, ns UTC, by department."""
        for alert, department, why, late, origin, data, acked_at, acked_by, told in self._db.execute(
            _DUE, {"now": now, "minute": MINUTE}
        ).fetchall():
            change = None if data is None else _decode(data)
            own = acked_at or 0, acked_by or "", told or "", late == JOINED
            yield Waiting(alert, department, why, bool(late), origin, change, *own)

    def put_off(self, waits: Iterable[tuple[str, str, Wait]]) -> None:
        """Judge (alert, department) again later."""
        rows = [(wait.why, wait.due, alert, department) for alert, department, wait in waits]
        self._db.executemany("UPDATE untold SET why = ?, due = ? WHERE alert = ? AND department = ?", rows)

    def done(self, rows: Iterable[tuple[str, str]]) -> None:
        """Nothing is left to tell of (alert, department)."""
        self._db.executemany("DELETE FROM untold WHERE alert = ? AND department = ?", rows)

    def told(self, department: str, phases: Iterable[tuple[str, Phase]], now: int) -> None:
        """A department is told of alerts, each with its phase."""
        rows = [(alert, department, phase, now) for alert, phase in phases]
        self._db.executemany(_TELL, rows)
        self.done([(alert, department) for alert, *_ in rows])

    def sent(self, department: str, now: int) -> Sequence[Sent]:
        """What the messages of the last minute were about, the oldest first."""
        rows = self._db.execute(
            "SELECT at, message, place, pack, phase, severity, storm FROM sent WHERE department = ?"
            " AND at > ? AND at <= ? ORDER BY at",
            (department, now - MINUTE, now),
        )
        return [Sent(*row) for row in rows]

    def send(self, department: str, rows: Iterable[Sent]) -> None:
        """A message goes out, about these."""
        self._db.executemany(
            "INSERT OR IGNORE INTO sent VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [(department, *row) for row in rows]
        )

    def forget_sent(self, now: int) -> None:
        """Forget what is of no minute; also what a clock that was put back has left in the future."""
        self._db.execute("DELETE FROM sent WHERE at <= ? OR at > ?", (now - MINUTE, now))


def forget_lost(db: sqlite3.Connection) -> None:
    """Forget whom was told of alerts that are kept no more, in a transaction of the caller."""
    db.execute("DELETE FROM told WHERE NOT EXISTS (SELECT 1 FROM alert WHERE id = told.alert)")
