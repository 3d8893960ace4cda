"""The tables of a consumer's ledger."""

import sqlite3
from collections.abc import Iterator

import pytest

from ingest.ledger import SCHEMA, Cursor, Ledger, Range, parts, total


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """An empty one."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(SCHEMA)
    yield Ledger(db)
    db.close()


def test_a_cursor_begins_before_the_first_event(ledger: Ledger) -> None:
    assert ledger.cursor() == Cursor(0, 0)
    ledger.move(Cursor(12, 9))
    assert ledger.cursor() == Cursor(12, 9)


def test_counters_add_up_and_nothing_leaves_no_row(ledger: Ledger) -> None:
    ledger.count({"stored.up": 3, "stored.join": 1, "quarantined": 0})
    ledger.count({"stored.up": -1, "evicted.cap": 5})
    assert ledger.tallies() == {"stored.up": 2, "stored.join": 1, "evicted.cap": 5}
    assert ledger.tally("quarantined") == 0
    assert total(ledger.tallies(), "stored.") == 3
    assert parts(ledger.tallies(), "stored.") == {"join": 1, "up": 2}


def test_evicted_ranges_that_touch_and_have_one_cause_are_one(ledger: Ledger) -> None:
    ledger.evict(Range(1, 10), "cap")
    ledger.evict(Range(11, 11), "cap")
    ledger.evict(Range(12, 13), "purged")
    ledger.evict(Range(20, 19), "cap")
    ledger.evict(Range(20, 21), "cap")
    assert ledger.evicted(100) == [Range(1, 11), Range(12, 13), Range(20, 21)]
    assert ledger.tallies() == {"evicted.cap": 13, "evicted.purged": 2}


def test_what_was_evicted_up_to_an_ordinal_is_cut_there(ledger: Ledger) -> None:
    ledger.evict(Range(5, 10), "cap")
    assert ledger.evicted(4) == []
    assert ledger.evicted(7) == [Range(5, 7)]
