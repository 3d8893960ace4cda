"""What people change of alerts by a command: acknowledge, close, mute, send again, give up. Each in one transaction.

A question is what a command asks the worker over its socket: `what`, and what that needs. Without a worker the same is
done to the file at once. To close is the sink's: what fires is the engine's to end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec.structs import replace

from ingest.alerts import muting, outbox
from ingest.alerts.log import CLOSED
from ingest.alerts.rows import row_of_ack
from ingest.alerts.tables import Alert, Tables
from ingest.errors import CityloraError
from ingest.rollup.derived_log import append

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from ingest.alerts.alert import Change

Question: TypeAlias = "dict[str, Any]"
Answer: TypeAlias = "dict[str, Any]"


CLOSE = "close"
"""What a question asks of the sink: `alerts`, `who`, `reason`."""


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
    known = {one.id: one for one in _known(tables, question["alerts"])}
    over = [one.id for one in known.values() if one.closed]
    open_ones = [one for one in known if one not in over]
    taken_on = [one for one in open_ones if tables.acknowledge(one, who, now)]
    if taken_on:
        append(db, [row_of_ack(known[one].last, now) for one in taken_on], now)
    return {"acknowledged": taken_on, "over": over}


def firing_of(tables: Tables, alerts: Iterable[str]) -> dict[str, Change]:
    """Those of some alerts that fire.

    Raises:
        CityloraError: one of them is not known.
    """
    found = _known(tables, alerts)
    return {one.id: one.last for one in found if not one.closed}


def ended(change: Change, now: int, by: str, why: str) -> Change:
    """The end of an alert of which nothing is known but its beginning."""
    return replace(change, phase="resolved", time=max(now, change.opened), cause=CLOSED, closed_by=by, closed_why=why)


def _known(tables: Tables, alerts: Iterable[str]) -> list[Alert]:
    found = {one: tables.alert(one) for one in alerts}
    unknown = [one for one, alert in found.items() if alert is None]
    if unknown:
        raise CityloraError(f"there is no alert {unknown[0]}", "`citylora alerts list --all` shows those of late")
    return [alert for alert in found.values() if alert is not None]


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
