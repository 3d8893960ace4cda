"""The contract of `ingest.ports.Journal`, asked of every implementation."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.journal.entry import Block, Entry, Verdict
from ingest.journal.writer import SqliteJournal
from ingest.ports import Journal, JournalReader, Totals
from tests.fakes.journal import MemoryJournal, Shelf
from tests.fakes.uplinks import recorded

Open = Callable[[], Journal]


def _opens_sqlite(folder: Path) -> Open:
    def opens() -> Journal:
        return SqliteJournal(folder)

    return opens


def _opens_memory(_: Path) -> Open:
    shelf = Shelf()

    def opens() -> Journal:
        return MemoryJournal(shelf)

    return opens


@pytest.fixture(params=[_opens_sqlite, _opens_memory], ids=["sqlite", "memory"])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same journal each time that it is called."""
    chosen: Open = request.param(tmp_path)
    return chosen


def entry(number: int, verdict: Verdict = Verdict.KEPT) -> Entry:
    """An event with something in every place."""
    return Entry(
        topic=f"application/x/device/{number:016x}/event/up",
        payload=b'{"n":%d,"\xff\x00":"' % number + bytes(range(256)) + b'"}',
        source="main",
        arrived_at=1_790_000_000_000_000_000 + number,
        received_at=1_790_000_000_000_000_000 - number,
        verdict=verdict.value,
        gap=number % 3,
        length=number % 2 * 300_000,
        digest=bytes(32 * (number % 2)),
    )


def entries(*numbers: int, duplicates: Sequence[int] = ()) -> list[Entry]:
    """These; the named ones are duplicates."""
    return [entry(number, Verdict.DUPLICATE if number in duplicates else Verdict.KEPT) for number in numbers]


def numbered(blocks: Sequence[Block]) -> list[tuple[int, Entry]]:
    """The entries with their numbers."""
    return [(block.first + place, one) for block in blocks for place, one in enumerate(block.entries)]


def test_entries_come_back_in_order_and_as_they_were(opens: Open) -> None:
    journal = opens()
    first, second = entries(1, 2, 3), entries(4, 5)
    assert journal.append(first) == Block(3, 3, tuple(first))
    assert journal.append(second) == Block(5, 5, tuple(second))
    reader = journal.reader()
    assert numbered(reader.read(0, 100)) == list(enumerate(first + second, 1))
    reader.close()
    journal.close()


def test_ordinals_count_what_is_no_duplicate(opens: Open) -> None:
    journal = opens()
    assert journal.append(entries(1, 2, 3, duplicates=[2])).ordinal == 2
    assert journal.append(entries(4, duplicates=[4])).ordinal == 2
    assert journal.append(entries(5, 6)).ordinal == 4
    reader = journal.reader()
    assert [(block.last, block.ordinal) for block in reader.read(0, 100)] == [(3, 2), (4, 2), (6, 4)]
    assert [reader.pending(after) for after in (0, 3, 4, 6)] == [4, 2, 2, 0]
    reader.close()
    journal.close()


@pytest.mark.parametrize(
    ("after", "events", "lasts"),
    [(0, 1, [3]), (0, 3, [3]), (0, 4, [3, 5]), (3, 1, [5]), (3, 99, [5, 6]), (4, 1, [5]), (6, 5, []), (99, 5, [])],
)
def test_reading_gives_whole_blocks_until_there_are_enough(
    opens: Open, after: int, events: int, lasts: list[int]
) -> None:
    journal = opens()
    for numbers in ((1, 2, 3), (4, 5), (6,)):
        journal.append(entries(*numbers))
    reader = journal.reader()
    assert [block.last for block in reader.read(after, events)] == lasts
    reader.close()
    journal.close()


def test_of_a_block_that_goes_on_behind_a_number_the_rest_is_read(opens: Open) -> None:
    """Blocks that were read one by one may have been joined since."""
    journal = opens()
    journal.append(entries(1, 2, 3, 4, duplicates=[2, 3]))
    reader = journal.reader()
    assert reader.read(2, 10) == [Block(4, 2, tuple(entries(3, 4, duplicates=[3])))]
    assert [reader.pending(after) for after in range(5)] == [2, 1, 1, 1, 0]
    reader.close()
    journal.close()


