"""What has been decided to be sent, until it is there: messages of the table `outbox`, and how their endpoints are.

    put ──▶ waiting ──▶ delivered      or dropped (by a person), or expired (`KEPT` after it was put)

Of an endpoint that is the oldest message goes first, but in order for one alert only: a message waits while an earlier
one of the same alert and endpoint waits, and others pass. When something may be tried again stands at two places: at
the message (`outbox.due`), where it alone was refused, and at the endpoint (`endpoint.due`), where that is to blame.
Every function needs a connection to alerts.db; what changes it belongs into a transaction of the caller.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import msgspec

from ingest.alerts.message import Message

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from ingest.alerts.message import Type

KEPT = 14 * 86_400_000_000_000
"""ns for which a message waits, and for which one that is done stays for the log."""

_FIRST = -1
"""`due` of what goes before all others of its endpoint: somebody has asked for it by name."""

State: TypeAlias = Literal["waiting", "delivered", "dropped", "expired"]

_COLUMNS = "seq, id, type, department, endpoint, alerts, body, created, due, attempts, state, answer, done"
_NEXT = """
    SELECT seq, due FROM outbox WHERE endpoint = ? AND state = 'waiting' AND blocked = 0 ORDER BY due, seq LIMIT 1
"""
_LAST = """
    SELECT max(told.seq), one.value FROM outbox AS told, json_each(told.alerts) AS one
    JOIN alert ON alert.id = one.value AND alert.phase = 'firing'
    WHERE told.endpoint = ? AND told.state = 'delivered'
        AND told.type IN ('alert.firing', 'alert.resolved', 'alert.digest')
    GROUP BY one.value ORDER BY max(told.seq)
"""
_WAITING = """
    SELECT endpoint, count(*), min(created) FROM outbox INDEXED BY outbox_waiting
    WHERE state = 'waiting' GROUP BY endpoint
"""
_ANSWER = """
    SELECT answer FROM outbox WHERE endpoint = ? AND state = 'waiting' AND blocked = 0 AND due > 0
    ORDER BY due DESC LIMIT 1
"""
_FORGET = """
    DELETE FROM outbox WHERE state IN ('delivered', 'dropped', 'expired') AND done < ? AND NOT EXISTS (
        SELECT 1 FROM json_each(outbox.alerts) AS told JOIN alert ON alert.id = told.value
        WHERE alert.phase = 'firing' AND outbox.state = 'delivered'
    )
"""
_STATE = """
    INSERT INTO endpoint VALUES (:name, :disabled, :since, :failures, :due)
    ON CONFLICT (name) DO UPDATE SET disabled = excluded.disabled, since = excluded.since,
        failures = excluded.failures, due = excluded.due
"""


class Entry(NamedTuple):
    """A message, and how far it has come.

    Attributes:
        seq: its number in the outbox.
        due: not to be sent before this, ns UTC; 0 for at once.
        attempts: how often it was sent.
        answer: what came back last, in words.
        done: since when its state is no more `waiting`, ns UTC; 0 while it waits.
    """

    seq: int
    message: Message
    due: int
    attempts: int
    state: State
    answer: str
    done: int


class EndpointState(NamedTuple):
    """How an endpoint is.

    Attributes:
        disabled: why nothing is sent there until somebody says so; "" where it is not.
        since: since when it has failed, or is disabled, ns UTC; 0 where neither.
        failures: how often in a row it has failed, or refused a message.
        due: nothing is sent there before this, ns UTC.
    """

    name: str
    disabled: str = ""
    since: int = 0
    failures: int = 0
    due: int = 0


def put(db: sqlite3.Connection, messages: Sequence[Message], now: int) -> int:
    """Add messages; one whose id is there is left as it is. Gives how many are new."""
    made = db.executemany(
        "INSERT INTO outbox (id, type, department, endpoint, alerts, body, created, due, attempts, state, answer, done)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 'waiting', '', 0) ON CONFLICT (id) DO NOTHING",
        [(m.id, m.type, m.department, m.endpoint, json.dumps(m.alerts), m.body, m.created or now) for m in messages],
    )
    return made.rowcount


def next_due(db: sqlite3.Connection, endpoint: str) -> tuple[int, int] | None:
    """The message that this endpoint is to get next: (seq, due); None where none waits.

    Of those that wait for no other of their alert the one that was not refused goes first, then by when it is due.
    """
    found: tuple[int, int] | None = db.execute(_NEXT, (endpoint,)).fetchone()
    return found


def entry(db: sqlite3.Connection, key: int | str) -> Entry | None:
    """One entry, by its number or its message's id; None where there is none."""
    column = "seq" if isinstance(key, int) else "id"
    row = db.execute(f"SELECT {_COLUMNS} FROM outbox WHERE {column} = ?", (key,)).fetchone()  # noqa: S608  (its own)
    return None if row is None else _entry(row)


