"""What is set aside is kept whole, bounded as a whole and for each reason, and always counted."""

import sqlite3
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import ledger as ledger_module
from ingest import quarantine as quarantine_module
from ingest.journal.entry import Entry
from ingest.ledger import EVICTED, QUARANTINED, Ledger, Range, parts
from ingest.quarantine import DETAIL, HELD, Case, Quarantine


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A consumer's tables."""
    connection = tables()
    yield connection
    connection.close()


def tables() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(f"{ledger_module.SCHEMA};{quarantine_module.SCHEMA};")
    return connection


def case(number: int, reason: str = "not_json", detail: str = "words") -> Case:
    """A case of that number."""
    entry = Entry("topic/ä", b"\x00\xff" * number, "main", 1, 1000 + number, digest=b"d", length=3)
    return Case(number, number, reason, detail, f"subject {number}", entry)


def test_a_case_comes_back_whole(db: sqlite3.Connection) -> None:
    quarantine = Quarantine(db, Ledger(db))
    cases = [case(3), case(7, "unknown_model")]
    quarantine.add(cases)
    assert quarantine.cases() == cases
    assert quarantine.cases("unknown_model") == cases[1:]
    assert quarantine.cases(after=3) == cases[1:]
    assert quarantine.cases(limit=1) == cases[:1]
    assert quarantine.case(7) == cases[1]
    assert quarantine.case(5) is None
    assert list(quarantine.ordinals(5)) == [3]


def test_groups_by_reason_the_most_frequent_first(db: sqlite3.Connection) -> None:
    quarantine = Quarantine(db, Ledger(db))
    quarantine.add([case(1, "b"), case(2, "a"), case(3, "b")])
    assert [(group.reason, group.count, group.first_at, group.last_at) for group in quarantine.groups()] == [
        ("b", 2, 1001, 1003),
        ("a", 1, 1002, 1002),
    ]


def test_a_long_detail_is_cut(db: sqlite3.Connection) -> None:
    quarantine = Quarantine(db, Ledger(db))
    quarantine.add([case(1, detail="x" * 10_000)])
    assert quarantine.cases()[0].detail == "x" * DETAIL


def test_one_reason_cannot_push_out_another(db: sqlite3.Connection) -> None:
    ledger = Ledger(db)
    quarantine = Quarantine(db, ledger, cap=10, quota=3)
    quarantine.add([case(1, "rare")])
    quarantine.add([case(number, "flood") for number in range(2, 30)])
    assert [one.seq for one in quarantine.cases()] == [1, 27, 28, 29]
    assert parts(ledger.tallies(), EVICTED) == {"quota": 25}
    assert ledger.evicted(1000) == [Range(2, 26)]


def test_at_its_cap_the_oldest_of_all_go(db: sqlite3.Connection) -> None:
    ledger = Ledger(db)
    quarantine = Quarantine(db, ledger, cap=4, quota=3)
    quarantine.add([case(number, f"reason {number % 3}") for number in range(1, 10)])
    assert [one.seq for one in quarantine.cases()] == [6, 7, 8, 9]
    assert ledger.tally(QUARANTINED) == quarantine.count() == 4


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.lists(st.sampled_from("abc"), min_size=1, max_size=6),
            st.sampled_from(["purge a", "purge", "release"]),
        ),
        max_size=15,
    )
)
def test_every_case_is_in_quarantine_released_or_evicted(history: list[list[str] | str]) -> None:
    db = tables()
    ledger = Ledger(db)
    quarantine = Quarantine(db, ledger, cap=8, quota=4)
    number = released = 0
    for step in history:
        if isinstance(step, list):
            quarantine.add([case(number + place, reason) for place, reason in enumerate(step, 1)])
            number += len(step)
        elif step == "release":
            for one in quarantine.cases(limit=1):
                quarantine.release(one, "stored.up")
                released += 1
        else:
            quarantine.purge(step.removeprefix("purge").strip() or None)
        tallies = ledger.tallies()
        held = quarantine.cases()
        assert tallies.get(QUARANTINED, 0) == len(held) <= 8
        counted = {reason: count for reason, count in parts(tallies, HELD).items() if count}
        assert counted == Counter(one.reason for one in held)
        assert max(counted.values(), default=0) <= 4
        assert tallies.get("stored.up", 0) == released
        assert len(held) + released + sum(parts(tallies, EVICTED).values()) == number
        assert sum(span.size for span in ledger.evicted(number)) == sum(parts(tallies, EVICTED).values())
    db.close()
