"""What went wrong lately that should not happen at all? By the incidents that the worker has noted.

A session that the broker had forgotten is the proof, after the fact, of what cannot be tried without a restart.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from gateways.rfc3339 import render
from ingest.doctor.finding import Finding
from ingest.i18n import said
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.doctor.finding import State

DAYS = 30
DAY = 24 * 3600 * 1_000_000_000

JUDGED: dict[str, tuple[str, State]] = {
    "session_lost": ("session lost", "fail"),
    "session_taken_over": ("session taken over", "fail"),
    "lost_events": ("events lost inside", "fail"),
    "subscription_refused": ("subscription refused", "fail"),
    "clock_ahead": ("clock ahead", "warn"),
    "intake_defect": ("intake defect", "warn"),
}
"""Those of them that a setting or a defect brings about, and what they are called here; a connection that breaks is no
news."""


def check(folder: Path, now: int | None = None) -> Iterator[Finding]:
    """One finding for each kind and source of the last 30 days."""
    at = time.time_ns() if now is None else now
    if not (folder / FILE).is_file():
        yield Finding("incidents", "journal", "unknown", said("doctor_ledger.nothing"))
        return
    try:
        with closing(SqliteReader(folder / FILE)) as reader:
            noted = reader.incidents()
    except sqlite3.DatabaseError as error:
        yield Finding("incidents", "journal", "unknown", str(error))
        return
    bad = [one for one in noted if one[0] in JUDGED and at - one[3] < DAYS * DAY]
    for kind, source, count, last, _ in sorted(bad, key=lambda one: -one[3]):
        observed = said("doctor_ledger.incident", count=count, kind=kind, source=source, last=render(last))
        name, state = JUDGED[kind]
        yield Finding(name, "journal", state, observed, said(f"doctor_ledger.{kind}_remedy"))
    if not bad:
        yield Finding("incidents", "journal", "ok", said("doctor_ledger.incidents_none", days=DAYS))