def entries(
    db: sqlite3.Connection, *, department: str = "", endpoint: str = "", state: State | Literal[""] = "", limit: int
) -> list[Entry]:
    """The newest entries, newest first; of one department that is its own log."""
    asked = {"department": department, "endpoint": endpoint, "state": state}
    given = " AND ".join(f"{name} = :{name}" for name, value in asked.items() if value)
    found = f"SELECT seq FROM outbox {f'INDEXED BY outbox_log WHERE {given}' if given else ''} ORDER BY seq DESC"  # noqa: S608
    query = f"SELECT {_COLUMNS} FROM outbox WHERE seq IN ({found} LIMIT :limit) ORDER BY seq DESC"  # noqa: S608  (its own)
    return [_entry(row) for row in db.execute(query, {**asked, "limit": limit})]


def last_told(db: sqlite3.Connection, endpoint: str) -> list[Message]:
    """The last message that an endpoint has got on each alert that fires now, in the order in which they were put.

    `alerts` of each are those alone of which it is the last: its body may tell of others too.
    """
    own: dict[int, list[str]] = {}
    for seq, alert in db.execute(_LAST, (endpoint,)):
        own.setdefault(seq, []).append(alert)
    found = [(entry(db, seq), tuple(alerts)) for seq, alerts in own.items()]
    return [msgspec.structs.replace(one.message, alerts=alerts) for one, alerts in found if one]


