"""Thirty days lived through, then worked out again from the journal: not a row differs."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from gateways.rfc3339 import parse
from ingest.consumer import remembering
from ingest.derive.past import LOOK_BACK
from ingest.ports import Rewritable
from ingest.replay import plan as planning
from ingest.replay.plan import Span, Wanted
from ingest.replay.rewrite import Order, Report, replay
from ingest.sinks.influxdb import InfluxSink
from ingest.sinks.settings import InfluxSettings
from ingest.sinks.store import StoreSink
from tests.fakes.house import STORE, House, ListSink, Way
from tests.fakes.month import BEGIN, DAY, INTERVAL, SENSORS, directory, events, facts
from tests.fakes.uplinks import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gateways.uplink import Event
    from ingest.decoding.point import Point
    from tests.servers import Database

EVER = Span(-(1 << 63), (1 << 63) - 1)
Rows = dict[tuple[str, tuple[str, ...], int], dict[str, float | str]]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that there are many slices, and what is remembered is written down many times."""
    monkeypatch.setattr(planning, "EVENTS", 1_000)
    monkeypatch.setattr(remembering, "NOTED_EVENTS", 700)


def house(folder: Path, ways: dict[str, Way]) -> House:
    return House(folder, ways, directory=directory(), facts=facts(), tail_events=300)


def live(folder: Path, given: Iterable[Event], ways: dict[str, Way], seed: int = 0) -> None:
    """Blocks of any size, consumers that keep pace or lag, and a worker that is killed every few days."""
    random, left = Random(seed), list(given)
    while left:
        until = random.randrange(1_000, 4_000)
        part, left = left[:until], left[until:]
        with house(folder, ways) as worker:
            while part:
                size = random.randrange(1, 120)
                worker.take(part[:size])
                part = part[size:]
                for consumer in worker.consumers.values():
                    if random.random() < 0.3:
                        consumer.step()
            if not left:
                worker.drain()


def run(worker: House, name: str = "store", wanted: Wanted | None = None, *, dry: bool = True) -> Report:
    """A replay to its end; `dry`: what it would do."""
    order = Order(wanted or Wanted(EVER), dry=dry)
    return [*replay(worker.consumers[name], worker.reader, worker.feed, order)][-1].report


def rows(worker: House, name: str = "store") -> Rows:
    """What a sink holds."""

    def read(desk: Any) -> Rows:
        found: Iterable[Point] = (
            desk.sink.rows(BEGIN - 40 * DAY, BEGIN + 80 * DAY, "")
            if isinstance(desk.sink, Rewritable)
            else desk.sink.points.values()
        )
        return {(row.measurement, row.tags, row.time): dict(row.fields) for row in found}

    return worker.consumers[name].desk(read)


def unplaced(worker: House) -> int:
    return worker.consumers["store"].ledger.tally("points.unplaced")


def test_a_month_comes_out_of_the_journal_as_it_was_lived_through(tmp_path: Path) -> None:
    given, sink = events(), ListSink()
    ways = {"store": Way(StoreSink), "influxdb": Way(sink.made)}
    live(tmp_path, given, ways)
    with house(tmp_path, ways) as worker:
        held = rows(worker)
        assert len(held) > 25_000
        assert {
            "water_level", "water_level_suspect", "rain", "rain_rate", "pulse_count", "dew_point",
            "air_temperature_suspect", "distance_suspect",
        } <= {name for fields in held.values() for name in fields}  # fmt: skip
        assert unplaced(worker) == 0
        report = run(worker)
        assert (report.written, report.released, report.quarantined, report.fields) == (0, 0, 0, {})
        assert report.same == report.rows == len(held)
        assert rows(worker, "influxdb") == held
        worker.honest()


def test_what_comes_too_late_to_be_placed_is_all_that_a_replay_mends(tmp_path: Path) -> None:
    """And the rows behind it, which did not see it; then they are as if each event had come in time."""
    given = events((9, 20), beyond=12)
    live(tmp_path / "late", given, STORE)
    live(tmp_path / "due", sorted(given, key=_measured_at), STORE)
    beyond = {
        (json.loads(one.payload)["deviceInfo"]["devEui"], _measured_at(one))
        for one in given
        if one.arrived_at - _measured_at(one) > 10 * INTERVAL
    }
    with house(tmp_path / "late", STORE) as worker, house(tmp_path / "due", STORE) as other:
        assert 0 < unplaced(worker) <= len(beyond) == 12
        before = rows(worker)
        run(worker, dry=False)
        after = rows(worker)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        assert changed
        for _measurement, tags, time in changed:
            between = [
                sum(since <= row[2] < time for row in after if row[:2] == (_measurement, tags))
                for device, since in beyond
                if device == tags[0] and since // SECOND <= time // SECOND
            ]
            assert min(between) <= 2 * LOOK_BACK
        assert run(worker).fields == {}
        assert unplaced(other) == 0
        assert _sensed(rows(other)) == _sensed(after)
        worker.honest()


def _sensed(held: Rows) -> Rows:
    """Without what intake noted of the frames that were missing when one came."""
    return {name: fields for name, fields in held.items() if name[0] != "radio"}


def _measured_at(event: Event) -> int:
    return parse(json.loads(event.payload)["time"])


def test_a_part_of_a_month_comes_out_the_same(tmp_path: Path) -> None:
    """Of a range, of a device, of a replay that was cut off, and of a journal that has forgotten its beginning."""
    live(tmp_path, events((9, 20)), STORE)
    with house(tmp_path, STORE) as worker:
        held = rows(worker)
        for since, until, device in ((13.0, 15.5, ""), (14.3, 14.4, ""), (15.0, 99.0, SENSORS[6].dev_eui)):
            span = Span(int(BEGIN + since * DAY), int(BEGIN + until * DAY))
            report = run(worker, wanted=Wanted(span, device))
            assert report.fields == {}
            own = [name for name in held if span.since <= name[2] < span.until and device in ("", name[1][0])]
            assert report.rows == len(own) > 50
        steps = replay(worker.consumers["store"], worker.reader, worker.feed, Order(Wanted(EVER)))
        reached = next(one for one in steps if one.stage == "rewrite" and one.done == one.total // 2)
        rest = [*replay(worker.consumers["store"], worker.reader, worker.feed, Order(Wanted(EVER), resume=True))][-1]
        assert rest.report.fields == {}
        assert reached.report.rows + rest.report.rows == len(held)
        worker.consumers["store"].settle()
        worker.journal.drop(worker.journal.last // 2)
        report = run(worker, dry=False)
        assert (report.fields, report.written) == ({}, 0)
        assert rows(worker) == held
        worker.honest()


def test_on_a_real_influxdb_replay_equals_live_too(tmp_path: Path, database: Database) -> None:
    settings = InfluxSettings(url=database.server.url, database=database.name)
    ways = {"influxdb": Way(lambda _: InfluxSink(settings)), "store": Way(StoreSink)}
    live(tmp_path, events((9, 16)), ways)
    with house(tmp_path, ways) as worker:
        held = rows(worker, "influxdb")
        assert any(name.endswith("_suspect") for fields in held.values() for name in fields)
        assert held == rows(worker)
        report = run(worker, "influxdb")
        assert (report.fields, report.rows) == ({}, len(held))
        worker.honest()
