"""What a consumer remembers of devices is as of its cursor, whatever was read ahead, given up, released or cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ingest import data_dir, recollection
from ingest.consumer import consumer as consuming
from ingest.consumer import feed, remembering
from ingest.decoding.decoding import Decoding
from ingest.derive.stage import work_out
from ingest.devices import Device, Directory
from ingest.ledger import Cursor
from ingest.sinks.store import StoreSink
from tests.fakes.house import House, ListSink, Way
from tests.fakes.uplinks import SECOND, START, uplink

if TYPE_CHECKING:
    from pathlib import Path

    from gateways.uplink import Event

DEVICE = "02c1710000000001"
METER = "milesight/em300-di"
Rows = dict[int, dict[str, float | str]]


def pulses(number: int, total: int | None = None, *, model: str | None = METER, dev_eui: str = DEVICE) -> Event:
    """A meter's report each quarter of an hour: 10 pulses more each time."""
    count = 10 * number if total is None else total
    at = START + number * 900 * SECOND
    return uplink(number, f"05c8{count.to_bytes(4, 'little').hex()}", at=at, model=model, dev_eui=dev_eui)


def rows(house: House, name: str = "store") -> Rows:
    """What a sink holds of the meter, by the number of the report."""

    def read(desk: Any) -> Rows:
        found = desk.sink.rows(0, 1 << 62, "") if name == "store" else desk.sink.points.values()
        own = [row for row in found if row.measurement != "radio"]
        return {round((row.time - START) / 900 / SECOND): dict(row.fields) for row in own}

    return house.consumers[name].desk(read)


def lived(folder: Path, *numbers: int) -> Rows:
    """What a house holds to which nothing happens."""
    with House(folder) as house:
        for number in numbers:
            house.take([pulses(number)])
        house.drain()
        return rows(house)


def remembered(house: House, name: str = "store") -> bytes:
    return house.consumers[name]._remembering.memory.of(DEVICE)