def test_a_reader_sees_each_block_once_it_is_appended(opens: Open) -> None:
    journal = opens()
    reader = journal.reader()
    assert reader.read(0, 10) == []
    block = journal.append(entries(1))
    assert reader.read(0, 10) == [block]
    assert reader.totals().received == 1
    reader.close()
    journal.close()


def test_what_is_appended_is_there_after_reopening(opens: Open) -> None:
    journal = opens()
    journal.append(entries(1, 2, duplicates=[2]), bytes(range(32)))
    journal.remember({7: b"seven"})
    journal.close()
    again = opens()
    reader = again.reader()
    assert numbered(reader.read(0, 10)) == list(enumerate(entries(1, 2, duplicates=[2]), 1))
    assert reader.totals() == Totals(2, 2, 1, 1, 0, 0)
    assert b"".join(reader.identities(10)) == bytes(range(32))
    assert reader.devices() == (2, {7: b"seven"})
    assert again.append(entries(3)).last == 3
    reader.close()
    again.close()


def test_numbers_never_repeat_even_after_everything_was_dropped(opens: Open) -> None:
    journal = opens()
    journal.append(entries(1, 2, 3, duplicates=[3]))
    assert journal.drop(3) == 3
    journal.close()
    again = opens()
    reader = again.reader()
    assert reader.read(0, 10) == []
    assert reader.totals() == Totals(3, 3, 1, 4, 3, 1)
    assert again.append(entries(4)) == Block(4, 3, tuple(entries(4)))
    assert reader.totals() == Totals(4, 4, 1, 4, 3, 1)
    reader.close()
    again.close()


def test_only_whole_blocks_are_dropped_oldest_first(opens: Open) -> None:
    journal = opens()
    for numbers in ((1, 2, 3), (4, 5), (6,)):
        journal.append(entries(*numbers))
    reader = journal.reader()
    assert journal.drop(2) == 0
    assert reader.totals().oldest == 1
    assert journal.drop(4) == 3
    assert [block.last for block in reader.read(0, 99)] == [5, 6]
    assert reader.totals() == Totals(6, 6, 0, 4, 3, 0)
    assert journal.drop(99) == 3
    assert reader.totals() == Totals(6, 6, 0, 7, 6, 0)
    assert journal.drop(99) == 0
    reader.close()
    journal.close()


def test_identities_are_those_of_at_least_the_last_events(opens: Open) -> None:
    journal = opens()
    marks = [bytes([number]) * 16 for number in range(1, 7)]
    journal.append(entries(1, 2, 3), b"".join(marks[:3]))
    journal.append(entries(4, 5), b"".join(marks[3:5]))
    journal.append(entries(6), marks[5])
    reader = journal.reader()
    assert b"".join(reader.identities(1)) == marks[5]
    assert b"".join(reader.identities(2)) == b"".join(marks[3:])
    assert b"".join(reader.identities(4)) == b"".join(marks)
    assert b"".join(reader.identities(99)) == b"".join(marks)
    reader.close()
    journal.close()


def test_events_without_identities_have_zeros_for_them(opens: Open) -> None:
    journal = opens()
    journal.append(entries(1, 2))
    reader = journal.reader()
    assert list(reader.identities(5)) == [bytes(32)]
    reader.close()
    journal.close()


def test_what_is_remembered_holds_as_of_the_last_block_and_adds_to_what_was(opens: Open) -> None:
    journal = opens()
    reader = journal.reader()
    assert reader.devices() == (0, {})
    journal.append(entries(1))
    journal.remember({1: b"a", 2: b"b"})
    journal.append(entries(2))
    assert reader.devices() == (1, {1: b"a", 2: b"b"})
    journal.remember({2: b"c"})
    assert reader.devices() == (2, {1: b"a", 2: b"c"})
    reader.close()
    journal.close()


def test_every_dev_eui_can_be_remembered(opens: Open) -> None:
    """Dragino's, for one, begin with a84041: above what a signed number holds."""
    journal = opens()
    states = {number: b"%d" % number for number in (0, 1, 0xA840_4100_0000_0001, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)}
    journal.remember(states)
    journal.close()
    again = opens()
    reader = again.reader()
    assert reader.devices() == (0, states)
    reader.close()
    again.close()


