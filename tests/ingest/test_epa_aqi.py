"""The AQI of the US EPA for particles, which stands beside VN_AQI for comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.indices import epa_aqi
from ingest.indices.exact import exacts
from ingest.indices.nowcast import Nowcast, nowcast
from ingest.indices.result import Index, NoIndex, Why, caption

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

hours = st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True), max_size=30)


def hourly(given: Mapping[str, Sequence[float | None]]) -> Index | NoIndex:
    return epa_aqi.hourly({name: nowcast(exacts(values)) for name, values in given.items()})


def daily(given: Mapping[str, Sequence[float | None]]) -> Index | NoIndex:
    return epa_aqi.daily({name: exacts(values) for name, values in given.items()})


def aqi(name: str, concentration: float) -> int:
    result = daily({name: [concentration] * 24})
    assert isinstance(result, Index)
    return result.value


@pytest.mark.parametrize(
    ("concentration", "expected"),
    [
        *((0, 0), (4.5, 25), (9.0, 50), (9.05, 50), (9.1, 51), (35.4, 100), (35.49, 100), (35.5, 101), (55.4, 150)),
        *((55.5, 151), (125.4, 200), (125.5, 201), (225.4, 300), (225.5, 301), (325.4, 500), (900, 500)),
    ],
)
def test_breakpoints_of_2024_for_truncated_pm2_5(concentration: float, expected: int) -> None:
    assert aqi("pm2_5", concentration) == expected


@pytest.mark.parametrize(
    ("concentration", "expected"), [(54.9, 50), (55, 51), (154, 100), (255, 151), (424, 300), (604, 500), (700, 500)]
)
def test_breakpoints_for_truncated_pm10(concentration: float, expected: int) -> None:
    assert aqi("pm10", concentration) == expected


def test_nowcast_is_always_divided_by_its_weights() -> None:
    found = nowcast(exacts([20.0] * 11 + [100.0]))

    assert isinstance(found, Nowcast)
    assert float(found.divided) == pytest.approx(60.010, abs=1e-3)


def test_the_same_air_is_worse_in_epas_eyes_and_the_source_says_what_is_doubtful() -> None:
    result = hourly({"pm2_5": [20.0] * 12, "pm10": [30.0] * 12, "no2": [40.0] * 12})

    assert isinstance(result, Index)
    assert (result.value, result.dominant, result.method) == (71, "pm2_5", "epa_nowcast")
    assert result.absent == {"no2": Why.NO_TABLE}
    assert not result.verified
    assert caption(result, "en") == "US EPA AQI (2024) (unverified)"


def test_missing_hours_are_a_typed_absence() -> None:
    late = hourly({"pm2_5": [20.0] * 10 + [None, None]})
    never = hourly({"pm2_5": [None] * 12})

    assert isinstance(late, NoIndex)
    assert late.why is Why.TOO_FEW_HOURS
    assert isinstance(never, NoIndex)
    assert never.why is Why.NO_DATA


@given(low=st.floats(0, 1e4), more=st.floats(0, 1e4), name=st.sampled_from(["pm2_5", "pm10"]))
def test_more_particles_are_never_a_lower_index(low: float, more: float, name: str) -> None:
    assert 0 <= aqi(name, low) <= aqi(name, low + more) <= 500


@given(values=hours)
def test_nothing_raises(values: list[float | None]) -> None:
    for result in (hourly({"pm10": values}), daily({"pm10": values})):
        assert isinstance(result, NoIndex) or 0 <= result.value <= 500