def test_what_was_read_ahead_of_an_eviction_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The events that were evicted are those of nobody; the rest comes out as if the journal began behind them."""
    monkeypatch.setattr(consuming, "BATCH", 8)
    sink = ListSink()
    with House(tmp_path / "a", {"influxdb": Way(sink.made)}, tail_events=1) as house:
        consumer = house.consumers["influxdb"]
        for number in range(30):
            house.take([pulses(number)])
        make = consumer._batch

        def evicts_first(taken: Any) -> Any:
            consumer._batch = make  # type: ignore[method-assign]
            consumer._ahead._begun[1].result()  # type: ignore[index]
            assert consumer.evict(Cursor(5, 5), "cap")
            return make(taken)

        consumer._batch = evicts_first  # type: ignore[method-assign]
        house.drain()
        assert rows(house, "influxdb") == lived(tmp_path / "b", *range(5, 30))
        assert consumer.ledger.tally("points.unplaced") == 0
        house.honest()


def test_a_consumer_that_remembers_otherwise_does_not_take_over_what_another_worked_out(tmp_path: Path) -> None:
    first, second = ListSink("influxdb"), Way(StoreSink)
    with House(tmp_path / "a", {"influxdb": Way(first.made), "store": second}) as house:
        house.take([pulses(0)])
        house.drain("influxdb")
        assert house.consumers["store"].evict(Cursor(1, 1), "cap")
        for number in range(1, 6):
            house.take([pulses(number)])
            house.drain("store")
            house.drain("influxdb")
        assert rows(house, "influxdb") == lived(tmp_path / "b", *range(6))
        assert rows(house, "store") == lived(tmp_path / "c", *range(1, 6))


def without_model(house: House) -> None:
    house.feed.decode = Decoding(Directory().resolve)


def with_model(house: House) -> None:
    house.feed.decode = Decoding(Directory([Device(DEVICE, model=METER)]).resolve)


@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize("other", [False, True])
def test_a_released_event_is_a_late_one(tmp_path: Path, *, ahead: bool, other: bool) -> None:
    """Also where the next batch was worked out without it already, or another consumer has not released it."""
    sink = ListSink()
    ways = {"store": Way(StoreSink), **({"influxdb": Way(sink.made)} if other else {})}
    with House(tmp_path / "a", ways) as house:
        without_model(house)
        house.take([pulses(0, model=METER), pulses(1, model=None), pulses(2, model=METER)])
        house.drain()
        with_model(house)
        assert rows(house) == {0: {"pulses": 0.0}, 2: {"pulses": 20.0, "pulse_count": 20.0}}
        if ahead:
            house.take([pulses(3)])
            if other:
                house.drain("influxdb")
            consumer = house.consumers["store"]
            make = consumer._batch

            def releases_first(taken: Any) -> Any:
                consumer._batch = make  # type: ignore[method-assign]
                assert consumer.replay() == (1, 0)
                return make(taken)

            consumer._batch = releases_first  # type: ignore[method-assign]
        else:
            assert house.consumers["store"].replay() == (1, 0)
            house.take([pulses(3)])
        house.drain()
        assert rows(house) == lived(tmp_path / "b", *range(4))
        if other:
            assert rows(house, "influxdb")[2]["pulse_count"] == 20.0
            assert house.consumers["influxdb"].replay() == (1, 0)
            assert rows(house, "influxdb") == rows(house)
        house.honest()


def test_what_a_release_changed_outlives_a_crash(tmp_path: Path) -> None:
    with House(tmp_path / "a") as house:
        without_model(house)
        house.take([pulses(0, model=METER), pulses(1, model=None), pulses(2, model=METER)])
        house.drain()
        with_model(house)
        assert house.consumers["store"].replay() == (1, 0)
        known = house.consumers["store"]._remembering.of([DEVICE]).of(DEVICE)
    with House(tmp_path / "b") as house:
        house.take([pulses(number) for number in range(3)])
        house.drain()
        assert remembered(house) == known
    with House(tmp_path / "a") as house:
        assert remembered(house) == known
        house.take([pulses(3)])
        house.drain()
        assert rows(house) == lived(tmp_path / "c", *range(4))


def test_what_was_written_down_is_written_anew_before_it_is_more_than_the_city(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "NOTED_EVENTS", 2)
    monkeypatch.setattr(recollection, "PART", 3)
    with House(tmp_path) as house:
        for number in range(41):
            house.take([pulses(number, dev_eui=f"02c17100000000{number % 5:02x}")])
            house.drain()
            assert recollection.held(house.consumers["store"]._db) <= 2 * 5 + 2 + 5
        known = house.consumers["store"]._remembering.memory
        assert recollection.recollect(house.consumers["store"]._db) == (41, known._devices)
        assert len(known._devices) == 5


@pytest.mark.parametrize("noted", [1, 3, 1000])
def test_a_crash_at_any_event_leaves_what_was_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noted: int
) -> None:
    monkeypatch.setattr(remembering, "NOTED_EVENTS", noted)
    for number in (0, 2, 1, 3, 5, 4, 9, 6, 8, 7, 10):
        with House(tmp_path / "a") as house:
            house.take([pulses(number)])
            house.drain()
            known = remembered(house)
        with House(tmp_path / "a") as house:
            assert remembered(house) == known
    with House(tmp_path / "a") as house:
        assert rows(house) == lived(tmp_path / "b", *range(11))


def test_blocks_are_dropped_only_once_it_is_written_down(tmp_path: Path) -> None:
    with House(tmp_path / "a") as house:
        for number in range(6):
            house.take([pulses(number)])
        house.drain()
        known = remembered(house)
        consumer = house.consumers["store"]
        assert recollection.recollect(consumer._db)[0] == -1
        assert consumer.settle(4)
        assert recollection.recollect(consumer._db)[0] == 6
        house.journal.drop(6)
    with House(tmp_path / "a") as house:
        assert remembered(house) == known


def test_a_consumer_configured_later_begins_with_what_the_journal_has(tmp_path: Path) -> None:
    with House(tmp_path / "a") as house:
        for number in range(6):
            house.take([pulses(number)])
        house.drain()
        house.consumers["store"].settle()
        house.journal.drop(2)
    sink = ListSink()
    with House(tmp_path / "a", {"store": Way(StoreSink), "influxdb": Way(sink.made)}) as house:
        house.drain()
        assert rows(house, "influxdb") == lived(tmp_path / "b", *range(2, 6))
        house.honest()


def test_a_file_of_before_the_upgrade_remembers_what_the_journal_still_says(tmp_path: Path) -> None:
    with House(tmp_path / "a") as house:
        for number in range(6):
            house.take([pulses(number)])
        house.drain()
        known = remembered(house)
    db = data_dir.open_consumer(tmp_path / "a", "store")
    with db:
        db.execute("DELETE FROM memory")
        db.execute("UPDATE memory_at SET seq = -1")
    db.close()
    with House(tmp_path / "a") as house:
        assert remembered(house) == known


def test_a_batch_that_is_written_again_and_again_changes_what_is_remembered_once(tmp_path: Path) -> None:
    sink = ListSink()
    with House(tmp_path / "a", {"influxdb": Way(sink.made)}) as house:
        for number in (0, 2, 1):
            house.take([pulses(number)])
        house.drain()
        again = sink.points
        assert rows(house, "influxdb") == lived(tmp_path / "b", *range(3))
        db = house.consumers["influxdb"]._db
        with db:
            db.execute("UPDATE cursor SET seq = 0, ordinal = 0")
            db.execute("DELETE FROM tally")
    with House(tmp_path / "a", {"influxdb": Way(sink.made)}) as house:
        house.drain()
        assert sink.points == again


def test_a_defect_of_ours_harms_its_event_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(points: Any, *known: Any) -> Any:
        if any(dict(point.fields).get("pulses") == 10.0 for point in points):
            raise ZeroDivisionError("nothing to divide by")
        return work_out(points, *known)

    with House(tmp_path) as house, monkeypatch.context() as broken:
        broken.setattr(feed, "work_out", breaks)
        house.take([pulses(number) for number in range(3)])
        house.drain()
        (case,) = house.consumers["store"].quarantine.cases()
        assert (case.reason, case.detail) == ("derive_defect", "ZeroDivisionError: nothing to divide by")
        assert case.subject == f"{DEVICE} milesight/em300_di"
        assert set(rows(house)) == {0, 2}
        assert house.honest().identity.quarantined == 1
        broken.undo()
        assert house.consumers["store"].replay() == (1, 0)
        assert rows(house)[2] == {"pulses": 20.0, "pulse_count": 10.0}
