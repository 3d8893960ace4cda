"""The second log reaches every sink, each at its own pace, once in effect, and never at the journal's cost."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ingest import data_dir
from ingest.consumer import derived, retention
from ingest.consumer.derived import Delivery
from ingest.consumer.desk import Health
from ingest.decoding.point import Point
from ingest.delivered import Delivered, delivered
from ingest.errors import SinkUnavailable
from ingest.ledger import Ledger
from ingest.observe.log import Lines
from ingest.observe.troubles import Troubles
from ingest.rollup import trim as trimming
from ingest.rollup.derived_log import DerivedReader
from ingest.rollup.standing import Standing, read_standing
from ingest.rollup.trim import trim
from ingest.sinks.shrunk import part
from ingest.sinks.store import StoreSink
from ingest.sqlite import transaction
from tests.fakes.derived import HOUR, START, hour, log, state
from tests.fakes.house import NOW, House, ListSink, Way
from tests.fakes.uplinks import city

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.ports import Refusal

DAY = 24 * HOUR


def house_of(
    folder: Path, sink: ListSink | None = None, *, kept: int | None = None, said: list[str] | None = None
) -> House:
    """A house whose one consumer also reads the second log."""
    way = Way(StoreSink, expires=True) if sink is None else Way(sink.made)
    house = House(folder, {"store" if sink is None else sink.name: way})
    (consumer,) = house.consumers.values()
    troubles = None if said is None else Troubles(Lines(said.append))
    reader = DerivedReader(folder)
    consumer.derived = Delivery(consumer.name, consumer._db, reader, lambda: NOW, retention=kept, troubles=troubles)
    return house


def deliver(house: House) -> int:
    """Step until nothing is left, or it is to wait; how many steps did something."""
    (consumer,) = house.consumers.values()
    steps = 0
    while consumer.deliver():
        steps += 1
    return steps


def done(house: House) -> Delivered:
    """What the consumer's file says."""
    (name,) = house.consumers
    with closing(data_dir.read_consumer(house.folder, name)) as db:
        return delivered(db)


def kept_rows(folder: Path) -> dict[tuple[str, str, int], str]:
    """Every row of the store: measurement, site, time and its fields."""
    with closing(sqlite3.connect(data_dir.consumer_file(folder, "store"))) as db:
        query = "SELECT measurement, site, time, fields FROM series JOIN point ON series = id"
        return {(measurement, site, at): fields for measurement, site, at, fields in db.execute(query)}


def test_every_row_goes_to_the_sink_once_in_order_and_outside_the_ledger(tmp_path: Path) -> None:
    sink = ListSink()
    log(tmp_path, [hour(1), state(1)], [hour(2)])
    with house_of(tmp_path, sink) as house:
        house.take(city(20))
        house.drain()
        events = len(sink.points)
        assert deliver(house) == 1
        assert list(sink.points.values())[events:] == [hour(1), state(1), hour(2)]
        log(tmp_path, [hour(3)])
        assert deliver(house) == 1
        assert done(house)[:4] == (3, 4, 0, 0)
        account = house.account("influxdb")
        assert account.points["made"] == account.points["written"] == events
        assert account.derived == done(house)
        house.honest()


def test_a_step_takes_no_more_than_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "POINTS", 3)
    sink = ListSink()
    log(tmp_path, *[[hour(number), state(number)] for number in range(5)])
    with house_of(tmp_path, sink) as house:
        assert house.consumers["influxdb"].deliver()
        assert len(sink.points) == 4
        assert deliver(house) == 2
        assert len(sink.points) == 10


def test_where_there_is_no_log_there_is_nothing_to_do(tmp_path: Path) -> None:
    with house_of(tmp_path) as house:
        assert deliver(house) == 0
        assert done(house) == Delivered()
        log(tmp_path, [hour(1)])
        assert deliver(house) == 1


@pytest.mark.parametrize("dies_at", ["derived.after", "derived.cursor"])
def test_a_crash_in_the_middle_repeats_the_rows_to_the_same_effect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    def die(place: str) -> None:
        if place == dies_at:
            raise KeyboardInterrupt  # as little of the transaction as SIGKILL leaves

    sink = ListSink()
    log(tmp_path, [hour(1), hour(2)])
    with house_of(tmp_path, sink) as house, monkeypatch.context() as patched:
        patched.setattr(derived, "reach", die)
        with pytest.raises(KeyboardInterrupt):
            house.consumers["influxdb"].deliver()
        assert done(house) == Delivered()
        assert len(sink.points) == 2
    with house_of(tmp_path, sink) as house:
        assert deliver(house) == 1
        assert len(sink.points) == 2
        assert done(house)[:3] == (1, 2, 0)


