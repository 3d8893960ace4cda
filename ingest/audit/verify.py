"""Proof that nothing is missing: counts everything again from the files, and names whatever does not agree."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from ingest.audit.crosscheck import CrossCheck
from ingest.audit.recount import Recount
from ingest.data_dir import consumer_file
from ingest.errors import DataDirError
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from ingest.sqlite import page_damage
from ingest.status import read_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ingest.status import Account


def verify(folder: Path, consumers: Sequence[str]) -> list[str]:
    """One line for each thing that does not agree; empty where all of it does.

    Every page and every block is read, and every uplink looked up in the store: some 20 s for a million events. A
    worker may go on meanwhile. A file with damaged pages is named, and no more is asked of it.

    Raises:
        DataDirError: a file is of a newer citylora, or not there yet.
    """
    damaged = {path: words for path in sorted(folder.glob("*.db")) if (words := page_damage(path))}
    faults = [f"{path}: damaged: {words}" for path, words in damaged.items()]
    if folder / FILE in damaged:
        return faults
    files = {name: consumer_file(folder, name) for name in consumers}
    names = [name for name, path in files.items() if path.exists() and path not in damaged]
    return [*faults, *_recounted(folder, names), *_accounts(folder, names)]


def _recounted(folder: Path, names: Sequence[str]) -> list[str]:
    """The blocks against their rows, and the consumers' files against the blocks.

    Each consumer's cursor is read before the journal is, so whatever it has passed is in the journal.
    """
    with ExitStack() as files:
        checks = [files.enter_context(closing(CrossCheck(folder, name))) for name in names]
        reader = files.enter_context(closing(SqliteReader(folder / FILE)))
        with reader.snapshot():
            recount = Recount(reader)
            for blocks in recount.batches():
                for check in checks:
                    check.follow(blocks)
        return [*recount.faults, *(fault for check in checks for fault in check.faults())]


def _accounts(folder: Path, names: Sequence[str]) -> Iterator[str]:
    """Each consumer's counters, and the headline."""
    try:
        state = read_state(folder, names)
    except DataDirError as error:
        yield f"the ledger cannot be read: {error}"
        return
    for account in state.accounts:
        yield from _account(account, state.identity.received - state.identity.duplicate)
    if not state.identity.adds_up:
        yield f"the headline does not add up: {state.identity}"


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
    if not made and account.stored_by_kind.get("up"):
        yield f"{name}: {account.stored_by_kind['up']} uplinks are stored, but no point of them was ever made"
