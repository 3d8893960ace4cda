"""Each kind of signal: what it makes of rows, of silence and of citylora's own state."""

from __future__ import annotations

import msgspec
import pytest

from ingest.alerts.heard import Heard, Tick
from ingest.alerts.rule import Aggregate, Difference, Errors, Field, GatewaySilence, Health, Rate, Silence, Total, Where
from ingest.alerts.sample import Sample
from ingest.alerts.signals.total import STEPS, Sum
from ingest.decoding.point import Point
from tests.fakes.alert_rules import HOUR, LEVEL, MINUTE, SECOND, START, City, heard, row, rule

VOLUME = Field("water", "water_volume")


def test_a_rate_is_that_of_the_last_value_against_the_oldest_within_its_span() -> None:
    city = City([rule(Rate(LEVEL, 30 * MINUTE, HOUR), above=0.5, settle=0)])
    for minute, value in ((0, 0.9), (20, 1.0), (40, 1.1), (60, 1.3), (90, 1.3), (130, 1.3), (140, 1.3)):
        city.level(minute * MINUTE, value)
    rate = (1.3 - 1.1) / 20 * 60
    assert [(phase, minute, round(value, 6)) for phase, minute, value in city.said] == [
        ("firing", 60, round(rate, 6)),
        ("resolved", 90, 0.0),
    ]


def test_a_rate_of_a_counter_begins_anew_with_it_and_never_mixes_two_devices() -> None:
    city = City([rule(Rate(VOLUME, HOUR, HOUR), below=-1.0), rule(Rate(VOLUME, HOUR, HOUR), name="up", above=50.0)])
    for minute, device, value in ((0, "a", 100.0), (1, "b", 900.0), (10, "a", 101.0), (11, "b", 901.0), (20, "a", 2.0)):
        city.hear(heard(row(minute * MINUTE, device, water_volume=value)))
    city.quiet(3 * HOUR)
    assert not city.changes
    city.hear(heard(row(3 * HOUR + MINUTE, "a", water_volume=5.0)))
    city.hear(heard(row(3 * HOUR + 7 * MINUTE, "a", water_volume=10.5)))
    city.quiet(4 * HOUR)
    assert [(one.rule, one.value) for one in city.changes] == [("up", 55.0)]


def test_a_total_falls_by_time_alone() -> None:
    city = City([rule(Total(Field("water", "rain"), HOUR, 0.5), above=10.0, settle=0)])
    for minute, value in ((0, 8.0), (30, 12.0)):
        city.hear(heard(row(minute * MINUTE, rain=value)))
    city.quiet(40 * MINUTE)
    assert city.said == [("firing", 30, 10.0)]
    city.quiet(2 * HOUR)
    assert city.said[1:] == [("resolved", 60, 6.0)]
    assert city.spans == [(30, 60)]


def test_too_little_in_a_time_is_seen_without_any_sample() -> None:
    city = City([rule(Total(Field("water", "rain"), HOUR), below=1.0)])
    city.hear(heard(row(0, rain=8.0)))
    city.quiet(HOUR)
    assert not city.changes
    city.quiet(HOUR + MINUTE)
    assert city.said == [("firing", 60, 0.0)]


def test_a_device_that_reports_every_second_takes_no_more_memory_and_its_sum_is_exact() -> None:
    total = Sum(HOUR)
    for second in range(3 * 3600):
        total.at(second * SECOND)
        total.push(Sample(second * SECOND, "d1", 0.1))
    assert total.at(3 * HOUR) == pytest.approx(360.0, abs=3.7), "what is older than an hour has gone, but for 1 %"
    assert len(msgspec.msgpack.encode(total.pack())) <= 16 * (STEPS + 1) + 10