def test_the_stores_rows_and_its_cursor_are_one_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(place: str) -> None:
        if place == "derived.cursor":
            raise KeyboardInterrupt

    log(tmp_path, [hour(1)])
    with house_of(tmp_path) as house:
        with monkeypatch.context() as patched:
            patched.setattr(derived, "reach", die)
            with pytest.raises(KeyboardInterrupt):
                house.consumers["store"].deliver()
        assert (kept_rows(tmp_path), done(house).seq) == ({}, 0)
        assert deliver(house) == 1
        assert (len(kept_rows(tmp_path)), done(house).seq) == (1, 1)


def test_a_sink_that_does_not_take_them_holds_up_no_event_and_is_asked_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lacking(ListSink):
        """Its place for roll-ups is missing."""

        missing = True

        def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
            if self.missing and any(point.measurement == "water_1h" for point in points):
                raise SinkUnavailable("no such bucket", "make it", alarm=True)
            return super().write(points)

    monkeypatch.setattr("ingest.consumer.derived.BACK_OFF", (30.0, 60.0))
    said: list[str] = []
    sink = Lacking()
    log(tmp_path, [hour(1)])
    with house_of(tmp_path, sink, said=said) as house:
        consumer = house.consumers["influxdb"]
        assert not consumer.deliver()
        assert consumer.health == Health("no such bucket", "make it", alarm=True)
        assert not consumer.stalled
        assert not consumer.deliver()
        assert consumer.derived is not None
        assert consumer.derived.failures == 1  # it was not asked again at once
        house.take(city(20))
        house.drain()
        assert house.honest().identity.stored == 20
        assert consumer.health.trouble == "no such bucket"
        sink.missing = False
        consumer.use(sink, None)  # other credentials: try at once
        assert consumer.deliver()
        assert consumer.health == Health()
        assert done(house)[:2] == (1, 1)
    assert [line.split("  ")[0] for line in said] == ["derived rows wait", "derived rows go on"]


def test_it_waits_as_long_as_the_sink_asks_and_the_pauses_double(tmp_path: Path) -> None:
    sink = ListSink()
    log(tmp_path, [hour(1)])
    with house_of(tmp_path, sink) as house:
        delivery = house.consumers["influxdb"].derived
        assert delivery is not None
        pauses = []
        for _ in range(10):
            sink.trouble = SinkUnavailable("busy")
            delivery.nudge()
            assert not delivery.step(sink, 0)
            pauses.append(delivery._due - time.monotonic())
        assert 0.3 < pauses[0] < 0.7
        assert 47 < pauses[-1] < 73
        sink.trouble = SinkUnavailable("busy", retry_after=600.0)
        delivery.nudge()
        assert not delivery.step(sink, 0)
        assert delivery._due - time.monotonic() > 590


def test_refused_rows_are_counted_with_the_last_words_and_the_rest_is_stored(tmp_path: Path) -> None:
    said: list[str] = []
    sink = ListSink()
    sink.refuses = lambda point: "type conflict" if point.measurement == "station" else ""
    log(tmp_path, [hour(1), state(1), hour(2)], [state(2), hour(3)])
    with house_of(tmp_path, sink, said=said) as house:
        assert deliver(house) == 1
        assert len(sink.points) == 3
        assert done(house) == Delivered(2, 3, 2, 0, NOW, NOW, "type conflict")
        assert house.consumers["influxdb"].health == Health()
    assert len(said) == 1  # one cause, said once
    assert "station" in said[0]
    assert "type conflict" in said[0]


def test_roll_ups_have_a_retention_of_their_own(tmp_path: Path) -> None:
    rows = [hour(0), hour(10), state(0), state(10)]
    for number, (own, others, expected) in enumerate([
        (None, None, rows),
        (NOW - START - 5 * HOUR, None, [hour(10), state(0), state(10)]),
        (None, NOW - START - 5 * HOUR, [hour(0), hour(10), state(10)]),
    ]):  # fmt: skip
        folder, sink = tmp_path / str(number), ListSink()
        folder.mkdir()
        log(folder, rows)
        with house_of(folder, sink, kept=own) as house:
            house.consumers["influxdb"].keep(others)
            assert deliver(house) == 1
            assert list(sink.points.values()) == expected
            assert done(house)[:4] == (1, len(expected), 0, 4 - len(expected))


