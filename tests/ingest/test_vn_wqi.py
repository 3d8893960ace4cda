"""VN_WQI: sub-indices, what a sample must have, and the product."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoders.bands import table
from ingest.indices.result import Index, NoIndex, Why, caption
from ingest.indices.vn_wqi import GROUPS, MinimumData, oxygen_saturation, saturated_oxygen, vn_wqi

ORGANICS = {"bod5": 4.0, "cod": 10.0, "oxygen_saturation": 100.0}
CLEAN = {"ph": 7.0, **ORGANICS, "coliform": 2500.0}

names = sorted({name for group in GROUPS.values() for name in group})
samples = st.dictionaries(st.sampled_from([*names, "turbidity"]), st.none() | st.floats(allow_nan=True))


def sub_index(name: str, value: float) -> float:
    parts = vn_wqi({name: value}).parts
    assert [part.parameter for part in parts] == [name]
    return parts[0].index


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *(("bod5", 5, 87.5), ("cod", 20, 66.6667), ("ammonium_n", 0.45, 62.5), ("phosphate_p", 0.15, 87.5)),
        *(("coliform", 5000, 75), ("ph", 5.75, 75), ("ph", 8.75, 75)),
        *(("oxygen_saturation", at, value) for at, value in [(60, 60), (80, 84.6154), (100, 100), (118.5, 87.5)]),
        *(("oxygen_saturation", at, value) for at, value in [(19.9, 10), (20, 25), (200, 25), (200.1, 10)]),
        *(("ph", at, value) for at, value in [(5.4, 10), (5.5, 50), (6, 100), (8.5, 100), (9, 50), (9.1, 10)]),
        *(("ammonium_n", at, value) for at, value in [(0.29, 100), (0.3, 75), (0.6, 50), (0.9, 25), (5, 10), (9, 10)]),
        *(("nitrate_n", at, value) for at, value in [(1, 100), (5, 75), (15, 25), (15.1, 10)]),
        *(("nitrite_n", at, value) for at, value in [(0.05, 100), (0.051, 10)]),
        *(("e_coli", at, value) for at, value in [(20, 100), (35, 87.5), (200, 25), (201, 10)]),
        *(("aldrin", at, value) for at, value in [(0.1, 100), (0.11, 10)]),
    ],
)
def test_sub_index(name: str, value: float, expected: float) -> None:
    assert sub_index(name, value) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("temperature", "expected"), [(0, 14.652), (20, 9.022), (25, 8.176), (28, 7.723), (30, 7.437)])
def test_oxygen_that_water_holds(temperature: float, expected: float) -> None:
    assert saturated_oxygen(temperature) == pytest.approx(expected, abs=5e-4)
    assert oxygen_saturation(expected, temperature) == pytest.approx(100, abs=0.01)


def test_oxygen_has_no_saturation_where_the_formula_ends() -> None:
    assert [oxygen_saturation(8, at) for at in (-1, 46, math.nan, None)] == [None] * 4
    assert [oxygen_saturation(value, 25) for value in (-1, math.inf, None)] == [None] * 3


def test_the_index_is_the_product_of_its_groups() -> None:
    assert _value(CLEAN) == 100
    assert _value({**CLEAN, "ph": 8.75}) == 75, "pH takes the whole index down"
    assert _value({**CLEAN, "as": 0.1, "cu": 0.1}) == 50, "metals: geometric mean of 25 and 100"
    assert _value({**CLEAN, "cod": 30.0, "coliform": 10000.0}) == 46, "sqrt((100 + 50 + 100) / 3 · 25) = 45.64"
    assert _value({"ph": 7.0, **ORGANICS, "aldrin": 0.5}) == 10, "without microbes the organic mean stands alone"


def _value(sample: dict[str, float]) -> int:
    result = vn_wqi(sample)
    assert isinstance(result, Index)
    return result.value


def test_the_probes_of_a_site_are_not_enough() -> None:
    result = vn_wqi({"ph": 7.1, "oxygen_saturation": 90.0, "turbidity": 12.0, "cod": None})

    assert isinstance(result, NoIndex)
    assert result.why is Why.TOO_FEW_GROUPS
    assert {part.parameter for part in result.parts} == {"ph", "oxygen_saturation"}
    assert result.absent == {"turbidity": Why.NO_TABLE, "cod": Why.NO_DATA}
    assert caption(result, "vi").endswith("(chưa kiểm chứng)")


def test_the_minimum_data_is_a_setting() -> None:
    two_groups = {"ph": 7.0, **ORGANICS}

    assert isinstance(vn_wqi(two_groups), NoIndex)
    assert isinstance(vn_wqi(two_groups, needed=MinimumData(groups=2)), Index)
    assert isinstance(vn_wqi({"ph": 7.0, "coliform": 10.0}, needed=MinimumData(1, 0)), NoIndex), (
        "never without organics"
    )
    assert vn_wqi({}).parts == ()


def test_every_parameter_has_a_curve_and_a_group() -> None:
    assert set(names) == set(table("vn_wqi").curves)


@given(sample=samples)
def test_an_index_is_bounded_and_complete(sample: dict[str, float | None]) -> None:
    result = vn_wqi(sample)

    assert {part.parameter for part in result.parts} | set(result.absent) == set(sample)
    assert all(10 <= part.index <= 100 for part in result.parts)
    assert not result.verified
    if isinstance(result, Index):
        assert 0 <= result.value <= 100
        assert result.band.low <= result.value


@given(
    name=st.sampled_from([name for name in names if name not in {"ph", "oxygen_saturation"}]),
    low=st.floats(0, 1e5),
    more=st.floats(0, 1e5),
)
def test_more_of_a_pollutant_is_never_a_better_index(name: str, low: float, more: float) -> None:
    assert sub_index(name, low) >= sub_index(name, low + more)
    assert _value({**CLEAN, name: low}) >= _value({**CLEAN, name: low + more})
