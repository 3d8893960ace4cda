"""The life of an alert, as the engine tells it."""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest

from ingest.alerts.heard import Heard
from ingest.alerts.rule import Field, Where
from ingest.alerts.trigger import Machine, State
from ingest.decoding.point import Point
from tests.fakes.alert_rules import HOUR, MINUTE, SECOND, START, ZONE, City, heard, row, rule


def test_a_plain_threshold_fires_when_the_row_arrives_and_is_over_after_it_has_been_so_for_a_while() -> None:
    city = City([rule(above=2.0, clear=1.8)])
    city.level(0, 1.0)
    city.level(5 * MINUTE, 2.0)
    assert city.said == [("firing", 5, 2.0)]
    city.level(10 * MINUTE, 2.5)
    city.level(15 * MINUTE, 1.9)
    city.level(20 * MINUTE, 1.7)
    city.quiet(31 * MINUTE)
    assert len(city.changes) == 1, "over since minute 20: not for 10 minutes at the watermark, which is a minute behind"
    city.quiet(31 * MINUTE + SECOND)
    assert city.said[1:] == [("resolved", 20, 1.7)]
    assert city.changes[1].extreme == 2.5
    assert city.changes[1].alert == city.changes[0].alert
    assert city.spans == [(5, 20)]


def test_below_is_too_much_down_from_there() -> None:
    city = City([rule(below=0.5, clear=0.7, settle=0)])
    for minute, value in enumerate((1.0, 0.5, 0.3, 0.6, 0.8, 1.0, 1.0)):
        city.level(minute * MINUTE, value)
    assert city.said == [("firing", 1, 0.5), ("resolved", 4, 0.8)]
    assert city.changes[1].extreme == 0.3


def test_a_signal_that_flaps_around_a_threshold_for_an_hour_is_one_firing_and_one_resolved() -> None:
    city = City([rule(above=2.0, clear=1.8)])
    for number in range(120):
        city.level(number * 30 * SECOND, 2.0 + 0.1 * (-1) ** number)
    for minute in range(60, 90):
        city.level(minute * MINUTE, 1.0)
    assert [(phase, minute) for phase, minute, _ in city.said] == [("firing", 0), ("resolved", 60)]
    assert city.changes[1].swings == 0


def test_swings_wider_than_the_hysteresis_every_five_minutes_for_an_hour_are_one_flapping_alert() -> None:
    city = City([rule(above=2.0, clear=1.8)])
    for number in range(13):
        city.level(number * 5 * MINUTE, 3.0 if number % 2 == 0 else 1.0)
    city.level(65 * MINUTE, 1.0)
    for minute in range(66, 110):
        city.level(minute * MINUTE, 1.0)
    assert [(phase, minute) for phase, minute, _ in city.said] == [("firing", 0), ("resolved", 65)]
    assert city.changes[1].swings == 6
    assert city.spans == [(10 * number, 10 * number + 5) for number in range(7)]


def test_what_comes_again_after_it_was_told_to_be_over_is_another_alert() -> None:
    city = City([rule(above=2.0)])
    for minute, value in ((0, 3.0), (5, 1.0), (16, 3.0), (20, 1.0), (40, 1.0)):
        city.level(minute * MINUTE, value)
    assert [phase for phase, _, _ in city.said] == ["firing", "resolved", "firing", "resolved"]
    assert city.changes[0].alert != city.changes[2].alert


def test_it_is_the_same_alert_up_to_the_end_of_the_settling_time() -> None:
    city = City([rule(above=2.0)])
    for minute, value in ((0, 3.0), (5, 1.0), (15, 3.0), (20, 1.0), (40, 1.0)):
        city.level(minute * MINUTE, value)
    assert [phase for phase, _, _ in city.said] == ["firing", "resolved"]
    assert city.changes[1].swings == 1