@pytest.mark.parametrize(("kept", "left"), [(None, [0, 10]), (NOW - START - 5 * HOUR, [10])])
def test_the_stores_retention_leaves_roll_ups_alone_and_theirs_takes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int | None, left: list[int]
) -> None:
    monkeypatch.setattr(retention, "PAUSE", 0.0)
    with house_of(tmp_path, kept=kept) as house:
        consumer = house.consumers["store"]
        assert consumer.derived is not None
        consumer.derived._retention = None  # they were stored while the retention was another
        log(tmp_path, [hour(0), hour(10)])
        deliver(house)
        house.take(city(50, start=START))
        house.drain()
        consumer.derived._retention = kept
        consumer.keep(DAY if kept else HOUR // 60)  # all events' rows, or none of them
        for _ in range(200):
            consumer.expire()
        hours = [at for measurement, _, at in kept_rows(tmp_path) if measurement == "water_1h"]
        assert sorted(hours) == [START + number * HOUR for number in left]
        others = [one for one in kept_rows(tmp_path) if one[0] != "water_1h"]
        assert bool(others) == bool(kept)
        tallies = Ledger(consumer._db).tallies()
        assert tallies.get("derived.expired", 0) == 2 - len(left)


def test_a_log_that_fell_back_behind_the_cursor_is_read_from_where_it_is(tmp_path: Path) -> None:
    sink = ListSink()
    log(tmp_path, [hour(1)], [hour(2)], [hour(3)])
    with house_of(tmp_path, sink) as house:
        deliver(house)
        assert done(house).seq == 3
    with closing(data_dir.open_consumer(tmp_path, "rollup")) as db, transaction(db):  # as a power cut leaves it
        db.execute("DELETE FROM derived WHERE seq > 1")
        db.execute("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'derived'")
    with house_of(tmp_path, sink) as house:
        assert done(house).seq == 1
        log(tmp_path, [hour(2, water_level_mean=7.0)])
        assert deliver(house) == 1
        row = sink.points["water_1h", ("cau-rong", "hai-chau", "0"), START + 2 * HOUR]
        assert dict(row.fields)["water_level_mean"] == 7.0


def test_a_damaged_log_is_told_and_costs_no_event(tmp_path: Path) -> None:
    log(tmp_path, [hour(1)])
    with closing(data_dir.open_consumer(tmp_path, "rollup")) as db:
        db.execute("UPDATE derived SET data = x'00'")
    with house_of(tmp_path) as house:
        assert deliver(house) == 0
        assert "block 1 of derived rows is damaged" in house.consumers["store"].health.trouble
        assert house.consumers["store"].health.alarm
        house.take(city(5))
        house.drain()
        assert house.honest().identity.stored == 5


def test_neither_waits_for_the_other_in_the_consumers_own_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "POINTS", 1)
    sink = ListSink()
    log(tmp_path, *[[hour(number)] for number in range(40)])
    with house_of(tmp_path, sink) as house:
        consumer = house.consumers["influxdb"]
        house.take(city(10))
        thread = threading.Thread(target=consumer.run)
        thread.start()
        deadline = time.monotonic() + 20
        for number in range(20):  # the journal is never idle for long, and the log is read all the same
            house.take(city(2, start=START + number * HOUR, seed=number))
            time.sleep(0.01)
        while done(house).seq < 40 and time.monotonic() < deadline:
            time.sleep(0.02)
        log(tmp_path, [hour(50)])  # while it is idle
        while done(house).seq < 41 and time.monotonic() < deadline:
            time.sleep(0.02)
        consumer.stop()
        thread.join(10)
        assert done(house).seq == 41
        assert consumer.cursor.seq == 50
        house.honest()


