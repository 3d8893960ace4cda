"""Every block of the journal opened and counted again, and its row held against what is in it.

A damaged block is one fault, and the count goes on behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.chirpstack.events import parse
from gateways.uplink import Event, Uplink
from ingest.intake.identity import NO_IDENTITY, identify
from ingest.intake.intake import understand
from ingest.journal.entry import IDENTITY, Block, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.journal.entry import Entry
    from ingest.journal.reader import BlockRow, SqliteReader
    from ingest.ports import Totals

BATCH = 10_000
"""Events in memory at once."""


class Recount:
    """Counts the journal inside a snapshot of its reader.

    Attributes:
        faults: a line each; complete once `batches` has ended.
    """

    def __init__(self, reader: SqliteReader) -> None:
        self.faults: list[str] = []
        self._reader = reader
        self._totals = reader.totals_now()
        self._jumps = reader.jumps()
        self._events = self._duplicates = 0
        self._end: int | None = None
        self._ordinal = self._totals.sealed_received - self._totals.sealed_duplicates

    def batches(self) -> Iterator[list[Block]]:
        """The whole blocks whose rows tell the truth, some at a time, in order."""
        batch: list[Block] = []
        held = 0
        for row in self._reader.rows():
            if not self._agrees(row):
                continue
            batch.append(Block(row.last, row.ordinal, row.entries))
            held += len(row.entries)
            if held >= BATCH:
                yield batch
                batch, held = [], 0
        if batch:
            yield batch
        self.faults += self._against(self._totals)

    def _agrees(self, row: BlockRow) -> bool:
        """Whether nothing is wrong with a block; what is, is noted."""
        self._events += row.events if row.damage else len(row.entries)
        duplicates = _duplicates(row.entries)
        self._duplicates += row.duplicates if row.damage else duplicates
        wrong = [f"cannot be opened: {row.damage}"] if row.damage else list(_contradictions(row, duplicates))
        wrong += self._breaks(row)
        self._end, self._ordinal = row.last, row.ordinal
        if wrong:
            where = f"the block of events {row.last - row.events + 1} to {row.last}"
            self.faults.append(f"journal: {where}: {'; '.join(wrong)}")
        return not wrong

    def _breaks(self, row: BlockRow) -> Iterator[str]:
        """Where the chain from the block before to this one is broken."""
        first = row.last - row.events + 1
        if self._end is not None and first not in (self._end + 1, self._jumps.get(self._end)):
            yield f"the one before ends with event {self._end}"
        if row.ordinal - (row.events - row.duplicates) != self._ordinal:
            yield (
                f"its ordinals end at {row.ordinal} after {row.events - row.duplicates} events that are no duplicates,"
                f" but those before it end at {self._ordinal}"
            )

    def _against(self, totals: Totals) -> Iterator[str]:
        """The blocks, and what was counted of blocks that are gone, against the counters."""
        if totals.sealed_received + self._events != totals.received:
            yield (
                f"journal: {totals.received} events were received, but {self._events} are held"
                f" and {totals.sealed_received} were given up"
            )
        if totals.sealed_duplicates + self._duplicates != totals.duplicates:
            yield (
                f"journal: {totals.duplicates} duplicates were counted, but {self._duplicates} are held"
                f" and {totals.sealed_duplicates} were given up"
            )
        if self._end is not None and self._end != totals.last:
            yield f"journal: events were numbered up to {totals.last}, but the last block ends with {self._end}"


def _duplicates(entries: tuple[Entry, ...]) -> int:
    return sum([entry.verdict == Verdict.DUPLICATE for entry in entries])


def _contradictions(row: BlockRow, duplicates: int) -> Iterator[str]:
    """What a row says and its body does not."""
    if row.events != len(row.entries):
        yield f"its row says {row.events} events, it holds {len(row.entries)}"
    if row.duplicates != duplicates:
        yield f"its row says {row.duplicates} duplicates, it holds {duplicates}"
    times = [entry.received_at for entry in row.entries]
    if times and (row.received_from, row.received_to) != (min(times), max(times)):
        yield "its row says another span of received_at than its events"
    if len(row.identities) != IDENTITY * len(row.entries):
        yield f"{len(row.identities)} bytes of identities, {IDENTITY * len(row.entries)} are due"
    elif wiped := _wiped(row):
        yield f"the identity of {wiped} uplinks is wiped"


def _wiped(row: BlockRow) -> int:
    """How many uplinks have no identity, although intake gave them one."""
    if NO_IDENTITY not in row.identities:
        return 0
    count = 0
    for place, entry in enumerate(row.entries):
        if row.identities[IDENTITY * place : IDENTITY * (place + 1)] == NO_IDENTITY and entry.topic.endswith("/up"):
            message = understand(parse, entry)
            event = Event(entry.source, entry.topic, entry.payload, entry.arrived_at)
            count += isinstance(message, Uplink) and identify(message, event) != NO_IDENTITY
    return count
