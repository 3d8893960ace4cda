"""What is said against a value, and what is asked of each quantity."""

from __future__ import annotations

import pytest

from decoders.quantities import QUANTITIES
from ingest.derive import quality, rules
from ingest.derive.cause import Cause
from ingest.derive.past import HORIZON, NOTHING, Past
from ingest.derive.quality import SAME, by_arrival, judge
from ingest.derive.rules import CHECKS, HOUR, INTERVAL, MINUTE, RULES, SLOW, Rule

NOW = 1_790_000_000 * 10**9
RULE = Rule(0.0, 100.0, spike=10.0, stuck=6 * HOUR)


def before(*values: float, minutes: int = 15, since: int = 0) -> Past:
    """What was each so many minutes before; the last has been the same for `since` ns."""
    times = tuple(NOW - minutes * MINUTE * ago for ago in range(len(values), 0, -1))
    return Past(times, values, bytes(len(values)), NOW - since if since else times[-1])


@pytest.mark.parametrize(
    ("value", "past", "cause"),
    [
        (50.0, NOTHING, Cause.NONE),
        (100.1, NOTHING, Cause.IMPLAUSIBLE),
        (-0.1, before(0.0), Cause.IMPLAUSIBLE),
        (30.0, before(20.0), Cause.NONE),
        (30.1, before(20.0), Cause.SPIKE),
        (20.0, before(20.0, 20.0, 20.0, 50.0), Cause.NONE),  # it was the one before that was far
        (51.0, before(20.0, 20.0, 20.0, 50.0), Cause.NONE),  # it stays: believed from the second on
        (20.0, before(20.0, 20.0, 50.0, 51.0), Cause.NONE),  # back, after two that bear each other out
        (50.0, before(20.0, 50.0, 20.0, 20.0), Cause.SPIKE),  # the same false echo once more
        (50.0, before(20.0, 50.0, 20.0, 50.0), Cause.NONE),  # as often there as here: nobody knows
        (50.0, before(-20.0, 200.0), Cause.NONE),  # nothing that was plausible
        (50.0, before(20.0, 200.0), Cause.SPIKE),
        (99.0, before(20.0, 101.0), Cause.NONE),  # near the one just before, whatever that was
    ],
)
def test_what_jumps(value: float, past: Past, cause: Cause) -> None:
    assert judge(RULE, value, NOW, past) == cause


@pytest.mark.parametrize(
    ("minutes", "most"), [(1, 10.0), (60, 10.0), (90, 15.0), (180, 30.0)], ids=["1 min", "1 h", "1.5 h", "3 h"]
)
def test_after_a_pause_it_may_be_further(minutes: int, most: float) -> None:
    assert judge(RULE, 20.0 + most, NOW, before(20.0, minutes=minutes)) == Cause.NONE
    assert judge(RULE, 20.1 + most, NOW, before(20.0, minutes=minutes)) == Cause.SPIKE


@pytest.mark.parametrize(
    ("past", "cause"),
    [
        (before(20.0, 20.0, 20.0, since=6 * HOUR), Cause.STUCK),
        (before(20.0, 20.0, 20.0, since=6 * HOUR - 1), Cause.NONE),
        (before(20.0, 20.0, minutes=180, since=6 * HOUR), Cause.NONE),  # three equal values can be chance
        (before(20.1, 20.0, 20.0, minutes=180, since=6 * HOUR), Cause.NONE),
    ],
)
def test_what_is_stuck(past: Past, cause: Cause) -> None:
    assert judge(RULE, 20.0, NOW, past) == cause
    assert SAME == 3


def test_a_quantity_may_rest() -> None:
    calm = before(0.0, 0.0, 0.0, since=24 * HOUR)
    assert judge(RULE, 0.0, NOW, calm) == Cause.STUCK
    assert judge(RULE._replace(rest=0.0), 0.0, NOW, calm) == Cause.NONE


def test_what_is_switched_off_is_not_asked() -> None:
    past = before(20.0, 20.0, 20.0, since=24 * HOUR)
    assert judge(RULE._replace(stuck=None), 20.0, NOW, past) == Cause.NONE
    assert judge(RULE._replace(spike=None), 99.0, NOW, past) == Cause.NONE


def test_how_it_came() -> None:
    assert by_arrival(RULE, "ok", rules.LATE) == Cause.NONE
    assert by_arrival(RULE, "ok", rules.LATE + 1) == Cause.LATE
    assert by_arrival(RULE, "clock_suspect", rules.LATE + 1) == Cause.CLOCK
    assert by_arrival(RULE._replace(clock=False), "clock_suspect", 0) == Cause.NONE


def test_every_quantity_has_a_rule_that_its_vocabulary_allows() -> None:
    assert RULES.keys() == QUANTITIES.keys()
    for name, rule in RULES.items():
        quantity = QUANTITIES[name]
        assert (rule.low, rule.high) == quantity.plausible
        if rule.spike is not None:
            assert 0 < rule.spike < rule.high - rule.low, f"{name}: what is plausible says as much"
        if rule.stuck is not None:
            assert rule.stuck > SAME * INTERVAL, f"{name}: that can be chance"


def test_only_gauges_are_looked_back_at() -> None:
    for name, rule in RULES.items():
        if quality.looks_back(rule) or rule.drift is not None:
            assert QUANTITIES[name].kind == "gauge", name


def test_the_table_names_each_quantity_once_and_says_why() -> None:
    names = [name for check in CHECKS for name in check.quantities.split()]
    assert len(names) == len(set(names))
    assert set(names) <= QUANTITIES.keys()
    assert all(check.why for check in CHECKS)
    assert all(check.spike or check.stuck for check in CHECKS)


@pytest.mark.parametrize(
    "name", ["rain", "rain_total", "water_level", "distance", "parking_free", "fill_level", "battery", "wind_direction"]
)
def test_what_stays_as_it_is_for_days_is_never_stuck(name: str) -> None:
    assert RULES[name].stuck is None


@pytest.mark.parametrize(
    ("name", "value"), [("wind_speed", 0.0), ("illuminance", 0.0), ("humidity", 100.0), ("co2", 400.0), ("no2", 0.0)]
)
def test_calm_dark_fog_and_clean_air_last(name: str, value: float) -> None:
    same = before(value, value, value, since=10 * 24 * HOUR)
    assert judge(RULES[name], value, NOW, same) == Cause.NONE
    other = before(*([value + 1] * 3) if value != 100.0 else (99.0,) * 3, since=10 * 24 * HOUR)
    assert judge(RULES[name], other.values[0], NOW, other) == Cause.STUCK


def test_how_often_a_value_is_due() -> None:
    assert RULES["pm2_5"].interval == INTERVAL == 15 * MINUTE
    for name in ("energy", "water_volume", "meter_reading", "soil_moisture", "battery"):
        assert RULES[name].interval == SLOW == HOUR


def test_causes_keep_their_numbers() -> None:
    numbers = [Cause.NONE, Cause.IMPLAUSIBLE, Cause.SPIKE, Cause.STUCK, Cause.LATE, Cause.CLOCK]
    assert [*numbers, Cause.GAP, Cause.INPUT, Cause.DRIFT] == list(range(9))
    assert HORIZON > 24 * HOUR
    assert Cause.CLOCK.word == "clock"