def test_a_row_of_the_store_loses_what_is_gone_and_goes_with_its_last_field(tmp_path: Path) -> None:
    def changed(number: int, gone: tuple[str, ...] = (), **fields: float) -> Point:
        one = hour(number)
        return Point(one.measurement, one.tags, tuple(fields.items()), one.time, revises=True, gone=gone)

    log(tmp_path, [hour(1, a=1.0, b=2.0), hour(2, a=1.0), changed(1, ("b",), a=3.0), hour(3, a=1.0, b=1.0)])
    log(
        tmp_path,
        [changed(3, ("a",), b=5.0), changed(3, (), a=4.0, b=5.0), changed(2, ("a",)), changed(9, ("a",), b=1.0)],
    )
    with house_of(tmp_path) as house:
        deliver(house)
        assert {at: fields for (_, _, at), fields in kept_rows(tmp_path).items()} == {
            START + HOUR: '{"a":3.0}',
            START + 3 * HOUR: '{"b":5.0,"a":4.0}',
            START + 9 * HOUR: '{"b":1.0}',
        }
        assert done(house)[:3] == (2, 8, 0)


def test_rows_that_lost_a_field_are_deleted_first_and_written_once_as_they_are_last() -> None:
    gone = hour(1)
    gone = Point(gone.measurement, gone.tags, (("a", 2.0),), gone.time, revises=True, gone=("b",))
    empty = Point(gone.measurement, gone.tags, (), START, revises=True, gone=("a",))
    batch = [hour(1, a=1.0, b=1.0), hour(2), gone, hour(0, a=1.0), empty, state(1)]
    found = part(batch)
    assert set(found.rows) == {gone, empty}
    assert list(found.kept) == [1, 2, 5]
    assert [(one.time, one.gone) for one in found.points] == [
        (START + 2 * HOUR, ()),
        (START + HOUR, ()),
        (START + HOUR, ()),
    ]
    assert part(batch[:2]).rows == ()
    assert part(batch[:2]).points == batch[:2]


def test_what_every_sink_has_is_forgotten_and_nothing_else(tmp_path: Path) -> None:
    log(tmp_path, [hour(1)], [hour(2)], [hour(3)])
    with closing(data_dir.open_consumer(tmp_path, "rollup")) as db:
        with transaction(db):
            assert trim(db, {"influxdb": 1, "store": 3}, START) == {}
        assert [seq for (seq,) in db.execute("SELECT seq FROM derived")] == [2, 3]
        with transaction(db):
            assert trim(db, {}, START + 1000 * DAY) == {}  # nobody knows now what the sinks have
        assert [seq for (seq,) in db.execute("SELECT seq FROM derived")] == [2, 3]
    log(tmp_path, [hour(4)])
    assert read_standing(tmp_path, {"influxdb": 1, "store": 3}) == Standing(None, {"influxdb": 3, "store": 1}, {})


def test_past_its_bounds_the_oldest_go_and_are_counted_for_whoever_lacks_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(tmp_path, [hour(1), state(1)], [hour(2)])
    log(tmp_path, [hour(3)], at=START + 50 * DAY)
    with closing(data_dir.open_consumer(tmp_path, "rollup")) as db:
        with transaction(db):
            assert trim(db, {"influxdb": 1, "store": 0}, START + 91 * DAY) == {"influxdb": 1, "store": 3}
        assert [seq for (seq,) in db.execute("SELECT seq FROM derived")] == [3]
        with transaction(db):
            assert trim(db, {"influxdb": 1, "store": 0}, START + 91 * DAY) == {}
    log(tmp_path, [hour(4)])
    with closing(data_dir.open_consumer(tmp_path, "rollup")) as db:
        (size,) = db.execute("SELECT length(data) FROM derived WHERE seq = 4").fetchone()
        monkeypatch.setattr(trimming, "MOST_BYTES", size)
        with transaction(db):
            assert trim(db, {"influxdb": 3, "store": 0}, START + 50 * DAY) == {"store": 1}
        assert [seq for (seq,) in db.execute("SELECT seq FROM derived")] == [4]
    standing = read_standing(tmp_path, {"influxdb": 3, "store": 0})
    assert standing == Standing(None, {"influxdb": 1, "store": 1}, {"influxdb": 1, "store": 4})


def test_a_sink_goes_on_behind_what_was_given_up(tmp_path: Path) -> None:
    sink = ListSink()
    log(tmp_path, [hour(1)], [hour(2)], [hour(3)])
    with closing(data_dir.open_consumer(tmp_path, "rollup")) as db, transaction(db):
        db.execute("DELETE FROM derived WHERE seq <= 2")
    with house_of(tmp_path, sink) as house:
        assert deliver(house) == 1
        assert list(sink.points.values()) == [hour(3)]