def test_a_thousand_recorded_events_come_back_byte_for_byte(opens: Open) -> None:
    """Enough of them for the compression's dictionaries to be trained on the way."""
    journal = opens()
    expected = []
    for number, event in enumerate(recorded() * 14):
        one = Entry(event.topic, event.payload, event.source, event.arrived_at, number)
        journal.append([one])
        expected.append(one)
        if isinstance(journal, SqliteJournal):
            journal.tidy()
    journal.close()
    again = opens()
    reader = again.reader()
    assert numbered(reader.read(0, 10_000)) == list(enumerate(expected, 1))
    reader.close()
    again.close()


def test_numbers_that_were_skipped_are_never_given(opens: Open) -> None:
    journal = opens()
    journal.append(entries(1, 2, 3, duplicates=[3]))
    journal.skip(1000, 7)
    reader = journal.reader()
    assert reader.totals() == Totals(3, 3, 1, 1, 0, 0)
    journal.close()
    again = opens()
    assert reader.read(3, 10) == []
    assert again.append(entries(4, 5)) == Block(1002, 4, tuple(entries(4, 5)))
    assert [number for number, _ in numbered(reader.read(0, 10))] == [1, 2, 3, 1001, 1002]
    assert [one for _, one in numbered(reader.read(0, 10))] == entries(1, 2, 3, 4, 5, duplicates=[3])
    assert [reader.pending(after) for after in (0, 2, 3, 500, 1000, 1001, 1002)] == [4, 2, 2, 2, 2, 1, 0]
    assert again.drop(3) == 3
    assert reader.totals() == Totals(1002, 5, 1, 1001, 3, 1)
    assert again.append(entries(6)).last == 1003
    reader.close()
    again.close()


def test_skipping_again_or_less_changes_nothing_that_was_given(opens: Open) -> None:
    journal = opens()
    journal.skip(1000, 7)
    journal.skip(10, 7)
    reader = journal.reader()
    assert reader.totals() == Totals(0, 0, 0, 1, 0, 0)
    assert journal.append(entries(1)).last == 1001
    journal.skip(2000, 7)
    journal.skip(3000, 7)
    assert reader.totals().last == 1001
    assert journal.append(entries(2)).last == 3001
    assert [block.last for block in reader.read(0, 10)] == [1001, 3001]
    reader.close()
    journal.close()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.lists(st.booleans(), min_size=1, max_size=4),
            st.integers(min_value=0, max_value=30),
            st.just("reopen"),
            st.just("skip"),
        ),
        max_size=12,
    )
)
def test_both_say_the_same_after_the_same_history(
    tmp_path_factory: pytest.TempPathFactory, history: list[list[bool] | int | str]
) -> None:
    ways = [_opens_sqlite(tmp_path_factory.mktemp("journal")), _opens_memory(Path())]
    pair = [way() for way in ways]
    for number, step in enumerate(history):
        if isinstance(step, list):
            kinds = [Verdict.DUPLICATE if duplicate else Verdict.KEPT for duplicate in step]
            block, other = (journal.append([entry(n, kind) for n, kind in enumerate(kinds)]) for journal in pair)
            assert block == other
        elif isinstance(step, int):
            dropped, other_dropped = (journal.drop(step) for journal in pair)
            assert dropped == other_dropped
        elif step == "skip":
            for journal in pair:
                journal.skip(100 * number, 7)
        else:
            for journal in pair:
                journal.close()
            pair = [way() for way in ways]
        one, two = (_seen(journal.reader()) for journal in pair)
        assert one == two
    for journal in pair:
        journal.close()


def _seen(reader: JournalReader) -> tuple[Totals, list[Block], list[int]]:
    seen = reader.totals(), reader.read(0, 1000), [reader.pending(after) for after in range(0, 30, 5)]
    reader.close()
    return seen


