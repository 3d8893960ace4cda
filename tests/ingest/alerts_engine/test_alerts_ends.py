"""Ends that no value brings about: nothing is heard any more, a device has gone, somebody closes an alert by hand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ingest.alerts.heard import Heard, Tick
from ingest.alerts.kept import decode
from ingest.alerts.rule import Aggregate, Difference, Errors, Field, GatewaySilence, Rate, Silence, Total, Where
from ingest.decoding.point import Point
from tests.fakes.alert_rules import HOUR, LEVEL, MINUTE, SECOND, START, City, heard, row, rule

DAY = 24 * HOUR
EVERYWHERE = Where()
NOTHING: dict[str, Any] = {}
BY_DEVICE = Field("water", "water_level", by="device")


def causes(city: City) -> list[tuple[str, int, str]]:
    return [(one.phase, (one.time - START) // MINUTE, one.cause) for one in city.changes]


def test_what_is_not_heard_of_for_a_day_is_over_and_nobody_knows_since_when() -> None:
    city = City([rule(above=2.0)])
    city.level(0, 3.0)
    city.level(10 * MINUTE, 3.5)
    city.quiet(10 * MINUTE + DAY + MINUTE)
    assert len(city.changes) == 1
    city.quiet(10 * MINUTE + DAY + MINUTE + SECOND)
    assert causes(city) == [("firing", 0, ""), ("resolved", 10, "no_data")]
    assert city.changes[1].extreme == 3.5
    assert city.spans == [(0, 10)]
    city.level(26 * HOUR, 3.0)
    assert causes(city)[2:] == [("firing", 26 * 60, "")]
    assert city.changes[2].alert != city.changes[0].alert


def test_a_site_that_stands_as_it_stood_is_heard_of_once_a_day() -> None:
    city = City([rule(Field("station", "flood_level"), above=2.0)])
    for hour in range(0, 101, 25):
        time = START + hour * HOUR
        city.quiet((hour + 1) * HOUR - MINUTE, "station")
        city.hear(Heard("rollup", time, "", (Point("station", ("s1", "w1"), (("flood_level", 2.0),), time),)))
    city.quiet(150 * HOUR, "station")
    assert causes(city) == [("firing", 0, "")]
    city.quiet(150 * HOUR + 2 * MINUTE, "station")
    assert causes(city)[1:] == [("resolved", 100 * 60, "no_data")]


def test_a_source_that_stalls_leaves_its_alerts_as_they_are() -> None:
    city = City([rule(above=2.0)])
    city.level(0, 3.0)
    city.quiet(9 * DAY, "east")
    assert len(city.changes) == 1


def test_a_rule_says_how_long_it_waits() -> None:
    for forget, over in ((30 * MINUTE, [0]), (0, [])):
        city = City([rule(above=2.0, forget=forget)])
        city.level(0, 3.0)
        city.quiet(DAY // 2)
        assert [minute for phase, minute, _ in causes(city) if phase == "resolved"] == over
    city.quiet(90 * DAY)
    assert len(city.changes) == 1, "never"


def test_a_silence_within_a_batch_is_one_too() -> None:
    city = City([rule(above=2.0, hold=MINUTE)])
    city.hear(*(heard(row(at, water_level=3.0)) for at in (0, 2 * MINUTE, 2 * DAY, 2 * DAY + 5 * MINUTE)))
    assert causes(city) == [("firing", 0, ""), ("resolved", 2, "no_data"), ("firing", 2 * 24 * 60, "")]
    assert city.spans == [(0, 2), (2880, 0)]


def test_a_hold_is_not_fulfilled_by_silence_beyond_it() -> None:
    city = City([rule(above=2.0, hold=2 * HOUR, forget=HOUR)])
    city.level(0, 3.0)
    city.quiet(5 * HOUR)
    assert not city.changes
    assert not city.engine.pending()


def test_what_is_over_already_is_told_as_ever() -> None:
    city = City([rule(above=2.0, settle=2 * HOUR, forget=HOUR)])
    city.level(0, 3.0)
    city.level(5 * MINUTE, 1.0)
    city.quiet(5 * HOUR)
    assert causes(city) == [("firing", 0, ""), ("resolved", 5, "")]


def test_a_few_of_the_last_values_wait_for_a_device_that_seldom_reports() -> None:
    city = City([rule(above=2.0, n=3, of=3, forget=HOUR)])
    for hour in (0, 5, 10):
        city.level(hour * HOUR, 3.0)
    city.quiet(10 * HOUR + 5 * MINUTE)
    assert causes(city) == [("firing", 600, "")]


def test_what_is_worked_out_of_several_values_is_over_when_they_are_not_heard() -> None:
    for signal, end in (
        (Rate(LEVEL, HOUR, HOUR), 30),
        (Difference(LEVEL, "s1", "s2"), 30),
        (Aggregate(LEVEL, "mean", 10 * MINUTE), 30),
        (Aggregate(LEVEL, "mean", 9 * DAY), 30),
    ):
        city = City([rule(signal, above=0.5)])
        city.level(0, 1.0, site="s2", device="d2")
        city.level(MINUTE, 1.0)
        city.level(30 * MINUTE, 4.0)
        city.level(30 * MINUTE, 1.0, site="s2", device="d2")
        city.quiet(30 * MINUTE + DAY - MINUTE)
        assert [one.phase for one in city.changes] == ["firing"], signal
        city.quiet(31 * MINUTE + DAY + 11 * MINUTE)
        assert [(one.phase, one.cause) for one in city.changes] == [("firing", ""), ("resolved", "no_data")], signal
        assert city.changes[1].time >= START + end * MINUTE
        city.quiet(3 * DAY)
        assert len(city.changes) == 2, signal


def test_a_difference_of_which_one_side_is_not_heard_is_not_known() -> None:
    city = City([rule(Difference(LEVEL, "up", "down", HOUR), above=1.0)])
    city.level(0, 1.0, site="down", device="d2")
    city.level(MINUTE, 5.0, site="up")
    for hour in range(1, 27):
        city.level(hour * HOUR, 5.0, site="up")
    assert causes(city) == [("firing", 1, ""), ("resolved", 60, "no_data")]


def test_too_little_is_not_known_where_nothing_was_heard() -> None:
    city = City([rule(Total(Field("water", "rain"), 2 * DAY), below=1.0)])
    city.hear(heard(row(0, rain=8.0)))
    city.quiet(4 * DAY)
    assert not city.changes


def test_rows_of_a_day_are_waited_for_from_the_end_of_their_day() -> None:
    city = City([rule(Field("water_1d", "water_level_max"), above=2.0, settle=0)])
    for day in range(6):
        for site in ("s1", "s2")[: 2 if day < 3 else 1]:
            time = START + day * DAY
            level = 3.0 if site == "s2" else 1.0
            point = Point("water_1d", (site, "w1", "0"), (("water_level_max", level),), time)
            city.hear(Heard("rollup", time + DAY + MINUTE, "", (point,)))
    assert [(one.phase, (one.time - START) // DAY, one.cause) for one in city.changes] == [
        ("firing", 0, ""),
        ("resolved", 2, "no_data"),
    ]


def test_a_device_that_always_measured_long_ago_is_heard_when_it_says_so() -> None:
    city = City([rule(above=2.0, forget=30 * MINUTE)])
    for minute in range(120, 180, 20):
        city.level(minute * MINUTE, 0.0, site="other", device="d9")
        city.hear(heard(row((minute - 100) * MINUTE, water_level=3.0), at=minute * MINUTE))
    assert [one.phase for one in city.changes] == ["firing"]


def test_states_of_before_are_taken_as_heard_then() -> None:
    city = City([rule(above=2.0)])
    city.level(3 * DAY, 3.0)
    city.quiet(3 * DAY + 5 * MINUTE)
    (key,) = [key for key in city.states if key.startswith("rule|")]
    fields = msgspec.msgpack.decode(city.states[key])
    city.states[key] = msgspec.msgpack.encode([*fields[:7], fields[7][:8], *fields[8:10]])
    assert decode(city.states[key]).heard == 0
    city.restart()
    city.quiet(3 * DAY + HOUR)
    assert [one.phase for one in city.changes] == ["firing"]
    city.quiet(5 * DAY)
    assert causes(city)[1:] == [("resolved", 3 * 24 * 60, "no_data")]


def test_a_restart_knows_when_it_was_heard() -> None:
    city = City([rule(above=2.0)])
    city.level(0, 3.0)
    city.level(HOUR, 3.0)
    city.quiet(2 * HOUR)
    city.restart()
    city.quiet(DAY + HOUR)
    assert len(city.changes) == 1
    city.quiet(DAY + HOUR + 2 * MINUTE)
    assert causes(city)[1:] == [("resolved", 60, "no_data")]


def test_a_device_that_is_placed_elsewhere_ends_its_alert_there() -> None:
    for restarts in (False, True):
        city = City([rule(BY_DEVICE, above=2.0)])
        city.level(0, 3.0)
        city.level(5 * MINUTE, 3.0)
        if restarts:
            city.restart()
        city.level(10 * MINUTE, 3.0, site="s2", ward="w2")
        city.quiet(12 * MINUTE)
        assert causes(city) == [("firing", 0, ""), ("resolved", 5, "moved"), ("firing", 10, "")]
        assert [one.scope.site for one in city.changes] == ["s1", "s1", "s2"]
        city.level(15 * MINUTE, 1.0, site="s2", ward="w2")
        city.quiet(HOUR)
        assert [(one.phase, one.scope.site) for one in city.changes[3:]] == [("resolved", "s2")]


def test_so_it_is_of_what_is_worked_out_of_several_values() -> None:
    city = City([rule(Total(BY_DEVICE, DAY), above=2.0)])
    city.level(0, 3.0)
    city.level(5 * MINUTE, 3.0)
    city.level(10 * MINUTE, 3.0, site="s2", ward="w2")
    assert [(one.phase, one.cause, one.scope.site) for one in city.changes[:2]] == [
        ("firing", "", "s1"),
        ("resolved", "moved", "s1"),
    ]
    city.quiet(20 * MINUTE)
    assert [(one.phase, one.scope.site) for one in city.changes[2:]] == [("firing", "s2")]


def test_so_it_is_of_what_cannot_be_decoded() -> None:
    for fired in (True, False):
        city = City([rule(Errors(HOUR), above=2.0)])
        for minute in range(1 + fired):
            city.hear(_uplink(minute)._replace(failed=True))
        city.quiet(5 * MINUTE)
        city.hear(Heard("mosquitto", START + 6 * MINUTE, "d1", (), failed=True)._replace(dev_eui="d2"))
        city.hear(_uplink(7, "s2")._replace(failed=True))
        city.quiet(9 * MINUTE)
        told = [("firing", "", "s1"), ("resolved", "moved", "s1")] if fired else []
        assert [(one.phase, one.cause, one.scope.site) for one in city.changes] == told
        city.hear(_uplink(10, "s2")._replace(failed=True))
        city.hear(Heard("mosquitto", START + 11 * MINUTE, "d1", (), failed=True))  # which says nothing of where it is
        city.quiet(13 * MINUTE)
        assert [(one.phase, one.cause, one.scope.site) for one in city.changes] == [*told, ("firing", "", "s2")]


def _uplink(minute: int, site: str = "s1") -> Heard:
    at = START + minute * MINUTE
    radio = Point("radio", ("d1", site, "w1", "model", "gw"), (("rssi", -90.0),), at)
    return Heard("mosquitto", at, "d1", (radio,), gateways=("gw",))


def _beat(minute: int, *names: str) -> list[Heard]:
    at = START + minute * MINUTE
    return [Heard("mosquitto", at, "", (Point("gateway", (one,), (("rx_received", 1.0),), at),)) for one in names]


def _silent_city(where: Where = EVERYWHERE) -> City:
    """A device that has been silent since its beginning, and that is told."""
    city = City([rule(Silence(10 * MINUTE, 15 * MINUTE), above=3.0, where=where)])
    city.hear(_uplink(0))
    for minute in range(1, 40):
        city.hear(*_beat(minute, "gw"))
        city.quiet(minute * MINUTE)
    assert [one.phase for one in city.changes] == ["firing"]
    return city


def _go_on(city: City, since: int, until: int, retired: frozenset[str] = frozenset()) -> None:
    for minute in range(since, until):
        city.hear(*_beat(minute, "gw"))
        city.engine.tick(Tick(START + minute * MINUTE, frozenset({"mosquitto"}), retired=retired))
        city.collect()


def test_a_silent_device_that_is_heard_at_another_site_is_over_at_once() -> None:
    for where in (EVERYWHERE, Where(sites=frozenset({"s1"}))):
        city = _silent_city(where)
        city.hear(_uplink(41, "s2"))
        assert [(one.phase, one.cause, one.scope.site) for one in city.changes] == [
            ("firing", "", "s1"),
            ("resolved", "moved", "s1"),
        ]


def test_a_device_that_is_decommissioned_is_silent_for_good_reason() -> None:
    city = _silent_city()
    _go_on(city, 40, 42, frozenset({"d1"}))
    assert [(one.phase, one.cause) for one in city.changes] == [("firing", ""), ("resolved", "decommissioned")]
    city.restart()
    _go_on(city, 42, 100, frozenset({"d1"}))
    assert len(city.changes) == 2
    city.hear(_uplink(101))
    _go_on(city, 101, 160)
    assert [one.phase for one in city.changes] == ["firing", "resolved", "firing"]


def test_a_device_that_is_decommissioned_before_it_is_silent_is_never_told() -> None:
    city = City([rule(Silence(10 * MINUTE, 15 * MINUTE), above=3.0)])
    city.hear(_uplink(0))
    _go_on(city, 1, 60, frozenset({"d1"}))
    assert not city.changes


def _close(city: City, at: int) -> list[str]:
    """Close all that fires."""
    firing = {one.alert for one in city.changes} - {one.alert for one in city.changes if one.phase == "resolved"}
    found = city.engine.close({*firing, "al_x"}, "Lan", "đã sửa", START + at)
    city.collect()
    return sorted(found)


def test_somebody_closes_an_alert_and_what_is_still_so_is_a_new_one() -> None:
    for restarts in (False, True):
        for trigger in (NOTHING, {"hold": MINUTE}, {"n": 2, "of": 2}):
            city = City([rule(above=2.0, **trigger)])
            city.level(0, 3.0)
            city.level(MINUTE, 3.0)
            city.level(2 * MINUTE + 30 * SECOND, 3.0)
            opened = city.changes[0]
            assert _close(city, 3 * MINUTE) == [opened.alert]
            closed = city.changes[1]
            assert (closed.phase, closed.cause, closed.closed_by, closed.closed_why, closed.time - START) == (
                "resolved", "closed", "Lan", "đã sửa", 3 * MINUTE,
            )  # fmt: skip
            city.hear(heard(row(2 * MINUTE + 30 * SECOND, water_level=3.0), at=3 * MINUTE))
            if restarts:
                city.restart()
            city.quiet(4 * MINUTE)
            for minute in (5, 6, 7, 9):
                city.level(minute * MINUTE, 3.0)
            city.quiet(10 * MINUTE)
            assert [one.phase for one in city.changes] == ["firing", "resolved", "firing"]
            assert city.changes[2].alert != opened.alert
            assert city.changes[2].opened > opened.opened


@pytest.mark.parametrize("seconds", [0, 30, 59, 61, 200])
def test_what_is_closed_within_the_minute_is_in_the_history_too(seconds: int) -> None:
    city = City([rule(above=2.0)])
    city.level(0, 3.0)
    city.level(seconds * SECOND // 2, 3.5)
    _close(city, seconds * SECOND)
    assert [one.phase for one in city.changes] == ["firing", "resolved"]
    city.quiet(HOUR)
    city.restart()
    city.quiet(2 * HOUR)
    assert [(since - START, until > 0) for (_rule, _scope, since), until in city.history.items()] == [(0, True)]


def test_what_was_taken_back_before_it_was_closed_was_never_so() -> None:
    city = City([rule(above=2.0)])
    city.level(0, 3.0)
    again = msgspec.structs.replace(row(0, water_level=3.0), fields=(), gone=("water_level",), revises=True)
    city.hear(heard(again, at=SECOND))
    _close(city, 2 * SECOND)
    assert [one.cause for one in city.changes] == ["", "closed"]
    assert city.history == {}


def test_what_is_over_after_it_was_closed_is_told_no_more() -> None:
    city = City([rule(above=2.0)])
    city.level(0, 3.0)
    _close(city, MINUTE)
    city.level(5 * MINUTE, 1.0)
    city.quiet(HOUR)
    assert len(city.changes) == 2


def test_a_closed_silence_stays_closed_until_the_device_is_heard() -> None:
    city = _silent_city()
    _close(city, 40 * MINUTE)
    city.restart()
    _go_on(city, 41, 120)
    assert [one.cause for one in city.changes] == ["", "closed"]
    city.hear(_uplink(121))
    _go_on(city, 121, 180)
    assert [one.phase for one in city.changes] == ["firing", "resolved", "firing"]


def test_a_closed_gateway_stays_closed_whatever_is_silent_behind_it() -> None:
    city = City([rule(GatewaySilence(), above=300.0), rule(Silence(10 * MINUTE), name="silent", above=3.0)])
    for minute in range(20):
        city.hear(_uplink(minute), *_beat(minute, "gw", "gw2"))
    for minute in range(20, 80):
        city.hear(*_beat(minute, "gw2"))
        city.quiet(minute * MINUTE)
        if minute == 30:
            _close(city, 30 * MINUTE)
            city.restart()
    assert [(one.rule, one.phase, one.cause) for one in city.changes] == [
        ("flood", "firing", ""),
        ("flood", "resolved", "closed"),
    ]
    city.hear(*_beat(80, "gw", "gw2"))
    for minute in range(81, 100):
        city.hear(*_beat(minute, "gw2"))
        city.quiet(minute * MINUTE)
    assert [one.phase for one in city.changes if one.rule == "flood"] == ["firing", "resolved", "firing"]