def test_a_hold_is_fulfilled_by_time_alone_and_then_begins_with_its_first_sample() -> None:
    city = City([rule(above=2.0, hold=10 * MINUTE)])
    city.level(0, 3.0)
    city.quiet(11 * MINUTE - SECOND)
    assert not city.changes
    assert [(one.since, one.value) for one in city.engine.pending()] == [(START, 3.0)]
    city.quiet(11 * MINUTE)
    assert city.said == [("firing", 0, 3.0)]
    assert city.engine.pending() == []
    assert city.spans == [(0, 0)]
    assert waited(city) == [(True, 0, 3.0), (False, 10, 3.0)]
    assert {one.alert for one in city.waiting} == {city.changes[0].alert}


def test_a_break_in_a_hold_begins_it_anew() -> None:
    city = City([rule(above=2.0, hold=10 * MINUTE)])
    for minute, value in ((0, 3.0), (5, 1.0), (8, 3.0), (17, 3.0)):
        city.level(minute * MINUTE, value)
    assert not city.changes
    city.level(19 * MINUTE, 3.0)
    assert city.said == [("firing", 8, 3.0)]
    assert waited(city) == [(True, 0, 3.0), (False, 5, 3.0), (True, 8, 3.0), (False, 18, 3.0)]


@pytest.mark.parametrize("how", ["rule gone", "rule changed", "elsewhere", "no data"])
def test_what_is_pending_no_more_says_so_whatever_ended_it(how: str) -> None:
    city = City([rule(above=2.0, hold=10 * MINUTE, forget=5 * MINUTE)])
    city.level(0, 3.0)
    city.quiet(2 * MINUTE)
    rules = {
        "rule gone": [],
        "rule changed": [rule(above=9.0, hold=10 * MINUTE)],
        "elsewhere": [rule(above=2.0, hold=10 * MINUTE, where=Where(sites=frozenset(("s9",))))],
    }
    city.restart(rules.get(how))
    city.quiet(HOUR)
    assert not city.changes
    assert [(pending, at) for pending, at, _value in waited(city)] == [(True, 0), (False, 0)]
    assert len({one.alert for one in city.waiting}) == 1
    assert city.waiting[0].time < city.waiting[1].time, "two rows of one time would be one"


