"""One consumer's file held against the journal's events: its quarantine, and for the store the rows of every uplink.

The worker may go on meanwhile. Only events up to the cursor that was read first are looked at, and each batch is one
short transaction: what leaves the quarantine in between is seen with the rows or the eviction that it left for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateways.chirpstack.events import parse
from gateways.uplink import Uplink
from ingest.consumer.batch import REFUSED
from ingest.data_dir import read_consumer
from ingest.decoding.moment import spread
from ingest.intake.intake import understand
from ingest.ledger import Ledger
from ingest.quarantine import Quarantine, unpack
from ingest.sinks.point_tables import tables
from ingest.sqlite import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ingest.journal.entry import Block, Entry

CACHE = 64 * 1024
"""KiB of the file in memory: the rows of a batch lie far apart."""

_RADIO = """
    SELECT 1 FROM series CROSS JOIN {table} AS row ON row.series = series.id AND row.time = ?
    WHERE series.dev_eui = ? AND series.measurement = 'radio' LIMIT 1
"""
_ORPHANS = """
    WITH RECURSIVE used (id) AS (
        SELECT min(series) FROM {table}
        UNION ALL SELECT (SELECT min(series) FROM {table} WHERE series > used.id) FROM used WHERE used.id IS NOT NULL
    )
    SELECT id FROM used WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM series WHERE series.id = used.id)
"""
_RECENT_ORPHANS = "SELECT DISTINCT series FROM recent WHERE series NOT IN (SELECT id FROM series)"
_GIVEN_UP = """
    SELECT first, last FROM evicted
    WHERE first >= coalesce((SELECT max(first) FROM evicted WHERE first <= :low), :low) AND first <= :high
    ORDER BY first
"""


class _Device(msgspec.Struct, gc=False, rename="camel"):
    dev_eui: str


class _Glance(msgspec.Struct, gc=False, rename="camel"):
    """The name of an uplink in JSON, read without the rest: a tenth of the time that all of it takes."""

    device_info: _Device
    f_cnt: int = 0


_glance = msgspec.json.Decoder(_Glance).decode


class _Name(NamedTuple):
    """What names the radio's row of an uplink, beside its time."""

    dev_eui: str
    f_cnt: int


class _Event(NamedTuple):
    """An event of the journal; the ordinal of a duplicate is 0."""

    seq: int
    ordinal: int
    entry: Entry


class _Tally:
    """Faults of one kind: how many, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.first = 0

    def note(self, seq: int) -> None:
        self.first = self.first or seq
        self.count += 1


class CrossCheck:
    """Follows the journal's blocks, in order, with one consumer's file. `begin` before the journal is read."""

    def __init__(self, folder: Path, name: str) -> None:
        self._name = name
        self._db = read_consumer(folder, name)
        self._db.execute(f"PRAGMA cache_size = -{CACHE}")
        self._ledger = ledger = Ledger(self._db)
        self._quarantine = Quarantine(self._db, ledger)
        with transaction(self._db):
            self._cursor = ledger.cursor().seq
            beyond = "SELECT count(*), min(seq) FROM quarantine WHERE seq > ?"
            self._beyond, self._first_beyond = self._db.execute(beyond, (self._cursor,)).fetchone()
            self._tables = tables(self._db) if name == "store" else ()
        self._passed = 0
        self._damaged, self._foreign, self._missing = _Tally(), _Tally(), _Tally()

    def follow(self, blocks: Sequence[Block]) -> None:
        """Look at the events of these blocks, up to the cursor."""
        numbered = (_Event._make(event) for block in blocks for event in block.numbered())
        events = {event.seq: event for event in numbered if event.seq <= self._cursor}
        through = min(blocks[-1].last, self._cursor)
        with transaction(self._db):
            refused = self._held(events, through)
            if self._name == "store" and events:
                self._radio(events, refused)
        self._passed = max(self._passed, through)

    def faults(self) -> Iterator[str]:
        """What was found, once all blocks have been followed."""
        with transaction(self._db):
            self._held({}, self._cursor)
        name = self._name
        if self._beyond:
            yield (
                f"{name}: {self._beyond} events in quarantine lie beyond its cursor ({self._cursor}),"
                f" the first is {self._first_beyond}"
            )
        for tally, words in (
            (self._damaged, "events in quarantine cannot be unpacked"),
            (self._foreign, "events in quarantine are others than the journal's"),
            (self._missing, "uplinks it has read have no radio row"),
        ):
            if tally.count:
                yield f"{name}: {tally.count} {words}, the first is event {tally.first}"
        if self._tables and (orphans := len(self._orphans())):
            yield f"{name}: the rows of {orphans} series say nothing of whom they are: their series are missing"

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _held(self, events: dict[int, _Event], through: int) -> set[int]:
        """Look at the quarantine up to a number; those of it that a sink refused."""
        refused = set()
        for seq, ordinal, reason, body in self._quarantine.packed(self._passed, through):
            if reason == REFUSED:
                refused.add(seq)
            try:
                entry = unpack(body)
            except ValueError:
                self._damaged.note(seq)
                continue
            if seq in events and events[seq] != (seq, ordinal, entry):
                self._foreign.note(seq)
        return refused

    def _radio(self, events: dict[int, _Event], refused: set[int]) -> None:
        """Every uplink has its radio's row, whatever became of its payload.

        Unless it was given up or refused, or is older than what the store keeps.
        """
        horizon = self._ledger.horizon()
        given_up = self._given_up([event.ordinal for event in events.values() if event.ordinal])
        for seq, ordinal, entry in events.values():
            if not ordinal or entry.length or ordinal in given_up or seq in refused or not entry.topic.endswith("up"):
                continue
            name = _name(entry)
            if name is None:
                continue
            key = (spread(entry.received_at, name.f_cnt), name.dev_eui)
            if key[0] < horizon:
                continue
            if not self._has_radio(key) and isinstance(understand(parse, entry), Uplink):
                self._missing.note(seq)

    def _has_radio(self, key: tuple[int, str]) -> bool:
        return any(self._db.execute(_RADIO.format(table=table), key).fetchone() for table in self._tables)

    def _orphans(self) -> set[int]:
        """Series of which there are rows and nothing else."""
        asked = [_RECENT_ORPHANS if table == "recent" else _ORPHANS.format(table=table) for table in self._tables]
        return {number for query in asked for (number,) in self._db.execute(query)}

    def _given_up(self, ordinals: list[int]) -> set[int]:
        """Those of these ordinals, ascending, that count as evicted."""
        if not ordinals:
            return set()
        low, high = ordinals[0], ordinals[-1]
        spans = self._db.execute(_GIVEN_UP, {"low": low, "high": high})
        return {one for first, last in spans for one in range(max(first, low), min(last, high) + 1)}


def _name(entry: Entry) -> _Name | None:
    """The name of what may be an uplink; None where it is none."""
    if entry.payload[:1] == b"{":
        try:
            glance = _glance(entry.payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None  # no uplink either where all of it is read
        return _Name(glance.device_info.dev_eui.lower(), glance.f_cnt)
    message = understand(parse, entry)
    return _Name(message.device.dev_eui, message.f_cnt) if isinstance(message, Uplink) else None
