"""A data directory with alerts in it, and departments in a configuration, with nobody who looks for any."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from ingest import data_dir
from ingest.alerts import outbox
from ingest.alerts.alert import Change, alert_id
from ingest.alerts.message import Message
from ingest.alerts.rows import row_of
from ingest.alerts.rule import Scope, Severity
from ingest.alerts.tables import Tables
from ingest.rollup.derived_log import append
from ingest.sqlite import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.alerts.alert import Phase

SECOND = 1_000_000_000
ROOM, DUTY, GONE = "thoat-nuoc/room", "thoat-nuoc/duty", "thoat-nuoc/gone"

DEPARTMENT = """
[alerts]
packs = ["flood"]
[[alerts.department]]
id = "thoat-nuoc"
name = { vi = "Thoát nước", en = "Drainage" }
rules = ["*"]
[[alerts.department.chat]]
name = "room"
url = "https://room.example.vn"
template = "{title}"
[[alerts.department.chat]]
name = "duty"
url = "https://duty.example.vn"
template = "{title}"
"""
"""Nothing is sent to these: no worker runs."""


def change(number: int, severity: Severity, phase: Phase = "firing") -> Change:
    """An alert of a site of its own begins or ends."""
    scope = Scope("site", f"s-{number}", "0", f"s-{number}")
    alert = alert_id("flood/bd3", scope, SECOND)
    return Change(alert, "flood/bd3", scope, severity, phase, SECOND, (1 + number) * SECOND, 3.0, 3.0)


@contextmanager
def alerts_db(folder: Path) -> Iterator[sqlite3.Connection]:
    """alerts.db, in a transaction."""
    with closing(data_dir.open_consumer(folder, "alerts")) as db, transaction(db):
        yield db


def record(db: sqlite3.Connection, *changes: Change) -> None:
    """As the sink does: the alert and its row."""
    Tables(db).record(changes)
    append(db, [row_of(one) for one in changes], SECOND)


def wait(db: sqlite3.Connection, endpoint: str, *numbers: int, at: int = SECOND) -> None:
    """Messages for an endpoint."""
    kept = [
        Message(f"msg_{endpoint}_{one}", "alert.firing", "thoat-nuoc", endpoint, (f"al_{one}",), b"{}", at + one)
        for one in numbers
    ]
    outbox.put(db, kept, at)


def fail(db: sqlite3.Connection, endpoint: str, since: int, answer: str = "503") -> None:
    """An endpoint takes nothing since then."""
    found = outbox.next_due(db, endpoint)
    if found is not None:
        outbox.failed(db, found[0], answer, since)
    outbox.set_state(db, outbox.EndpointState(endpoint, "", since, 3, since))


def disable(db: sqlite3.Connection, endpoint: str, since: int) -> None:
    """An endpoint has answered that it wants no more."""
    outbox.set_state(db, outbox.EndpointState(endpoint, "410 Gone", since, 1, 0))
