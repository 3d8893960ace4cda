"""The tables of alerts.db that hold what fires and what fired; changes belong into a transaction of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.alerts.alert import Change, Interval
from ingest.alerts.rule import Severity
from ingest.alerts.waiting import forget_lost
from ingest.sqlite import write_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Change).decode

_RECORD = """
    INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', ?)
    ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, phase = excluded.phase, closed = excluded.closed,
        data = excluded.data
"""
_KEEP = "INSERT INTO watch VALUES {rows} ON CONFLICT (key) DO UPDATE SET data = excluded.data"
_SELECT = "SELECT id, severity, acked_at, acked_by, data FROM alert"


class Alert(NamedTuple):
    """An alert as it stands.

    Attributes:
        last: its last change.
        acked_at: when it was acknowledged, ns UTC; 0 where it was not.
        acked_by: by whom.
    """

    id: str
    severity: Severity
    last: Change
    acked_at: int
    acked_by: str

    @property
    def closed(self) -> int:
        """When it was over, ns UTC; 0 while it fires."""
        return self.last.time if self.last.phase == "resolved" else 0


class Told(NamedTuple):
    """What a department was sent last of an alert.

    Attributes:
        at: ns UTC.
    """

    department: str
    phase: str
    at: int


class Tables:
    """Each method is a statement or two."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def turn(self) -> int:
        """Counts the transactions, so that one that was rolled back shows."""
        (turn,) = self._db.execute("SELECT turn FROM alerts_state").fetchone()
        return int(turn)

    def turned(self, turn: int) -> None:
        """Set it."""
        self._db.execute("UPDATE alerts_state SET turn = ?", (turn,))

    def began(self, now: int) -> int:
        """When alerts were first looked for, ns UTC: what was over by then is nobody's business."""
        self._db.execute("UPDATE alerts_state SET began = ? WHERE began = 0", (now,))
        (began,) = self._db.execute("SELECT began FROM alerts_state").fetchone()
        return int(began)

    def link_key(self) -> bytes:
        """What links in messages are signed with; of this data directory alone."""
        (key,) = self._db.execute("SELECT link_key FROM alerts_state").fetchone()
        return bytes(key)

    def states(self) -> dict[str, bytes]:
        """What the engine keeps."""
        return dict(self._db.execute("SELECT key, data FROM watch ORDER BY key"))

    def keep(self, states: Mapping[str, bytes]) -> None:
        """Keep it; b"" forgets."""
        self._db.executemany("DELETE FROM watch WHERE key = ?", [(key,) for key, data in states.items() if not data])
        write_rows(self._db, _KEEP, [one for one in states.items() if one[1]])

    def record(self, changes: Iterable[Change]) -> None:
        """Alerts begin and end."""
        self._db.executemany(_RECORD, [_row(change) for change in changes])

    def history(self, intervals: Iterable[Interval]) -> None:
        """When a rule was met."""
        rows = [msgspec.structs.astuple(one) for one in intervals]
        write_rows(self._db, "INSERT OR REPLACE INTO interval VALUES {rows}", rows)

    def alert(self, alert: str) -> Alert | None:
        """One of them; None where there is none of that id."""
        row = self._db.execute(f"{_SELECT} WHERE id = ?", (alert,)).fetchone()
        return None if row is None else _alert(row)

    def alerts(self, *, firing: bool = False, site: str = "", rule: str = "", since: int = 0) -> list[Alert]:
        """The alerts that lasted at or after a time, the newest first.

        Args:
            firing: those alone that fire now.
            site: of it alone.
            rule: likewise.
            since: ns UTC.
        """
        rows = self._db.execute(
            f"{_SELECT} WHERE (phase = 'firing' OR (NOT :firing AND closed >= :since)) AND :site IN ('', site)"
            " AND :rule IN ('', rule) ORDER BY opened DESC, id",
            {"firing": firing, "site": site, "rule": rule, "since": since},
        )
        return [_alert(row) for row in rows]

    def told(self, alert: str) -> list[Told]:
        """Who was told of an alert."""
        query = "SELECT department, phase, at FROM told WHERE alert = ? ORDER BY at, department"
        return [Told(*row) for row in self._db.execute(query, (alert,))]

    def intervals(self, rule: str = "", scope: str = "", since: int = 0) -> list[Interval]:
        """When rules were met, at or after a time, the oldest first."""
        rows = self._db.execute(
            "SELECT rule, scope, since, until FROM interval WHERE (until = 0 OR until >= :since)"
            " AND :rule IN ('', rule) AND :scope IN ('', scope) ORDER BY since, rule, scope",
            {"rule": rule, "scope": scope, "since": since},
        )
        return [Interval(*row) for row in rows]

    def forget(self, before: int) -> None:
        """Forget what was over before a time, ns UTC, and who was told of it."""
        self._db.execute("DELETE FROM alert WHERE phase = 'resolved' AND closed < ? AND opened < ?", (before, before))
        self._db.execute("DELETE FROM interval WHERE until > 0 AND until < ?", (before,))
        forget_lost(self._db)

    def acknowledge(self, alert: str, who: str, at: int) -> bool:
        """Somebody has taken it on; false where somebody had before."""
        query = "UPDATE alert SET acked_at = ?, acked_by = ? WHERE id = ? AND acked_at = 0"
        return self._db.execute(query, (at, who, alert)).rowcount > 0


def _row(change: Change) -> tuple[object, ...]:
    scope, closed = change.scope, change.time if change.phase == "resolved" else 0
    about = change.alert, change.rule, scope.key, scope.site, scope.ward, int(change.severity)
    return *about, change.phase, change.opened, closed, _encode(change)


def _alert(row: tuple[str, int, int, str, bytes]) -> Alert:
    alert, severity, acked_at, acked_by, data = row
    return Alert(alert, Severity(severity), _decode(data), acked_at, acked_by)
