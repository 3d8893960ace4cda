"""What a check of the journal is given: the events of the last day, read once for all of them."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gateways.chirpstack import events
from ingest.doctor.finding import Finding
from ingest.errors import CityloraError
from ingest.i18n import said
from ingest.intake.intake import understand
from ingest.journal.entry import Verdict
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from ingest.sqlite import damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from gateways.uplink import MalformedEvent, Message
    from ingest.doctor.finding import Deadline, State, Text
    from ingest.journal.entry import Entry

SUBJECT = "journal"

DAY = 24 * 3600 * 1_000_000_000

MOST_SECONDS = 20.0
"""A busy city has more in a day than can be read while somebody waits."""


class Seen(NamedTuple):
    """How much was looked at.

    Attributes:
        events: that are no duplicates.
        hours: the time in which they were received; less than a day where there was no time to read more.
    """

    events: int
    hours: float


class Watcher(Protocol):
    """One check: it is shown each event of the last day, the newest block first, and then asked."""

    NAME: str

    def add(self, entry: Entry, message: Message | MalformedEvent) -> None:
        """An event that is no duplicate."""
        ...

    def findings(self, seen: Seen) -> Iterator[Finding]:
        """What it comes to."""
        ...


def found(check: str, state: State, observed: Text, remedy: Text = "") -> Finding:
    """A finding about the journal."""
    return Finding(check, SUBJECT, state, observed, remedy)


def watch(
    folder: Path, makers: Sequence[Callable[[], Watcher]], deadline: Deadline, now: int | None = None
) -> Iterator[Finding]:
    """Show every check what came in the last day.

    Args:
        folder: the data directory.
        makers: a check each.
        deadline: how long there is.
        now: ns UTC.
    """
    watchers = [make() for make in makers]
    at = time.time_ns() if now is None else now
    try:
        seen = _read(folder, watchers, at, deadline)
    except CityloraError as error:
        yield from (found(one.NAME, "unknown", *error.texts) for one in watchers)
        return
    if not seen.events:
        yield from (found(one.NAME, "unknown", said("doctor_journal.nothing")) for one in watchers)
        return
    for one in watchers:
        yield from one.findings(seen)


def _read(folder: Path, watchers: Sequence[Watcher], now: int, deadline: Deadline) -> Seen:
    path = folder / FILE
    if not path.is_file():
        return Seen(0, 0.0)
    until = time.monotonic() + deadline.left(MOST_SECONDS)
    count, oldest = 0, now
    try:
        with closing(SqliteReader(path)) as reader, reader.snapshot():
            for entries in _newest_first(reader, now - DAY):
                if time.monotonic() > until:
                    break
                count += _show(entries, watchers, now - DAY)
                oldest = min(oldest, entries[0].received_at)
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    return Seen(count, (now - max(oldest, now - DAY)) / DAY * 24)


def _newest_first(reader: SqliteReader, since: int) -> Iterator[tuple[Entry, ...]]:
    """The blocks that may hold events as young as that, from the end on."""
    spans = reader.spans(reader.totals_now().last)
    for span in reversed(spans):
        if span.received_to < since:
            continue
        for block in reader.read(span.last - span.events, 1):
            yield block.entries


def _show(entries: Iterable[Entry], watchers: Sequence[Watcher], since: int) -> int:
    shown = 0
    for entry in entries:
        if entry.verdict == Verdict.DUPLICATE or entry.received_at < since:
            continue
        message = understand(events.parse, entry)
        for one in watchers:
            one.add(entry, message)
        shown += 1
    return shown