def test_what_a_citylora_of_before_has_counted_still_counts() -> None:
    now = Sum(HOUR)
    for minute in (0, 20):
        now.push(Sample(minute * MINUTE, "d1", 1.5))
    before = Sum(HOUR)
    before.load([[[0, 1.5], [20 * MINUTE, 1.5]], {}])
    again = Sum(HOUR)
    again.load(msgspec.msgpack.decode(msgspec.msgpack.encode(now.pack())))
    for total in (now, before, again):
        assert total.due() == HOUR
        assert total.at(HOUR) == 1.5
        assert total.due() == HOUR + 20 * MINUTE
        assert total.at(2 * HOUR) == 0.0
        assert total.pack() is None
    empty = Sum(HOUR)
    empty.load([[], {"d1": 7.0}])
    assert empty.due() == 0
    assert empty.pack() is not None


def test_a_total_of_a_counter_is_what_it_has_counted_and_a_new_meter_adds_nothing() -> None:
    city = City([rule(Total(VOLUME, HOUR), above=5.0)])
    for minute, value in ((0, 1000.0), (10, 1002.0), (20, 7000.0 - 6999.0), (30, 3.0)):
        city.hear(heard(row(minute * MINUTE, water_volume=value)))
    city.quiet(35 * MINUTE)
    assert not city.changes
    city.hear(heard(row(40 * MINUTE, water_volume=4.0)))
    city.quiet(45 * MINUTE)
    assert city.said == [("firing", 40, 5.0)]


def test_a_difference_is_of_two_values_of_about_the_same_time() -> None:
    city = City([rule(Difference(LEVEL, "up", "down", 10 * MINUTE), above=1.0, settle=0)])
    city.level(0, 1.0, site="down", device="d2", ward="w2")
    city.level(11 * MINUTE, 5.0, site="up")
    city.quiet(13 * MINUTE)
    assert not city.changes, "the other one is too old"
    city.level(15 * MINUTE, 3.5, site="down", device="d2", ward="w2")
    city.quiet(17 * MINUTE)
    assert city.said == [("firing", 15, 1.5)]
    change = city.changes[0]
    assert (change.scope.key, change.scope.ward, change.devices) == ("site:up", "w1", ("d2", "d1"))
    city.level(20 * MINUTE, 4.9, site="down", device="d2")
    city.quiet(22 * MINUTE)
    assert [(phase, minute) for phase, minute, _ in city.said[1:]] == [("resolved", 20)]


def test_a_difference_waits_for_the_slower_one_of_two_sources() -> None:
    city = City([rule(Difference(LEVEL, "up", "down", 30 * MINUTE), above=1.0)])
    city.level(0, 1.0, site="down", device="d2")
    city.hear(heard(row(0, site="up", water_level=3.0), source="east"))
    city.quiet(10 * MINUTE, "east")
    assert not city.changes, "the other source has said nothing since: its values may still come"
    city.hear(heard(row(5 * MINUTE, "d2", "down", water_level=1.0)))
    assert [(one.phase, one.opened) for one in city.changes] == [("firing", START)]


def test_a_ward_is_looked_at_each_minute_and_a_site_counts_as_long_as_its_value() -> None:
    city = City([rule(Aggregate(LEVEL, "mean", 10 * MINUTE, least=2), above=2.0, settle=0)])
    city.level(0, 5.0, site="a")
    city.quiet(3 * MINUTE)
    assert not city.changes, "one site alone is not a ward"
    city.level(3 * MINUTE + SECOND, 1.0, site="b", device="d2")
    city.quiet(6 * MINUTE)
    assert city.said == [("firing", 3, 3.0)]
    change = city.changes[0]
    assert change.time % MINUTE == 0
    assert (change.scope.key, change.scope.site, change.devices) == ("ward:w1", "", ("d1", "d2"))
    city.quiet(30 * MINUTE)
    assert len(city.changes) == 1, "site a is gone since minute 10: nothing is known, and nothing changes"
    city.level(30 * MINUTE, 1.0, site="a")
    city.level(30 * MINUTE, 1.0, site="b", device="d2")
    city.quiet(35 * MINUTE)
    assert city.said[1:] == [("resolved", 30, 1.0)]


