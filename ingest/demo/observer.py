"""Looks at the demo from outside: at the files of the data directory and at the counters of its parts."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from ingest.data_dir import consumer_file
from ingest.demo import readings
from ingest.demo.latency import RECENT
from ingest.demo.stage import SINK
from ingest.journal.writer import FILE
from ingest.ledger import Ledger
from ingest.quarantine import Quarantine
from ingest.sqlite import connect
from ingest.status import read_state

if TYPE_CHECKING:
    from ingest.demo.latency import Latency
    from ingest.demo.readings import Shown
    from ingest.demo.stage import Stage
    from ingest.quarantine import Group
    from ingest.status import Identity

DOMAINS = ("environment", "traffic", "water", "assets")
READINGS = 12
"""Newest readings of each domain that are kept at hand; how many are shown is the terminal's matter."""

WINDOW = 3.0
"""Seconds over which a rate is taken."""

SLOW_SECONDS = 1.0
"""How often the readings change: a person has to be able to read them."""


class Snapshot(NamedTuple):
    """The demo at one moment.

    Attributes:
        elapsed: seconds since the city began.
        sent: uplinks that were given to the MQTT client.
        received_rate: events/s that reached the disk; `stored_rate` those that a sink holds.
        journal: bytes of the journal's pages for each event; `json` those of the event as published.
        notes: lines of the worker's log, and incidents.
    """

    elapsed: float
    sent: int
    identity: Identity
    received_rate: float
    stored_rate: float
    latency: Latency | None
    readings: tuple[Shown, ...]
    quarantine: tuple[Group, ...]
    journal: float
    json: float
    notes: tuple[str, ...]


class _Mark(NamedTuple):
    at: float
    received: int
    stored: int


class Observer:
    """Takes snapshots; belongs to one thread."""

    def __init__(self, stage: Stage, notes: list[str]) -> None:
        self._stage = stage
        self._notes = notes
        self._db = connect(consumer_file(stage.folder, SINK), durable=False, read_only=True)
        self._journal = connect(stage.folder / FILE, durable=False, read_only=True)
        self._quarantine = Quarantine(self._db, Ledger(self._db))
        self._began = time.monotonic()
        self._marks: deque[_Mark] = deque()
        self._slow_at = float("-inf")
        self._readings: tuple[Shown, ...] = ()
        self._groups: tuple[Group, ...] = ()

    def look(self) -> Snapshot:
        """The demo now."""
        state = read_state(self._stage.folder, [SINK])
        now = time.monotonic()
        received, stored = self._rates(_Mark(now, state.identity.received, state.identity.stored))
        self._look_slowly(now)
        sent, size, _ = self._stage.traffic.sent
        return Snapshot(
            elapsed=now - self._began,
            sent=sent,
            identity=state.identity,
            received_rate=received,
            stored_rate=stored,
            latency=self._stage.sampler.latency(RECENT),
            readings=self._readings,
            quarantine=self._groups,
            journal=self._journal_size() / max(1, state.identity.received),
            json=size / sent if sent else 0.0,
            notes=(*self._notes, *(f"{source}: {detail}" for _, source, _, _, detail in state.incidents)),
        )

    def groups(self) -> list[Group]:
        """The quarantine by reason."""
        return self._quarantine.groups()

    def counts(self, since: int) -> dict[str, int]:
        """Readings by domain of what was received at or after `since` (ns UTC)."""
        return readings.counts(self._db, since)

    def close(self) -> None:
        """Let go of the files."""
        self._db.close()
        self._journal.close()

    def _journal_size(self) -> int:
        """Bytes of the journal's pages in use, wherever they lie at this moment: in its file or in the WAL."""
        pages, free, size = (
            self._journal.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int(pages - free) * int(size)

    def _rates(self, mark: _Mark) -> tuple[float, float]:
        self._marks.append(mark)
        while self._marks[0].at < mark.at - WINDOW:
            self._marks.popleft()
        first = self._marks[0]
        seconds = (mark.at - first.at) or 1.0
        return (mark.received - first.received) / seconds, (mark.stored - first.stored) / seconds

    def _look_slowly(self, now: float) -> None:
        if now - self._slow_at >= SLOW_SECONDS:
            self._slow_at = now
            self._readings = tuple(readings.newest(self._db, DOMAINS, READINGS))
            self._groups = tuple(self._quarantine.groups())
