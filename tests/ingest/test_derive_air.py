"""Dew point, heat index and gases by mass: as published tables have them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.derive.about import PLAIN
from ingest.derive.air import DERIVATIONS
from ingest.indices.result import Classed
from ingest.indices.weather import heat_index

NOW = 1_790_000_000_000_000_000


def derived(gives: str, *values: float | None) -> float | None:
    (one,) = (one for one in DERIVATIONS if gives in one.gives)
    assert len(values) == len((*one.needs, *one.uses))
    found = one.compute(values, NOW, (), PLAIN)
    of_it = found and found[one.gives.index(gives)]
    if not of_it:
        return None
    value, cause = of_it
    assert not cause
    return value


@pytest.mark.parametrize(
    ("temperature", "humidity", "expected"),
    [
        # DIN 4108-3, table of dew points of moist air, to 0.1 °C.
        (30, 90, 28.2),
        (30, 50, 18.4),
        (25, 60, 16.7),
        (20, 50, 9.3),
        (20, 80, 16.4),
        (15, 65, 8.5),
        (10, 50, 0.1),
        # By definition.
        (35, 100, 35.0),
        (0, 100, 0.0),
    ],
)
def test_dew_point(temperature: float, humidity: float, expected: float) -> None:
    assert derived("dew_point", temperature, humidity) == pytest.approx(expected, abs=0.1)


@given(st.floats(-45, 60), st.floats(1, 100))
def test_dew_point_is_never_above_the_air(temperature: float, humidity: float) -> None:
    found = derived("dew_point", temperature, humidity)
    assert found is not None
    assert found <= temperature + 0.005


@pytest.mark.parametrize("air", [(25, 0), (61, 50), (-46, 50), (None, 50), (25, None)])
def test_no_dew_point_where_the_formula_ends(air: tuple[float | None, float | None]) -> None:
    assert derived("dew_point", *air) is None


@pytest.mark.parametrize(
    ("fahrenheit", "humidity", "expected"),
    [
        # The heat index chart of the US National Weather Service, weather.gov/safety/heat-index, whole °F.
        (80, 40, 80),
        (84, 60, 88),
        (88, 75, 103),
        (90, 70, 105),
        (94, 55, 106),
        (96, 75, 132),
        (100, 40, 109),
        (104, 50, 131),
    ],
)
def test_heat_index(fahrenheit: float, humidity: float, expected: float) -> None:
    found = derived("heat_index", (fahrenheit - 32) / 1.8, humidity)
    assert found is not None
    assert found * 1.8 + 32 == pytest.approx(expected, abs=1.4)


@given(st.floats(-20, 60), st.floats(0, 100))
def test_heat_index_is_that_of_the_indices(temperature: float, humidity: float) -> None:
    index = heat_index(temperature, humidity)
    assert derived("heat_index", temperature, humidity) == (index.value if isinstance(index, Classed) else None)


@pytest.mark.parametrize(
    ("gas", "celsius", "expected"),
    [
        # µg/m³ of 1 ppb at 1013 hPa: Defra (UK Air Quality Archive, conversion factors), 20 °C.
        ("o3", 20, 1.9957),
        ("no2", 20, 1.9125),
        ("so2", 20, 2.6609),
        ("co", 20, 1.1642),
        ("no", 20, 1.2473),
        # M / 24.45, as the WHO air quality guidelines and the US EPA have it, 25 °C.
        ("o3", None, 48.00 / 24.45),
        ("no2", None, 46.01 / 24.45),
        ("so2", None, 64.07 / 24.45),
        ("co", None, 28.01 / 24.45),
        ("h2s", None, 34.08 / 24.45),
        ("nh3", None, 17.03 / 24.45),
        ("hcho", None, 30.03 / 24.45),
    ],
)
def test_a_gas_by_mass(gas: str, celsius: float | None, expected: float) -> None:
    assert derived(gas, 1000, celsius, None) == pytest.approx(1000 * expected, rel=1.5e-3)


def test_thin_air_holds_less() -> None:
    assert derived("no2", 100, 25, 1013.25) == derived("no2", 100, None, None)
    assert derived("no2", 100, 25, 506.625) == pytest.approx(188.05 / 2, abs=0.1)
    assert derived("no2", 100, 35, 1013.25) == pytest.approx(188.05 * 298.15 / 308.15, abs=0.1)
    assert derived("no2", 0, 35, None) == 0


def test_voc_are_not_one_gas() -> None:
    assert "tvoc" not in [gives for one in DERIVATIONS for gives in one.gives]
