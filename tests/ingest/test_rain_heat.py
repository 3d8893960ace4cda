"""Classes of rain, the heat index, hot days."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoders.bands import table
from ingest.indices.result import Classed, NoClass, Why
from ingest.indices.weather import heat_index, heat_index_f, hot_day, rain_class

anything = st.none() | st.floats(allow_nan=True, allow_infinity=True)


def key(result: Classed | NoClass) -> str:
    return result.band.key if isinstance(result, Classed) else result.why


@pytest.mark.parametrize(
    ("hours", "amount", "expected"),
    [
        *((24, amount, "small") for amount in (0.2, 5.9)),
        *((24, amount, "rain") for amount in (6, 15)),
        *((24, amount, "moderate") for amount in (15.5, 16, 50)),
        *((24, amount, "heavy") for amount in (51, 100)),
        *((24, amount, "very_heavy") for amount in (100.2, 795)),
        *((12, amount, "small") for amount in (0.2, 2.9)),
        *((12, amount, "rain") for amount in (3, 8)),
        *((12, amount, "moderate") for amount in (8.2, 25)),
        *((12, amount, "heavy") for amount in (26, 50)),
        *((12, amount, "very_heavy") for amount in (50.2, 339)),
        (24, 0, "none"),
        (12, 0, "none"),
        (6, 40, Why.NO_TABLE),
        (24, None, Why.NO_DATA),
        (24, -0.2, Why.NO_DATA),
    ],
)
def test_class_of_rain(hours: int, amount: float | None, expected: str) -> None:
    assert key(rain_class(amount, hours)) == expected


@pytest.mark.parametrize(
    ("fahrenheit", "humidity", "expected"),
    [
        (70, 50, 69.53),  # the simple formula
        (80, 40, 79.79),  # and its mean with the temperature, below 80
        (86, 70, 95.07),
        (90, 70, 105.92),
        (95, 60, 113.09),
        (84, 90, 98.34),  # adjusted for moist air
        (100, 10, 94.12),  # adjusted for dry air
    ],
)
def test_heat_index_in_fahrenheit(fahrenheit: float, humidity: float, expected: float) -> None:
    assert heat_index_f(fahrenheit, humidity) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(
    ("celsius", "humidity", "exact", "shown", "expected"),
    [(32, 75, 42.31, 42.3, "danger"), (35, 60, 45.05, 45.1, "danger"), (30, 90, 40.77, 40.8, "danger")],
)
def test_heat_index_in_celsius(celsius: float, humidity: float, exact: float, shown: float, expected: str) -> None:
    result = heat_index(celsius, humidity)

    assert (heat_index_f(celsius * 1.8 + 32, humidity) - 32) / 1.8 == pytest.approx(exact, abs=0.005)
    assert isinstance(result, Classed)
    assert (result.value, result.band.key, result.verified) == (shown, expected, False)


@pytest.mark.parametrize(
    ("fahrenheit", "below", "expected"),
    [
        (80, "none", "caution"),
        (90, "caution", "extreme_caution"),
        (103, "extreme_caution", "danger"),
        (125, "danger", "extreme_danger"),
    ],
)
def test_classes_in_celsius_begin_where_those_in_fahrenheit_do(fahrenheit: float, below: str, expected: str) -> None:
    begins = round((fahrenheit - 32) / 1.8, 1)

    assert table("heat_index").band(begins).key == expected
    assert table("heat_index").band(begins - 0.1).key == below


def test_there_is_no_heat_index_outside_its_data() -> None:
    assert key(heat_index(-5, 50)) == Why.OUT_OF_RANGE
    assert key(heat_index(60, 50)) == Why.OUT_OF_RANGE
    assert key(heat_index(30, 101)) == Why.OUT_OF_RANGE
    assert key(heat_index(None, 50)) == Why.NO_DATA
    assert key(heat_index(30, math.nan)) == Why.NO_DATA


@pytest.mark.parametrize(
    ("highest", "expected"),
    [(34.9, "none"), (35, "hot"), (37, "very_hot"), (38.9, "very_hot"), (39, "extremely_hot"), (None, Why.NO_DATA)],
)
def test_hot_day(highest: float | None, expected: str) -> None:
    assert key(hot_day(highest)) == expected


@given(one=anything, other=anything)
def test_nothing_raises(one: float | None, other: float | None) -> None:
    for result in (heat_index(one, other), rain_class(one, 12), rain_class(other, 24), hot_day(one)):
        assert isinstance(result, NoClass) or math.isfinite(result.value)


@given(temperature=st.floats(27, 45), more=st.floats(0, 9), humidity=st.floats(40, 84))
def test_hotter_air_is_never_a_lower_heat_index(temperature: float, more: float, humidity: float) -> None:
    lower, higher = heat_index(temperature, humidity), heat_index(temperature + more, humidity)

    assert isinstance(lower, Classed)
    assert isinstance(higher, Classed)
    assert lower.value <= higher.value + 0.1