def waiting(db: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """By endpoint: how many messages wait, and when the oldest of them was put, ns UTC."""
    return {name: (count, oldest) for name, count, oldest in db.execute(_WAITING)}


def states(db: sqlite3.Connection) -> dict[str, EndpointState]:
    """How the endpoints are that have ever failed."""
    return {row[0]: EndpointState(*row) for row in db.execute("SELECT * FROM endpoint")}


def state_of(db: sqlite3.Connection, name: str) -> EndpointState:
    """How one endpoint is."""
    row = db.execute("SELECT * FROM endpoint WHERE name = ?", (name,)).fetchone()
    return EndpointState(name) if row is None else EndpointState(*row)


def set_state(db: sqlite3.Connection, state: EndpointState) -> None:
    """Write down how an endpoint is."""
    db.execute(_STATE, state._asdict())


def done(db: sqlite3.Connection, seq: int, state: State, answer: str, now: int) -> None:
    """A message was sent, and that was the last of it."""
    query = "UPDATE outbox SET state = ?, answer = ?, done = ?, attempts = attempts + 1 WHERE seq = ?"
    db.execute(query, (state, answer, now, seq))


def failed(db: sqlite3.Connection, seq: int, answer: str, due: int) -> None:
    """A message was sent in vain; it is to be sent again at `due`, ns UTC."""
    db.execute("UPDATE outbox SET answer = ?, due = ?, attempts = attempts + 1 WHERE seq = ?", (answer, due, seq))


def last_answer(db: sqlite3.Connection, endpoint: str) -> str:
    """What came back of the messages that wait there, last; "" where none was sent."""
    row = db.execute(_ANSWER, (endpoint,)).fetchone()
    return "" if row is None else str(row[0])


def clock_set(db: sqlite3.Connection, now: int) -> None:
    """The clock was set, to this time, ns UTC."""
    db.execute("UPDATE alerts_state SET clock_set = ?", (now,))


def clock_was_set(db: sqlite3.Connection) -> int:
    """When the clock was set last, ns UTC; 0 where it never was."""
    (at,) = db.execute("SELECT clock_set FROM alerts_state").fetchone()
    return int(at)


def shift(db: sqlite3.Connection, by: int) -> None:
    """The clock was set by so many ns: what is to happen then, and what has begun, moves with it."""
    db.execute("UPDATE outbox SET due = max(1, due + ?) WHERE state = 'waiting' AND due > 0", (by,))
    db.execute(
        "UPDATE endpoint SET due = max(0, due + ?), since = CASE since WHEN 0 THEN 0 ELSE since + ? END", (by, by)
    )


def retry(db: sqlite3.Connection, *, endpoint: str = "", message: str = "") -> int:
    """Send at once what waits: one message, an endpoint's, or all; an endpoint that was disabled is used again.

    One message goes before all others of its endpoint, and wakes none of them: where that fails still, it goes on to.
    Gives how many messages that are.
    """
    if message:
        return _retry_one(db, endpoint, message)
    names = [endpoint] if endpoint else list(waiting(db))
    for name in names:
        set_state(db, EndpointState(name))
    asked = json.dumps(names)
    query = "UPDATE outbox SET due = 0 WHERE state = 'waiting' AND endpoint IN (SELECT value FROM json_each(?))"
    return db.execute(query, (asked,)).rowcount


def _retry_one(db: sqlite3.Connection, endpoint: str, message: str) -> int:
    found = entry(db, message)
    if found is None or found.state != "waiting" or endpoint not in ("", found.message.endpoint):
        return 0
    state = state_of(db, found.message.endpoint)
    set_state(db, EndpointState(state.name) if state.disabled else state._replace(due=0))
    return db.execute("UPDATE outbox SET due = ? WHERE seq = ?", (_FIRST, found.seq)).rowcount


def drop(db: sqlite3.Connection, now: int, *, endpoint: str = "", message: str = "") -> int:
    """Give up messages that wait, one or all of an endpoint; they stay in the log. Gives how many.

    Raises:
        ValueError: neither is named.
    """
    if not endpoint and not message:
        raise ValueError("neither an endpoint nor a message is named")
    query = (
        "UPDATE outbox SET state = 'dropped', done = :now WHERE state = 'waiting'"
        " AND :endpoint IN ('', endpoint) AND :id IN ('', id)"
    )
    return db.execute(query, {"now": now, "endpoint": endpoint, "id": message}).rowcount


def expire(db: sqlite3.Connection, now: int) -> dict[str, int]:
    """Give up what has waited for `KEPT`, and forget what has been done for as long.

    What an endpoint was told last of an alert that fires stays. Gives by endpoint how many were given up.
    """
    query = "SELECT endpoint, count(*) FROM outbox WHERE state = 'waiting' AND created < ? GROUP BY endpoint"
    found = dict(db.execute(query, (now - KEPT,)))
    query = "UPDATE outbox SET state = 'expired', done = ? WHERE state = 'waiting' AND created < ?"
    db.execute(query, (now, now - KEPT))
    db.execute(_FORGET, (now - KEPT,))
    return found


def counts(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """By endpoint and state: how many messages, of those that are kept."""
    found: dict[str, dict[str, int]] = {}
    for name, state, count in db.execute("SELECT endpoint, state, count(*) FROM outbox GROUP BY endpoint, state"):
        found.setdefault(name, {})[state] = count
    return found


def _entry(row: tuple[int, str, Type, str, str, str, bytes, int, int, int, State, str, int]) -> Entry:
    seq, key, kind, department, endpoint, alerts, body, created, due, attempts, state, answer, at = row
    message = Message(key, kind, department, endpoint, tuple(json.loads(alerts)), body, created)
    return Entry(seq, message, max(0, due), attempts, state, answer, at)