def test_the_functions_of_an_aggregate() -> None:
    for function, value in (
        ("mean", 2.0),
        ("min", 1.0),
        ("max", 3.0),
        ("sum", 6.0),
        ("count", 3.0),
        ("share", 200 / 3),
    ):
        city = City([rule(Aggregate(LEVEL, function, HOUR, by="all", level=2.0), above=value - 1e-9)])  # type: ignore[arg-type]
        for number in (1, 2, 3):
            city.level(0, float(number), site=f"s{number}", ward=f"w{number}")
        city.quiet(5 * MINUTE)
        assert [round(one.value, 9) for one in city.changes] == [round(value, 9)]
        assert city.changes[0].scope.key == "citylora:"


def test_an_aggregate_takes_only_the_sites_of_its_rule() -> None:
    where = Where(sites=frozenset({"a", "b"}))
    city = City([rule(Aggregate(LEVEL, "count", HOUR), above=3.0, where=where)])
    for site in ("a", "b", "c"):
        city.level(0, 1.0, site=site)
    city.quiet(5 * MINUTE)
    assert not city.changes


def test_errors_of_a_device_are_counted_whoever_could_not_decode_it() -> None:
    city = City([rule(Errors(HOUR), above=2.0, settle=0)])
    tags = ("d1", "s1", "w1", "model")
    radio = Point("radio", (*tags, "gw"), (("rssi", -90.0),), START)
    codec = Point("lns_event", (*tags, "log", "UPLINK_CODEC"), (("count", 1.0),), START + MINUTE)
    other = Point("lns_event", (*tags, "log", "OTAA"), (("count", 1.0),), START + MINUTE)
    city.hear(heard(radio, failed=True), heard(other, at=MINUTE))
    city.quiet(5 * MINUTE)
    assert not city.changes
    city.hear(heard(codec, at=6 * MINUTE))
    city.quiet(3 * HOUR)
    assert city.said == [("firing", 6, 2.0), ("resolved", 60, 1.0)]
    assert city.changes[0].scope.key == "device:d1"
    assert city.changes[0].scope.site == "s1"


def test_a_silent_device_fires_and_is_over_when_it_is_heard_again() -> None:
    city = City([rule(Silence(10 * MINUTE, 15 * MINUTE), above=3.0)])
    uplink = Point("radio", ("d1", "s1", "w1", "model", "gw"), (("rssi", -90.0),), START)
    city.hear(heard(uplink, gateways=("gw",)))
    for minute in range(1, 32):
        city.quiet(minute * MINUTE)
        city.hear(_beat(minute))
    assert not city.changes
    for minute in range(32, 40):
        city.quiet(minute * MINUTE)
        city.hear(_beat(minute))
    assert [(one.phase, one.scope.key, one.value, one.devices) for one in city.changes] == [
        ("firing", "device:d1", 3.0, ("d1",))
    ]
    again = msgspec.structs.replace(uplink, time=START + 40 * MINUTE)
    city.hear(heard(again, gateways=("gw",)))
    for minute in range(41, 56):
        city.quiet(minute * MINUTE)
        city.hear(_beat(minute))
    assert [one.phase for one in city.changes] == ["firing", "resolved"]


def _beat(minute: int) -> Heard:
    """Another gateway's word, so that the network is known to be there."""
    at = START + minute * MINUTE
    rows = [Point("gateway", (gateway,), (("rx_received", 1.0),), at) for gateway in ("gw", "gw2")]
    return Heard("mosquitto", at, "", rows[:1])


def test_a_gateway_that_is_silent_fires_once() -> None:
    city = City([rule(GatewaySilence(), above=300.0)])
    for minute in range(40):
        at = START + minute * MINUTE
        names = ("one", "two") if minute < 10 else ("two",)
        for name in names:
            city.hear(Heard("mosquitto", at, "", (Point("gateway", (name,), (("rx_received", 1.0),), at),)))
        city.quiet(minute * MINUTE)
    assert [(one.phase, one.scope.key) for one in city.changes] == [("firing", "gateway:one")]


