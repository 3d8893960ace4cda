"""Rain and heat of hours and days, and the days that a battery has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.derive.cause import Cause
from ingest.rollup.battery import MOST, battery_days
from ingest.rollup.meaning import of_day, of_hour
from ingest.rollup.means import trace
from tests.fakes.summaries import DAY, MIDNIGHT, amount, hours, of, span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from ingest.rollup.summary import Summary

NEXT = MIDNIGHT + DAY


def rain(amounts: Sequence[float | None]) -> dict[str, float]:
    made = hours({"rain": [None if one is None else amount(one) for one in amounts]}, NEXT)
    return dict(of_hour(made[-1], [*map(trace, made[:-1])], None).get("environment", {}))


def weather(**values: float) -> dict[str, float]:
    return dict(of_hour(span(MIDNIGHT, values), [], None).get("environment", {}))


def days(levels: Sequence[float | None]) -> list[Summary]:
    """Of each day the lowest battery; the last is the one asked for."""
    made = [{} if one is None else {"battery": of(one + 2, low=one)} for one in levels]
    return [span(MIDNIGHT + at * DAY, row, DAY) for at, row in enumerate(made)]


def left(levels: Sequence[float | None]) -> float | None:
    *earlier, day = days(levels)
    return battery_days(day, earlier)


def test_rain_adds_up_over_the_hours() -> None:
    found = rain([0.0] * 12 + [4.0] * 11 + [10.0])

    assert (found["rain_1h"], found["rain_3h"]) == (10, 18)
    assert (found["rain_12h"], found["rain_12h_class"]) == (54, 5), "over 50 mm in 12 hours: very heavy"
    assert (found["rain_24h"], found["rain_24h_class"]) == (54, 4), "51 to 100 mm in 24 hours: heavy"
    assert "rain_least" not in found
    assert "rain_12h_unverified" not in found


@pytest.mark.parametrize(
    ("span_hours", "total", "rank"),
    [
        *(
            (24, total, rank)
            for total, rank in [(0, 0), (5.9, 1), (6, 2), (15, 2), (16, 3), (50, 3), (51, 4), (100, 4)]
        ),
        *((12, total, rank) for total, rank in [(0, 0), (2.9, 1), (3, 2), (8, 2), (8.2, 3), (25, 3), (26, 4), (50, 4)]),
        (24, 100.2, 5),
        (12, 50.2, 5),
    ],
)
def test_classes_of_rain(span_hours: int, total: float, rank: int) -> None:
    found = rain([0.0] * (24 - span_hours) + [total / span_hours] * span_hours)

    assert found[f"rain_{span_hours}h"] == pytest.approx(total)
    assert found[f"rain_{span_hours}h_class"] == rank
    day = hours({"rain": [amount(total / 24)] * 24}, NEXT)
    if span_hours == 24:
        made = of_day(span(MIDNIGHT, {"rain": amount(total)}, DAY), day, [], None)["environment"]
        assert made["rain_24h_class"] == rank


def test_rain_of_a_span_needs_three_quarters_of_its_hours() -> None:
    found = rain([5.0] * 10)

    assert found["rain_12h"] == 50
    assert "rain_24h" not in found
    assert found["rain_least"] == 1, "hours are missing: it may have been more"
    assert "rain_3h" not in rain([5.0, None, 5.0])


def test_doubtful_rain_makes_an_amount_the_least_that_fell() -> None:
    made = hours({"rain": [amount(1.0)] * 24}, NEXT)
    made[3] = span(made[3].start, {"rain": amount(1.0)}, doubts={"rain": {Cause.GAP: 1}})

    assert of_hour(made[-1], [*map(trace, made[:-1])], None)["environment"]["rain_least"] == 1


def test_rain_of_several_gauges_is_their_mean() -> None:
    made = span(MIDNIGHT, {("rain", 1): amount(4.0), ("rain", 2): amount(6.0)})

    assert of_hour(made, [], None)["environment"]["rain_1h"] == 5


def test_rain_of_a_day_is_the_days_own() -> None:
    made = hours({"rain": [amount(9.0)] * 7 + [amount(2.5)] * 24}, NEXT)

    found = of_day(span(MIDNIGHT, {"rain": amount(60.0)}, DAY), made, [], None)["environment"]

    assert found == {"rain_24h": 60, "rain_24h_class": 4}


@pytest.mark.parametrize(
    ("celsius", "humidity", "shown", "rank"),
    [
        (32, 75, 42.3, 3),
        (35, 60, 45.1, 3),
        (30, 90, 40.8, 3),
        (20, 50, 19.7, 0),
        (30, 70, 35.0, 2),
        (37.7778, 10, 34.5, 2),
    ],
)
def test_heat_of_an_hour(celsius: float, humidity: float, shown: float, rank: int) -> None:
    found = weather(air_temperature=celsius, humidity=humidity)

    assert found == {"heat_index": shown, "heat_index_class": rank, "heat_index_unverified": 1}


def test_the_measured_heat_index_goes_by_its_highest() -> None:
    made = span(MIDNIGHT, {"heat_index": of(35.0, high=39.4), "air_temperature": 30.0, "humidity": 50.0})

    found = of_hour(made, [], None)["environment"]

    assert (found["heat_index"], found["heat_index_class"]) == (39.4, 3)
    assert weather(air_temperature=30.0) == {}, "there is no heat index without humidity"


def test_a_hot_day_goes_by_its_highest_temperature() -> None:
    made = hours({"air_temperature": [28.0] * 12 + [36.0] * 12, "humidity": [60.0] * 24}, NEXT)
    day = span(MIDNIGHT, {"air_temperature": of(32, high=37.0), "humidity": 60.0}, DAY)

    found = of_day(day, made, [], None)["environment"]

    assert (found["hot_day_class"], found["hot_day_unverified"]) == (2, 1)
    assert found["heat_index"] == weather(air_temperature=36.0, humidity=60.0)["heat_index"]
    short = span(MIDNIGHT, {"air_temperature": of(32, high=37.0, coverage=0.5)}, DAY)
    assert of_day(short, made[:12], [], None) == {}, "the afternoon is not known"


# ---- battery


def test_a_battery_that_falls_evenly() -> None:
    assert left([80.0 - day for day in range(30)]) == pytest.approx(51, abs=5)
    day = days([80.0 - day for day in range(30)])
    assert of_day(day[-1], [], day[:-1], None)["device"]["battery_days"] == left([80.0 - day for day in range(30)])


def test_a_battery_needs_seven_days_and_a_fall() -> None:
    assert left([80.0 - day for day in range(6)]) is None
    assert left([80.0 - day for day in range(7)]) is not None
    assert left([80.0] * 30) is None
    assert left([50.0 + day / 2 for day in range(30)]) is None, "the sun charges it"
    assert left([80.0 - day for day in range(20)] + [None]) is None, "nothing is known of that day"


def test_a_replaced_battery_begins_anew() -> None:
    falling, new = [40.0 - day for day in range(30)], [100.0 - day for day in range(10)]

    assert left(falling + new[:3]) is None
    assert left(falling + new) == left(new)


def test_one_odd_day_is_no_new_battery_and_moves_nothing() -> None:
    even = [80.0 - day for day in range(30)]
    odd = [5.0 if day == 12 else level for day, level in enumerate(even)]

    assert left(odd) == pytest.approx(left(even), rel=0.05)
    assert left([*odd[:12], 100.0, *odd[13:]]) == pytest.approx(left(even), rel=0.05)


def test_the_steps_of_a_coarse_gauge_are_a_fall() -> None:
    assert left([80.0] * 40 + [79.0] * 20) == pytest.approx(79 * 40, rel=0.05)
    assert left([80.0] * 40 + [79.999] * 20) == MOST


@given(levels=st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=61), order=st.randoms(use_true_random=False))
def test_days_left_do_not_depend_on_the_order(levels: list[float | None], order: Random) -> None:
    *earlier, day = days(levels)
    shuffled = list(earlier)
    order.shuffle(shuffled)

    found = battery_days(day, earlier)

    assert found == battery_days(day, shuffled)
    assert found is None or 0 <= found <= MOST


@given(st.lists(st.none() | st.floats(0, 100), min_size=24, max_size=24))
def test_rain_is_never_less_over_longer(amounts: list[float | None]) -> None:
    found = rain([*amounts, 1.0])

    given_spans = [found[name] for name in ("rain_1h", "rain_3h", "rain_12h", "rain_24h") if name in found]
    assert given_spans == sorted(given_spans)
