"""What people change of alerts by a command: acknowledge, mute, send again, give up. Each in one transaction.

A question is what a command asks the worker over its socket: `what`, and what that needs. Without a worker the same is
done to the file at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ingest.alerts import muting, outbox
from ingest.alerts.tables import Tables
from ingest.errors import CityloraError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

Question: TypeAlias = "dict[str, Any]"
Answer: TypeAlias = "dict[str, Any]"


def change(db: sqlite3.Connection, question: Question, now: int) -> Answer:
    """Do what is asked, in a transaction of the caller.

    Args:
        db: alerts.db.
        question: `what`: `ack`, `mute`, `unmute`, `retry`, `drop`; and its own values.
        now: wall clock, ns UTC.

    Raises:
        CityloraError: it cannot be done; nothing is changed.
    """
    return _CHANGES[question["what"]](db, question, now)


def _acknowledge(db: sqlite3.Connection, question: Question, now: int) -> Answer:
    tables, who = Tables(db), str(question["who"])
    unknown = [one for one in question["alerts"] if tables.alert(one) is None]
    if unknown:
        raise CityloraError(f"there is no alert {unknown[0]}", "`citylora alerts list --all` shows those of late")
    return {"acknowledged": [one for one in question["alerts"] if tables.acknowledge(one, who, now)]}


def _mute(db: sqlite3.Connection, question: Question, now: int) -> Answer:
    wanted = muting.Mute(
        sites=frozenset(question["sites"]),
        devices=frozenset(question["devices"]),
        rules=frozenset(question["rules"]),
        since=max(now, question["since"] or now),
        until=question["until"],
        reason=question["reason"],
        author=question["who"],
    )
    return {"id": muting.add(db, wanted, now).id}


def _unmute(db: sqlite3.Connection, question: Question, now: int) -> Answer:
    return {"id": muting.end(db, question["id"], now, question["who"]).id}


def _retry(db: sqlite3.Connection, question: Question, _now: int) -> Answer:
    return {"retried": outbox.retry(db, endpoint=question["endpoint"], message=question["message"])}


def _drop(db: sqlite3.Connection, question: Question, now: int) -> Answer:
    return {"dropped": outbox.drop(db, now, endpoint=question["endpoint"], message=question["message"])}


_CHANGES: dict[str, Callable[[sqlite3.Connection, Question, int], Answer]] = {
    "ack": _acknowledge,
    "mute": _mute,
    "unmute": _unmute,
    "retry": _retry,
    "drop": _drop,
}