def test_many_devices_behind_a_dead_gateway_are_one_alert_that_lists_them() -> None:
    city = City(
        [rule(Silence(10 * MINUTE, 15 * MINUTE), above=2.0), rule(GatewaySilence(), name="gateway", above=300.0)]
    )
    for minute in range(220):
        at = START + minute * MINUTE
        names = ("well",) if 60 <= minute < 200 else ("dead", "well")
        events = [
            Heard("mosquitto", at, "", (Point("gateway", (name,), (("rx_received", 1.0),), at),)) for name in names
        ]
        for number in range(200 if minute < 60 and minute % 10 == 0 else 0):
            tags = (f"d{number:03}", f"s{number}", "w1", "model", "dead")
            radio = Point("radio", tags, (("rssi", -90.0),), at + number)
            events.append(Heard("mosquitto", at, tags[0], (radio,), gateways=("dead",)))
        city.hear(*events)
        city.quiet(minute * MINUTE)
    assert [(one.phase, one.scope.key) for one in city.changes] == [
        ("firing", "gateway:dead"),
        ("resolved", "gateway:dead"),
    ]
    assert len(city.changes[1].devices) == 200


def test_health_is_judged_by_the_clock() -> None:
    city = City(
        [
            rule(Health("lag"), above=60.0, clear=30.0, hold=5 * MINUTE, settle=0),
            rule(Health("stalled"), name="stalled", above=120.0),
        ]
    )
    for minute in range(12):
        lag = 100.0 if minute < 10 else 1.0
        city.engine.tick(Tick(START + minute * MINUTE, health={("lag", "influxdb"): lag, ("stalled", "east"): 0.0}))
        city.collect()
    assert [(one.phase, one.scope.key, (one.time - START) // MINUTE) for one in city.changes] == [
        ("firing", "citylora:influxdb", 0),
        ("resolved", "citylora:influxdb", 10),
    ]
    city.engine.tick(Tick(START + HOUR, health={("stalled", "east"): float("inf")}))
    city.collect()
    assert [(one.scope.kind, one.scope.id) for one in city.changes[2:]] == [("source", "east")]


def test_what_is_not_there_any_more_is_no_trouble_any_more() -> None:
    city = City([rule(Health("stalled"), above=120.0)])
    city.engine.tick(Tick(START, health={("stalled", "east"): 500.0}))
    city.collect()
    city.engine.tick(Tick(START + MINUTE))
    city.collect()
    assert len(city.changes) == 1, "nothing at all was said"
    city.restart()
    city.engine.tick(Tick(START + 2 * MINUTE, health={("lag", "store"): 0.0}))
    city.collect()
    assert [(one.phase, one.cause) for one in city.changes] == [("firing", ""), ("resolved", "gone")]
    assert not city.states.keys() - {"source|"}


def test_what_was_counted_survives_a_restart_but_for_the_last_minutes() -> None:
    for signal in (Total(LEVEL, HOUR), Rate(LEVEL, HOUR, HOUR)):
        city = City([rule(signal, above=4.0)])
        city.level(0, 1.0)
        city.quiet(2 * MINUTE)
        assert not city.states, "it is idle"
        city.quiet(10 * MINUTE)
        assert set(city.states) == {"rule|flood|site:s1"}
        city.restart()
        city.level(20 * MINUTE, 3.0)
        city.quiet(22 * MINUTE)
        assert [one.value for one in city.changes] == [1.0 + 3.0] if isinstance(signal, Total) else [6.0]


def test_what_was_counted_is_forgotten_where_a_rule_counts_something_else() -> None:
    city = City([rule(Total(LEVEL, HOUR), above=4.0)])
    city.level(0, 3.0)
    city.quiet(10 * MINUTE)
    city.restart([rule(Total(LEVEL, 2 * HOUR), above=4.0)])
    city.level(20 * MINUTE, 3.0)
    city.quiet(30 * MINUTE)
    assert not city.changes
    city = City([rule(Total(LEVEL, HOUR), above=4.0)])
    city.level(0, 3.0)
    city.quiet(10 * MINUTE)
    city.restart([rule(Total(LEVEL, HOUR), above=6.0)])
    city.level(20 * MINUTE, 3.0)
    city.quiet(30 * MINUTE)
    assert city.said == [("firing", 20, 6.0)]
