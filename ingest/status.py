"""The ledger of the whole data directory, read from its files: with or without a worker, at any moment.

Each consumer's file is read first and the journal after it, so that what comes in between is pending and nothing else.
An event that two consumers count differently stands in the headline once: pending before quarantined before evicted
before stored.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from ingest.data_dir import consumer_file, read_consumer
from ingest.delivered import Delivered, delivered
from ingest.delivery.overview import Overview, read_overview
from ingest.errors import DataDirError
from ingest.journal.entry import MISSING, Cause
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from ingest.ledger import EVICTED, QUARANTINED, STORED, Cursor, Ledger, Range, parts, total
from ingest.quarantine import HELD, Quarantine
from ingest.rollup.standing import Standing, read_standing
from ingest.sqlite import damaged, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


MAKERS = frozenset({"rollup", "alerts"})
"""Consumers that make rows for the sinks, and store none: they hold the same events as those. `rollup` takes none of
either log, `alerts` takes the roll-ups, which rules look at."""


class Account(NamedTuple):
    """One consumer's ledger.

    Attributes:
        stored_by_kind: the parts of `stored`; so are the other two of `quarantined` and of `evicted`.
        points: made, written, refused, late.
        held: ordinals in quarantine up to the headline's bound.
        given_up: ranges of ordinals evicted.
        oldest_pending: `received_at` of the oldest event it has not consumed, ns UTC.
        written_at: when the sink last took something, ns UTC; 0 where it never did.
        derived: what became of the roll-ups' points; their counts stand outside of all others.
        alerts: likewise of the alerts' rows.
    """

    name: str
    cursor: Cursor
    stored: int
    quarantined: int
    evicted: int
    pending: int
    stored_by_kind: dict[str, int]
    quarantined_by_reason: dict[str, int]
    evicted_by_cause: dict[str, int]
    points: dict[str, int]
    counted_quarantined: int
    held: frozenset[int]
    given_up: tuple[Range, ...]
    oldest_pending: int | None
    written_at: int
    derived: Delivered = Delivered()
    alerts: Delivered = Delivered()


class Identity(NamedTuple):
    """The six counters: received = stored + quarantined + pending + duplicate + evicted."""

    received: int
    stored: int
    quarantined: int
    pending: int
    duplicate: int
    evicted: int

    @property
    def adds_up(self) -> bool:
        """Whether nothing is missing and nothing counted twice."""
        return self.received == self.stored + self.quarantined + self.pending + self.duplicate + self.evicted


class State(NamedTuple):
    """The data directory at one moment.

    Attributes:
        sealed: events, no duplicates, that the journal has dropped.
        rollup: how the roll-ups stand; None where there are none.
        alerts: likewise the alerts.
    """

    identity: Identity
    accounts: tuple[Account, ...]
    tallies: dict[str, int]
    incidents: tuple[tuple[str, str, int, int, str], ...]
    sealed: int
    newest: int | None
    devices: int
    rollup: Standing | None = None
    alerts: Overview | None = None

    @property
    def missing(self) -> dict[str, int]:
        """The parts of tally `missing_fcnt`: frame counters that never came, by the word for their cause."""
        parts = {cause.word: self.tallies.get(name, 0) for cause, name in MISSING.items()}
        if not any(parts.values()):  # a file from before there were causes
            parts[Cause.UNKNOWN.word] = self.tallies.get("missing_fcnt", 0)
        return parts


def read_state(
    folder: Path, consumers: Sequence[str], *, count_pending: bool = True, endpoints: Sequence[str] = ()
) -> State:
    """Read the ledger of these consumers.

    Args:
        folder: the data directory.
        consumers: their names.
        count_pending: count pending events block by block, which a long backlog makes long; else what the counters of
            the journal and the cursor's ordinal say, which is the same where the ledger adds up.
        endpoints: those of the configuration, to which alerts are sent.

    Raises:
        DataDirError: a file is damaged, of a newer citylora, or not there yet.
    """
    try:
        drafts = [_read_account(folder, name) for name in consumers if consumer_file(folder, name).exists()]
        with closing(SqliteReader(folder / FILE)) as reader, reader.snapshot():
            state = _state(reader, drafts, count_pending=count_pending)
        rolled_up = {account.name: account.derived.seq for account in drafts if account.name != "rollup"}
        alerted = {account.name: account.alerts.seq for account in drafts if account.name not in MAKERS}
        return state._replace(
            rollup=read_standing(folder, rolled_up) if "rollup" in consumers else None,
            alerts=read_overview(folder, alerted, endpoints) if "alerts" in consumers else None,
        )
    except sqlite3.OperationalError as error:
        raise DataDirError(f"the files in {folder} are not complete: {error}", "try again in a moment") from error
    except sqlite3.DatabaseError as error:
        raise damaged(folder / FILE, error) from error


def _state(reader: SqliteReader, drafts: Sequence[Account], *, count_pending: bool) -> State:
    totals = reader.totals_now()
    accounts = [
        draft._replace(
            pending=reader.pending(draft.cursor.seq)
            if count_pending
            else totals.received - totals.duplicates - draft.cursor.ordinal,
            oldest_pending=reader.oldest_after(draft.cursor.seq),
        )
        for draft in drafts
    ]
    return State(
        identity=headline(totals.received, totals.duplicates, accounts),
        accounts=tuple(accounts),
        tallies=reader.tallies(),
        incidents=tuple(reader.incidents()),
        sealed=totals.sealed_received - totals.sealed_duplicates,
        newest=reader.newest(),
        devices=reader.device_count(),
    )


def _read_account(folder: Path, name: str) -> Account:
    db = read_consumer(folder, name)
    try:
        with transaction(db):
            ledger = Ledger(db)
            quarantine = Quarantine(db, ledger)
            cursor, tallies = ledger.cursor(), ledger.tallies()
            return Account(
                name=name,
                cursor=cursor,
                stored=total(tallies, STORED),
                quarantined=tallies.get(QUARANTINED, 0),
                evicted=total(tallies, EVICTED),
                pending=0,
                stored_by_kind=parts(tallies, STORED),
                quarantined_by_reason=parts(tallies, HELD),
                evicted_by_cause=parts(tallies, EVICTED),
                points=parts(tallies, "points."),
                counted_quarantined=quarantine.count(),
                held=frozenset(quarantine.ordinals(cursor.ordinal)),
                given_up=tuple(ledger.evicted(cursor.ordinal)),
                oldest_pending=None,
                written_at=ledger.written_at(),
                derived=delivered(db),
                alerts=delivered(db, "alerts"),
            )
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise damaged(consumer_file(folder, name), error) from error
    finally:
        db.close()


def headline(received: int, duplicate: int, accounts: Sequence[Account]) -> Identity:
    """The counters over all consumers; each event once."""
    if not accounts:
        return Identity(received, 0, 0, received - duplicate, duplicate, 0)
    slowest = min(accounts, key=lambda account: account.cursor.ordinal)
    bound = slowest.cursor.ordinal
    held = {ordinal for account in accounts for ordinal in account.held if ordinal <= bound}
    given_up = union(span for account in accounts for span in account.given_up if span.first <= bound)
    given_up = [Range(span.first, min(span.last, bound)) for span in given_up]
    evicted = sum(span.size for span in given_up) - sum(_within(ordinal, given_up) for ordinal in held)
    # What the slowest consumer counts as stored, less what another one of them has not.
    own = union([*slowest.given_up, *(Range(ordinal, ordinal) for ordinal in slowest.held)])
    every = union([*given_up, *(Range(ordinal, ordinal) for ordinal in held)])
    elsewhere = sum(span.size for span in every) - sum(span.size for span in own)
    return Identity(received, slowest.stored - elsewhere, len(held), slowest.pending, duplicate, evicted)


def union(spans: Iterable[Range]) -> list[Range]:
    """The same numbers in ranges that do not overlap, in order."""
    joined: list[Range] = []
    for span in sorted(spans):
        if joined and span.first <= joined[-1].last + 1:
            joined[-1] = Range(joined[-1].first, max(joined[-1].last, span.last))
        else:
            joined.append(span)
    return joined


def _within(ordinal: int, spans: Sequence[Range]) -> bool:
    return any(span.first <= ordinal <= span.last for span in spans)