def waited(city: City) -> list[tuple[bool, int, float]]:
    """What was pending and what was so no more: when after the start in minutes, and its value."""
    return [(one.pending, (one.time - START) // MINUTE, one.value) for one in city.waiting]


def test_n_of_m_fires_at_the_watermark_with_the_sample_that_makes_it_n() -> None:
    city = City([rule(above=2.0, n=2, of=3)])
    for minute, value in ((0, 3.0), (1, 1.0), (2, 1.0), (3, 3.0), (4, 1.0), (5, 3.0)):
        city.level(minute * MINUTE, value)
    assert not city.changes
    city.level(6 * MINUTE + SECOND, 3.0)
    assert city.said == [("firing", 5, 3.0)]
    for minute in (7, 8, 9, 10, 30):
        city.level(minute * MINUTE, 1.0)
    assert city.said[1:] == [("resolved", 8, 1.0)]


def test_it_begins_only_in_its_hours_of_the_local_day_and_goes_on_after_them() -> None:
    city = City([rule(above=2.0, hours=(22 * 60, 5 * 60), settle=0)])
    midnight = int(datetime(2026, 9, 22, tzinfo=ZONE).timestamp()) * SECOND - START
    city.level(midnight - 2 * HOUR - MINUTE, 3.0)
    assert not city.changes
    city.level(midnight + 4 * HOUR + 59 * MINUTE, 3.0)
    city.level(midnight + 6 * HOUR, 3.0)
    city.level(midnight + 7 * HOUR, 1.0)
    city.level(midnight + 8 * HOUR, 3.0)
    assert [phase for phase, _, _ in city.said] == ["firing", "resolved"]
    assert city.changes[0].opened == START + midnight + 4 * HOUR + 59 * MINUTE


def test_it_begins_only_on_its_days() -> None:
    city = City([rule(above=2.0, days=frozenset({1}))])
    city.level(0, 3.0)
    assert not city.changes
    city.level(3 * HOUR, 3.0)
    assert city.said == [("firing", 180, 3.0)]


def test_a_clear_on_the_wrong_side_is_no_hysteresis() -> None:
    city = City([rule(above=2.0, clear=2.5, settle=0)])
    for minute, value in ((0, 2.2), (1, 2.4), (2, 1.9), (10, 1.9)):
        city.level(minute * MINUTE, value)
    assert city.said == [("firing", 0, 2.2), ("resolved", 2, 1.9)]


def test_what_is_not_a_number_says_nothing_and_what_is_infinite_does() -> None:
    city = City([rule(above=2.0, settle=0)])
    city.level(0, float("nan"))
    assert not city.changes
    city.level(MINUTE, float("inf"))
    city.level(2 * MINUTE, float("nan"))
    city.level(3 * MINUTE, float("-inf"))
    city.level(9 * MINUTE, float("-inf"))
    assert [(phase, minute) for phase, minute, _ in city.said] == [("firing", 1), ("resolved", 3)]


def test_each_site_and_channel_is_by_itself_and_an_unplaced_device_is_its_own() -> None:
    city = City([rule(above=2.0)])
    city.level(0, 3.0, channel=1)
    city.level(1, 1.0)
    city.level(2, 3.0, device="d2", site="unassigned", ward="unassigned")
    assert [(one.scope.key, one.scope.site, one.scope.ward) for one in city.changes] == [
        ("site:s1#1", "s1", "w1"),
        ("device:d2", "", ""),
    ]
    assert [one.devices for one in city.changes] == [("d1",), ("d2",)]


def test_a_rule_looks_only_where_it_is_told_to() -> None:
    where = Where(wards=frozenset({"w1"}), models=frozenset({"model"}))
    city = City([rule(above=2.0, where=where), rule(above=2.0, name="other", where=Where(sites=frozenset({"s9"})))])
    city.level(0, 3.0, ward="w2", site="s2")
    city.level(1, 3.0)
    assert [(one.rule, one.scope.id) for one in city.changes] == [("flood", "s1")]


def test_a_rule_by_device_keeps_two_devices_of_a_site_apart() -> None:
    city = City([rule(Field("water", "water_level", by="device"), above=2.0)])
    city.level(0, 3.0, device="d1")
    city.level(1, 1.0, device="d2")
    assert [(one.phase, one.scope.key) for one in city.changes] == [("firing", "device:d1")]


def test_texts_are_no_numbers() -> None:
    city = City([rule(Field("station", "state"), above=0.0, settle=0)])
    point = msgspec.structs.replace(row(0), measurement="station", tags=("s1", "w1"), fields=(("state", "flood"),))
    city.hear(heard(point))
    assert not city.changes
    city.hear(heard(msgspec.structs.replace(point, fields=(("state", 1.0),))))
    assert [one.scope.key for one in city.changes] == ["site:s1"]


def test_what_comes_after_its_watermark_is_counted_and_changes_nothing() -> None:
    city = City([rule(above=2.0)])
    city.level(5 * MINUTE, 1.0)
    city.hear(heard(row(4 * MINUTE - 1, water_level=3.0), at=5 * MINUTE))
    assert not city.changes
    assert city.counts == {"alerts.too_late": 1}
    city.hear(heard(row(4 * MINUTE, water_level=3.0), at=5 * MINUTE))
    assert city.counts == {"alerts.too_late": 1}
    city.level(9 * MINUTE, 1.0)
    assert city.spans == [(4, 5)], "it had been over at minute 5 already"


def test_a_device_that_says_late_when_it_measured_alerts_all_the_same() -> None:
    city = City([rule(above=2.0, settle=0)])
    for minute in (10, 20, 30):
        city.level(minute * MINUTE, 0.5, device="other", site="other")
        city.hear(heard(row((minute - 9) * MINUTE, water_level=3.0 if minute == 20 else 1.0), at=minute * MINUTE))
    assert [one[:2] for one in city.said] == [("firing", 11), ("resolved", 21)]


def test_a_time_far_ahead_of_the_clock_does_not_make_everything_else_too_late() -> None:
    city = City([rule(above=2.0)])
    city.quiet(0)
    city.hear(heard(row(SECOND, water_level=1.0), at=24 * HOUR))
    city.level(2 * SECOND, 3.0)
    assert city.said == [("firing", 0, 3.0)]


def test_so_it_is_where_the_clock_is_only_known_afterwards() -> None:
    city = City([rule(above=2.0)])
    city.hear(heard(row(0, water_level=3.0), at=24 * HOUR))
    city.quiet(SECOND)
    assert not city.changes
    city.level(2 * SECOND, 3.0)
    assert city.said == [("firing", 0, 3.0)]


def test_a_series_that_is_looked_up_anew_finds_what_fires(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.alerts.index.MOST", 2)
    city = City([rule(above=2.0)])
    city.level(0, 3.0)
    for number in range(5):
        city.level(number + 1, 1.0, device=f"other-{number}", site=f"other-{number}")
    city.level(MINUTE, 4.0)
    city.level(2 * MINUTE, 1.0)
    city.quiet(20 * MINUTE)
    assert [(phase, minute) for phase, minute, _ in city.said] == [("firing", 0), ("resolved", 2)]
    assert city.changes[1].extreme == 4.0
    city.level(21 * MINUTE, 3.0)
    assert [one.phase for one in city.changes] == ["firing", "resolved", "firing"]


def test_a_value_can_be_taken_back_after_a_restart() -> None:
    city = City([rule(above=2.0, hold=MINUTE)])
    point = row(0, water_level=3.0)
    city.hear(heard(point))
    city.restart()
    city.hear(heard(msgspec.structs.replace(point, fields=(), revises=True, gone=("water_level",)), at=SECOND))
    city.quiet(10 * MINUTE)
    assert not city.changes


def test_roll_ups_have_a_time_of_their_own() -> None:
    city = City([rule(Field("water_1h", "water_level_mean"), above=2.0)])
    for hour, value in ((0, 1.0), (1, 3.0), (2, 1.0), (3, 1.0)):
        time = START + hour * HOUR
        points = [Point("water_1h", (site, "w1", "0"), (("water_level_mean", value),), time) for site in ("s1", "s2")]
        city.quiet((hour + 1) * HOUR)
        city.hear(*[Heard("rollup", time, "", (point,)) for point in points])
        station = Point("station", ("s1", "w1"), (("water_level", value),), time + HOUR)
        city.hear(Heard("rollup", station.time, "", (station,)))
    assert not city.counts
    assert [(one.scope.id, one.phase, one.time) for one in city.changes] == [
        *((site, "firing", START + HOUR) for site in ("s1", "s2")),
        *((site, "resolved", START + 2 * HOUR) for site in ("s1", "s2")),
    ]


def test_a_stalled_source_has_nothing_judged_and_delays_no_other() -> None:
    city = City([rule(above=2.0, hold=5 * MINUTE)])
    city.level(0, 3.0)
    city.hear(heard(row(0, "d2", "s2", water_level=3.0), source="east"))
    city.quiet(6 * HOUR, "east")
    assert [one.scope.id for one in city.changes] == ["s2"]


def test_a_value_that_is_revised_before_its_watermark_is_as_if_it_had_come_so() -> None:
    city = City([rule(above=2.0, hold=MINUTE)])
    point = row(0, water_level=3.0)
    city.hear(heard(point))
    doubtful = msgspec.structs.replace(
        point, fields=(("water_level_suspect", 3.0),), revises=True, gone=("water_level",)
    )
    city.hear(heard(doubtful, at=30 * SECOND))
    city.quiet(10 * MINUTE)
    assert not city.changes
    assert not city.history
    assert not any(key.startswith("rule|") for key in city.states)


def test_a_value_that_is_revised_to_be_too_much_fires() -> None:
    city = City([rule(above=2.0)])
    point = row(0, water_level=1.0)
    city.hear(heard(point))
    city.hear(heard(msgspec.structs.replace(point, fields=(("water_level", 3.0),), revises=True), at=SECOND))
    assert city.said == [("firing", 0, 3.0)]


def test_an_alert_whose_opening_value_is_taken_back_is_over() -> None:
    city = City([rule(above=2.0)])
    point = row(0, water_level=3.0)
    city.hear(heard(point))
    city.hear(heard(msgspec.structs.replace(point, fields=(), revises=True, gone=("water_level",)), at=SECOND))
    city.quiet(12 * MINUTE)
    assert [(phase, minute) for phase, minute, _ in city.said] == [("firing", 0), ("resolved", 0)]
    assert not city.history
    assert not any(key.startswith("rule|") for key in city.states)


def test_what_is_revised_after_its_watermark_stays_as_it_was() -> None:
    city = City([rule(above=2.0)])
    city.level(0, 1.0)
    point = msgspec.structs.replace(row(0, water_level=3.0), revises=True)
    city.level(5 * MINUTE, 1.0)
    city.hear(heard(point, at=5 * MINUTE))
    assert not city.changes


def test_what_is_idle_is_not_stored_and_what_fires_is_until_it_is_over() -> None:
    city = City([rule(above=2.0), rule(above=9.0, name="high")])
    city.level(0, 1.0)
    assert not city.states
    city.level(MINUTE, 3.0)
    assert set(city.states) == {"rule|flood|site:s1", "source|mosquitto"}
    city.level(2 * MINUTE, 1.0)
    city.quiet(20 * MINUTE)
    assert "rule|flood|site:s1" not in city.states


def test_a_removed_rule_resolves_what_fires_and_says_why() -> None:
    city = City([rule(above=2.0), rule(above=2.0, name="other")])
    city.level(0, 3.0)
    city.level(5 * MINUTE, 4.0)
    city.restart([rule(above=2.0, name="other")])
    last = city.changes[-1]
    assert (last.rule, last.phase, last.cause, last.extreme) == ("flood", "resolved", "rule_removed", 3.0)
    assert last.alert == city.changes[0].alert
    assert set(city.states) == {"rule|other|site:s1", "source|mosquitto"}
    assert city.history["flood", "site:s1", START] == START


def test_a_changed_rule_goes_on_firing_where_it_is_still_met_and_is_over_where_not() -> None:
    for threshold, over in ((2.5, []), (3.5, [("resolved", 0, 3.0)])):
        city = City([rule(above=2.0)])
        city.level(0, 3.0)
        city.quiet(5 * MINUTE)
        city.restart([rule(above=threshold)])
        city.quiet(5 * HOUR)
        assert city.said == [("firing", 0, 3.0), *over]


def test_a_rule_that_looks_at_something_else_now_begins_anew() -> None:
    city = City([rule(above=2.0)])
    city.level(0, 3.0)
    city.quiet(5 * MINUTE)
    city.restart([rule(Field("water", "rain"), above=2.0)])
    city.hear(heard(row(8 * MINUTE, rain=5.0)))
    city.quiet(5 * HOUR)
    assert city.said == [("firing", 0, 3.0)], "it came again before it was told to be over"
    assert city.spans == [(0, 0), (8, 0)]


def test_other_words_of_a_rule_change_nothing() -> None:
    city = City([rule(above=2.0, hold=10 * MINUTE)])
    city.level(0, 3.0)
    city.restart([msgspec.structs.replace(rule(above=2.0, hold=10 * MINUTE), unit="m")])
    city.quiet(11 * MINUTE)
    assert city.said == [("firing", 0, 3.0)]


def test_a_rule_that_fails_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    city = City([rule(above=2.0), rule(below=-2.0, name="other")])
    step = Machine.step

    def fail_above(machine: Machine, state: State, time: int, value: float) -> State:
        if machine.bounds[1] == 2.0:
            raise ZeroDivisionError
        return step(machine, state, time, value)

    monkeypatch.setattr(Machine, "step", fail_above)
    city.level(0, 3.0)
    city.level(1, -3.0)
    assert city.failed == {"flood": "ZeroDivisionError()"}
    assert [one.rule for one in city.changes] == ["other"]


def test_the_id_of_an_alert_is_the_same_wherever_the_same_happens() -> None:
    cities = [City([rule(above=2.0)]) for _ in range(2)]
    for city in cities:
        city.level(0, 3.0)
    one, other = (city.changes[0].alert for city in cities)
    assert one == other
    assert one.startswith("al_")


def test_a_trigger_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="above and below"):
        City([rule()])
    with pytest.raises(ValueError, match="above and below"):
        City([rule(above=1.0, below=0.0)])
    with pytest.raises(ValueError, match="1 to"):
        City([rule(above=1.0, n=3, of=2)])
