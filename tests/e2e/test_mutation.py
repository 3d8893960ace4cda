"""Proof that the proof works: whatever is lost on purpose, between the journal and the sinks, `verify` notices."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from ingest.data_dir import consumer_file
from ingest.journal.compression import Packer
from ingest.journal.writer import FILE
from ingest.ledger import Cursor
from ingest.sinks.store import StoreSink
from tests.fakes.house import House, ListSink, Way
from tests.fakes.influxdb import FakeInfluxDB
from tests.fakes.rig import sink_on
from tests.fakes.uplinks import city, raw, uplink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gateways.uplink import MalformedEvent, Message
    from ingest.consumer.feed import Kept
    from ingest.decoding.point import Point
    from ingest.derive.memory import Memory
    from ingest.journal.entry import Block
    from ingest.ports import Refusal


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Two consumers that have everything: good events, duplicates, quarantined and evicted ones."""
    with House(tmp_path, {"influxdb": Way(lambda _: ListSink()), "store": Way(StoreSink)}) as house:
        house.take([*city(30), uplink(1), uplink(1), raw(b"{"), raw(b"["), uplink(2, model=None)])
        house.drain()
        house.consumers["influxdb"].purge("no_model")
        house.take(city(20, seed=3))
        house.drain("store")
        house.consumers["influxdb"].evict(house.consumers["store"].cursor, "cap")
        house.honest()
        yield house


def change(path: Path, statement: str, *values: object) -> None:
    """Change a file behind everybody's back; it must change something."""
    db = sqlite3.connect(path)
    with db:
        assert db.execute(statement, values).rowcount > 0
    db.close()


def test_an_event_lost_between_the_journal_and_its_decoding(house: House) -> None:
    decoded = house.feed._decoded

    def loses_one(block: Block, messages: Sequence[Message | MalformedEvent], memory: Memory) -> list[Kept]:
        return decoded(block, messages, memory)[:-1]

    house.feed._decoded = loses_one  # type: ignore[method-assign]
    house.take(city(10, seed=4))
    house.drain("store")
    assert any(fault.startswith("store: it has read") and "1 are missing" in fault for fault in house.faults())


def test_a_batch_lost_in_a_sink(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ListSink, "write", lambda _self, _points: ())
    house.take(city(10, seed=4))
    house.drain("influxdb")
    assert any(fault.startswith("influxdb:") and "points were made" in fault for fault in house.faults())


def test_a_row_lost_in_the_store(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    write = StoreSink.write

    def loses_one(self: StoreSink, points: Sequence[Point]) -> Sequence[Refusal]:
        return write(self, points[1:])

    monkeypatch.setattr(StoreSink, "write", loses_one)
    house.take(city(10, seed=4))
    house.drain("store")
    assert any(fault.startswith("store:") and fault.endswith(": 1 are missing") for fault in house.faults())


def test_a_part_of_a_batch_lost_on_the_way_to_influxdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.sinks import influxdb  # noqa: PLC0415  (what is broken on purpose)

    with FakeInfluxDB() as server, House(tmp_path, {"influxdb": Way(lambda _: sink_on(server, "v1"))}) as house:
        house.take(city(10))
        house.drain()
        house.honest()
        cut = influxdb._cut
        monkeypatch.setattr(influxdb, "_cut", lambda part, pieces: cut(part, pieces)[:1])
        server.largest_body = 1000
        house.take(city(10, seed=4))
        house.drain()
        assert any("points were made" in fault for fault in house.faults())


def in_consumer(statement: str, *values: object) -> Callable[[House], None]:
    """Change the store's file."""
    return lambda house: change(consumer_file(house.folder, "store"), statement, *values)


def in_journal(statement: str, *values: object) -> Callable[[House], None]:
    """Change the journal's file."""
    return lambda house: change(house.folder / FILE, statement, *values)


def without_one_entry(house: House) -> None:
    """Take one event out of the newest block, and leave its row otherwise as it is."""
    block = house.reader.read(0, 1000)[-1]
    change(
        house.folder / FILE, "UPDATE block SET body = ? WHERE last = ?", Packer().pack(block.entries[1:]), block.last
    )


def too_far(house: House) -> None:
    """Move a cursor past events that nobody has read."""
    house.take(city(10, seed=4))
    seq, ordinal = house.consumers["store"].cursor
    house.consumers["store"].ledger.move(Cursor(seq + 10, ordinal + 10))


MUTATIONS = {
    "a row of the quarantine": in_consumer("DELETE FROM quarantine WHERE seq = (SELECT min(seq) FROM quarantine)"),
    "a cursor too far": too_far,
    "a cursor too far by its number alone": in_consumer("UPDATE cursor SET seq = seq - 20"),
    "a cursor too far by its count alone": in_consumer("UPDATE cursor SET ordinal = ordinal + 1"),
    "an event of a block": without_one_entry,
    "a block": in_journal("DELETE FROM block WHERE last = (SELECT max(last) FROM block)"),
    "a count of what was received": in_journal("UPDATE tally SET count = count - 1 WHERE name = 'received'"),
    "a count of duplicates": in_journal("UPDATE tally SET count = count + 1 WHERE name = 'duplicate'"),
    "a count of what is stored": in_consumer("UPDATE tally SET count = count - 1 WHERE name = 'stored.up'"),
    "a count of points": in_consumer("UPDATE tally SET count = count - 1 WHERE name = 'points.written'"),
}


@pytest.mark.parametrize("mutate", MUTATIONS.values(), ids=MUTATIONS)
def test_whatever_is_lost_from_the_files(house: House, mutate: Callable[[House], None]) -> None:
    mutate(house)
    assert house.faults() != []


def test_a_range_of_evicted_events_lost(house: House) -> None:
    change(consumer_file(house.folder, "influxdb"), "DELETE FROM evicted WHERE cause = 'cap'")
    assert any("counted as evicted" in fault for fault in house.faults())
