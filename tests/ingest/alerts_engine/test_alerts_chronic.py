"""What comes again and again, more slowly than an alert settles: few messages, and the history of all of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.alerts.rule import Total
from tests.fakes.alert_rules import HOUR, LEVEL, MINUTE, SECOND, START, City, rule

DAY = 24 * HOUR


def swing(city: City, minutes: range, *, every: int = 20, lasts: int = 5) -> None:
    """Too much for a few minutes, again and again."""
    for minute in minutes:
        city.level(minute * MINUTE, 3.0 if minute % every < lasts else 1.0)


def test_a_condition_of_every_twenty_minutes_for_a_day_is_three_alerts_and_not_seventy_two() -> None:
    city = City([rule(above=2.0)])
    swing(city, range(24 * 60))
    city.quiet(30 * HOUR)
    assert [(phase, minute) for phase, minute, _ in city.said] == [
        ("firing", 0),
        ("resolved", 5),
        ("firing", 20),
        ("resolved", 25),
        ("firing", 40),
        ("resolved", 23 * 60 + 45),
    ]
    assert [one.swings for one in city.changes] == [0, 0, 0, 0, 2, 2 + 69]
    assert len(city.spans) == 72


def test_the_third_one_settles_after_two_hours_of_calm_and_not_within_six_of_the_first() -> None:
    for third, over, told in ((40, 45, 6 * 60), (5 * 60, 5 * 60 + 5, 7 * 60 + 5)):
        city = City([rule(above=2.0)])
        for minute, value in ((0, 3.0), (5, 1.0), (20, 3.0), (25, 1.0), (third, 3.0), (over, 1.0)):
            city.level(minute * MINUTE, value)
        city.quiet(told * MINUTE + MINUTE)
        assert len(city.changes) == 5
        city.quiet(told * MINUTE + MINUTE + SECOND)
        assert [one[:2] for one in city.said[4:]] == [("firing", third), ("resolved", over)]


def test_it_is_remembered_over_a_restart_and_forgotten_after_six_hours() -> None:
    city = City([rule(above=2.0)])
    for minute in (0, 20):
        city.level(minute * MINUTE, 3.0)
        city.level((minute + 1) * MINUTE, 1.0)
    city.quiet(HOUR)
    assert not any(key.startswith("rule|") for key in city.states)
    city.restart()
    city.level(HOUR, 3.0)
    assert city.changes[-1].swings == 2
    city.quiet(HOUR + MINUTE)
    city.restart()
    city.level(2 * HOUR, 1.0)
    city.quiet(6 * HOUR)
    assert len(city.changes) == 5
    city.quiet(6 * HOUR + 2 * MINUTE)
    assert [one.phase for one in city.changes[5:]] == ["resolved"]
    city.level(7 * HOUR + 30 * MINUTE, 3.0)
    assert city.changes[-1].swings == 0
    city.level(7 * HOUR + 31 * MINUTE, 1.0)
    city.quiet(20 * HOUR)
    assert not city.states.keys() - {"source|", "source|mosquitto"}


def test_what_counts_every_value_forgets_its_openings_too() -> None:
    city = City([rule(Total(LEVEL, HOUR), above=4.0)])
    city.level(0, 5.0)
    city.quiet(2 * HOUR)
    assert "opened|rule|flood|site:s1" in city.states
    city.quiet(7 * HOUR)
    city.level(7 * HOUR, 1.0)
    city.quiet(7 * HOUR + 5 * MINUTE)
    assert "opened|rule|flood|site:s1" not in city.states
    stored = city.states.get("rule|flood|site:s1")
    city.level(7 * HOUR + 5 * MINUTE, 1.0)
    assert city.states.get("rule|flood|site:s1") == stored, "it is idle: it is stored later"


def test_what_is_not_heard_of_again_and_again_is_chronic_too() -> None:
    city = City([rule(above=2.0, forget=10 * MINUTE)])
    for minute in range(0, 10 * 60, 20):
        city.level(minute * MINUTE, 3.0)
        city.quiet((minute + 15) * MINUTE)
    opened = [one.opened for one in city.changes if one.phase == "firing"]
    assert opened[:3] == [START, START + 20 * MINUTE, START + 40 * MINUTE]
    _at_most_three_in_six_hours(opened)
    assert len(city.spans) == 30


def _at_most_three_in_six_hours(opened: list[int]) -> None:
    assert all(one + 6 * HOUR <= fourth for one, fourth in zip(opened, opened[3:], strict=False)), opened


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 50), st.sampled_from([1.0, 3.0]), st.booleans()), min_size=20, max_size=60),
    st.sampled_from([{}, {"hold": 2 * MINUTE}, {"n": 2, "of": 3}, {"forget": 15 * MINUTE}]),
)
def test_nobody_is_told_more_than_three_times_in_six_hours(
    steps: list[tuple[int, float, bool]], more: dict[str, Any]
) -> None:
    city, at = City([rule(above=2.0, settle=MINUTE, **more)]), 0
    for minutes, value, restarts in steps:
        at += minutes * MINUTE
        city.level(at, value)
        city.quiet(at + 30 * SECOND)
        if restarts:
            city.restart()
    city.quiet(at + 2 * DAY)
    _at_most_three_in_six_hours([one.opened for one in city.changes if one.phase == "firing"])
    assert [one.phase for one in city.changes] == ["firing", "resolved"] * (len(city.changes) // 2)