def test_a_journal_that_the_disk_refuses_keeps_nothing_and_takes_the_same_again(tmp_path: Path) -> None:
    shelf = Shelf()
    shelf.full = True
    memory: Journal = MemoryJournal(shelf)
    on_disk = SqliteJournal(tmp_path)
    pages = on_disk._db.execute("PRAGMA page_count").fetchone()[0]
    on_disk._db.execute(f"PRAGMA max_page_count = {pages}")
    big = [entry(number) for number in range(1, 400)]
    for journal in (memory, on_disk):
        with pytest.raises(OSError, match="No space left on device"):
            journal.append(big, tally={"gaps": 3})
        reader = journal.reader()
        assert reader.totals() == Totals(0, 0, 0, 1, 0, 0)
        reader.close()
    shelf.full = False
    on_disk._db.execute("PRAGMA max_page_count = 1000000")
    for journal in (memory, on_disk):
        assert journal.append(big, tally={"gaps": 3}).last == len(big)
        journal.close()
    with sqlite3.connect(tmp_path / "journal.db") as db:
        assert db.execute("SELECT count FROM tally WHERE name = 'gaps'").fetchone() == (3,)
    db.close()


def test_blocks_on_both_sides_of_skipped_numbers_are_not_joined(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    for first in range(0, 300, 3):
        journal.append([entry(first + n) for n in range(3)])
    journal.skip(10_000, 7)
    for first in range(300, 900, 3):
        journal.append([entry(first + n) for n in range(3)])
    reader = journal.reader()
    before = numbered(reader.read(0, 10_000))
    assert before[299:301] == [(300, entry(299)), (10_001, entry(300))]
    assert not journal.compact(through=299)
    assert journal.compact(through=300)
    assert journal.compact(through=10_600)
    assert not journal.compact(through=10_600)
    assert numbered(reader.read(0, 10_000)) == before
    joined = [block.last for block in reader.read(0, 10_000)]
    assert (joined[0], joined[1] - 10_000) == (300, 501)
    assert [reader.pending(after) for after in (0, 150, 300, 5_000, 10_000, 10_100)] == [900, 750, 600, 600, 600, 500]
    reader.close()
    journal.close()


def test_what_is_left_behind_dropped_blocks_is_joined(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    for first in range(0, 1_200, 3):
        journal.append([entry(first + n) for n in range(3)])
    journal.drop(through=300)
    reader = journal.reader()
    before = numbered(reader.read(0, 10_000))
    assert journal.compact(through=1_200)
    assert numbered(reader.read(0, 10_000)) == before
    assert [block.last for block in reader.read(0, 10_000)][:2] == [801, 804]
    reader.close()
    journal.close()


def test_a_dictionary_is_trained_on_the_newest_events_wherever_their_numbers_are(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    events = [Entry(one.topic, one.payload, one.source, one.arrived_at, 0) for one in recorded() * 4]
    for one in events[:-1]:
        journal.append([one])
    journal.skip(1_000_000, 7)
    journal.append(events[-1:])
    journal.tidy()
    assert len(journal._db.execute("SELECT body FROM dictionary").fetchone()[0]) > 1000
    journal.close()


def test_joined_blocks_hold_the_same_events_for_whoever_reads_from_anywhere(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    for first in range(0, 600, 3):
        kinds = (Verdict.KEPT, Verdict.DUPLICATE if first % 2 else Verdict.KEPT, Verdict.RESET)
        journal.append([entry(first + n, kind) for n, kind in enumerate(kinds)], bytes([first % 251]) * 48)
    reader = journal.reader()
    places = range(0, 601, 7)
    before = [numbered(reader.read(after, 10_000)) for after in places]
    pending, totals = [reader.pending(after) for after in places], reader.totals()
    identities = b"".join(reader.identities(600))
    assert not journal.compact(through=499)
    assert journal.compact(through=600)
    assert not journal.compact(through=600)
    assert len(reader.read(0, 10_000)) < 200 // 2
    assert [numbered(reader.read(after, 10_000)) for after in places] == before
    assert ([reader.pending(after) for after in places], reader.totals()) == (pending, totals)
    assert b"".join(reader.identities(600)) == identities
    assert journal.append([entry(1)]).last == 601
    reader.close()
    journal.close()
    again = SqliteJournal(tmp_path)
    reader = again.reader()
    assert numbered(reader.read(0, 10_000))[:600] == before[0]
    reader.close()
    again.close()
