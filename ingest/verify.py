"""Proof that nothing is missing: counts everything again from the files, and names whatever does not agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.journal import FILE
from ingest.journal_reader import SqliteReader
from ingest.status import read_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ingest.ports import Totals
    from ingest.status import Account


def verify(folder: Path, consumers: Sequence[str]) -> list[str]:
    """One line for each thing that does not agree; empty where all of it does.

    Every block of the journal is opened, so this takes some seconds for each million events.
    """
    state = read_state(folder, consumers)
    reader = SqliteReader(folder / FILE)
    try:
        with reader.snapshot():
            totals = reader.totals_now()
            events, duplicates = reader.recount()
    finally:
        reader.close()
    faults = list(_journal(totals, events, duplicates))
    for account in state.accounts:
        faults += _account(account, state.identity.received - state.identity.duplicate)
    if not state.identity.adds_up:
        faults.append(f"the headline does not add up: {state.identity}")
    return faults


def _journal(totals: Totals, events: int, duplicates: int) -> Iterator[str]:
    """The blocks, and what was counted of blocks that are gone, against the counters."""
    if totals.sealed_received + events != totals.received:
        yield (
            f"journal: {totals.received} events were received, but {events} are held"
            f" and {totals.sealed_received} were given up"
        )
    if totals.sealed_duplicates + duplicates != totals.duplicates:
        yield (
            f"journal: {totals.duplicates} duplicates were counted, but {duplicates} are held"
            f" and {totals.sealed_duplicates} were given up"
        )


def _account(account: Account, unique: int) -> Iterator[str]:
    """One consumer's counters against each other, its tables and the journal's blocks."""
    name = account.name
    done = account.stored + account.counted_quarantined + account.evicted
    if account.quarantined != account.counted_quarantined:
        yield f"{name}: {account.quarantined} events counted in quarantine, {account.counted_quarantined} are there"
    if done != account.cursor.ordinal:
        yield (
            f"{name}: it has read {account.cursor.ordinal} events, but stored {account.stored}, quarantined"
            f" {account.counted_quarantined} and evicted {account.evicted}: {account.cursor.ordinal - done} are missing"
        )
    if done + account.pending != unique:
        yield f"{name}: of {unique} events {done} are accounted for and {account.pending} are pending"
    listed = sum(span.size for span in account.given_up)
    if listed != account.evicted:
        yield f"{name}: {account.evicted} events counted as evicted, {listed} are listed"
    points = account.points
    made = points.get("made", 0)
    ended = points.get("written", 0) + points.get("refused", 0) + points.get("late", 0)
    if made != ended:
        yield f"{name}: {made} points were made, but {ended} written, refused or too old: {made - ended} are missing"
