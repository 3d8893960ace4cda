"""Values held against the limit of their day, and classes of rivers."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoders.bands import tables
from ingest.indices.limits import judge, noise_hours
from ingest.indices.result import Classed, Judged, NoClass, Why, caption
from ingest.indices.surface_water import river_class

TODAY = date(2026, 11, 22)


def judged(  # noqa: PLR0917  (reads as a row)
    regulation: str, parameter: str, period: str, value: float, on: date = TODAY, where: str = ""
) -> Judged:
    result = judge(regulation, parameter, period, value, on=on, where=where)
    assert isinstance(result, Judged), result
    return result


def test_the_limit_of_pm2_5_fell_at_the_turn_of_2026() -> None:
    assert not judged("qcvn_05", "pm2_5", "24h", 48, date(2025, 12, 31)).exceeded
    assert judged("qcvn_05", "pm2_5", "24h", 48, date(2026, 1, 1)).exceeded
    assert not judged("qcvn_05", "pm2_5", "24h", 45).exceeded, "a value at the limit keeps it"
    assert not judged("qcvn_05", "pm2_5", "24h", 45 + 7e-15).exceeded, "the residue of a mean is no exceedance"
    assert judged("qcvn_05", "pm2_5", "24h", 45.1).exceeded


@pytest.mark.parametrize(
    ("parameter", "period", "high"),
    [
        *(("so2", "1h", 350), ("so2", "24h", 125), ("so2", "1y", 50), ("co", "1h", 30000), ("co", "8h", 10000)),
        *(("no2", "1h", 200), ("no2", "24h", 100), ("no2", "1y", 40), ("o3", "1h", 200), ("o3", "8h", 120)),
        *(("tsp", "1h", 300), ("tsp", "24h", 200), ("tsp", "1y", 100), ("pm10", "24h", 100), ("pm10", "1y", 50)),
        *(("pm2_5", "1y", 25), ("h2s", "1h", 42), ("nh3", "1h", 200), ("benzene", "1h", 22), ("cl2", "24h", 30)),
    ],
)
def test_limits_of_ambient_air(parameter: str, period: str, high: float) -> None:
    result = judged("qcvn_05", parameter, period, 1)

    assert (result.limit.high, result.verified, result.superseded) == (high, True, False)


def test_a_row_that_is_not_verified_says_so_in_a_table_that_is() -> None:
    lead = judged("qcvn_05", "pb", "1y", 0.6)

    assert lead.exceeded
    assert not lead.verified
    assert caption(lead, "en") == "QCVN 05:2023/BTNMT (ambient air) (unverified)"


def test_noise_answers_with_the_superseded_limits() -> None:
    then = judged("qcvn_26", "laeq", "21-06", 56, date(2024, 5, 1), "ordinary")
    now = judged("qcvn_26", "laeq", "21-06", 56, TODAY, "ordinary")

    assert (then.exceeded, then.superseded, then.verified) == (True, False, True)
    assert (now.exceeded, now.superseded, now.verified) == (True, True, False)
    assert "superseded" in caption(now, "en")
    assert [judged("qcvn_26", "laeq", period, 60, where=where).limit.high for where, period in _NOISE] == _NOISE_LIMITS


_NOISE = [("special", "06-21"), ("special", "21-06"), ("ordinary", "06-21"), ("ordinary", "21-06")]
_NOISE_LIMITS = [55, 45, 70, 55]


def test_the_night_of_noise_is_from_nine_to_six() -> None:
    assert [noise_hours(time(hour, 59)) for hour in (5, 6, 20, 21)] == ["21-06", "06-21", "06-21", "21-06"]


def test_who_is_stricter() -> None:
    assert judged("who_2021", "pm2_5", "24h", 20).exceeded
    assert not judged("qcvn_05", "pm2_5", "24h", 20).exceeded


def test_chloride_and_ammonium_of_surface_water() -> None:
    assert judged("qcvn_08", "chloride", "", 251).exceeded
    assert not judged("qcvn_08", "ammonium_n", "", 0.3).exceeded


def test_what_no_table_has_is_a_typed_absence() -> None:
    for result, why in (
        (judge("qcvn_05", "pm2_5", "1h", 10, on=TODAY), Why.NO_TABLE),
        (judge("qcvn_05", "pm2_5", "24h", 10, on=date(2020, 1, 1)), Why.NO_TABLE),
        (judge("qcvn_05", "pm2_5", "24h", None, on=TODAY), Why.NO_DATA),
        (judge("qcvn_05", "pm2_5", "24h", float("nan"), on=TODAY), Why.NO_DATA),
    ):
        assert isinstance(result, NoClass)
        assert result.why is why


@given(value=st.floats(allow_nan=False, allow_infinity=False), on=st.dates())
def test_judging_never_raises_and_is_monotonic(value: float, on: date) -> None:
    for table in tables().values():
        for limit in table.limits:
            result = judge(table.key, limit.parameter, limit.period, value, on=on, where=limit.where)
            if isinstance(result, Judged) and limit.low is None and result.exceeded:
                more = judge(table.key, limit.parameter, limit.period, value + 1, on=on, where=limit.where)
                assert isinstance(more, Judged)
                assert more.exceeded


# ---- rivers


@pytest.mark.parametrize(
    ("parameter", "value", "key", "verified"),
    [
        ("dissolved_oxygen", 6.0, "a", True),
        ("dissolved_oxygen", 5.9, "b", True),
        ("dissolved_oxygen", 4.0, "c", True),
        ("dissolved_oxygen", 1.0, "d", True),
        ("ph", 7.0, "a", True),
        ("ph", 6.2, "b", True),
        ("ph", 8.6, "d", True),
        ("cod", 12, "b", True),
        ("bod5", 11, "d", True),
        ("toc", 7, "c", False),
        ("suspended_solids", 25, "a", True),
        ("suspended_solids", 60, "b", False),
        ("coliform", 7500, "c", True),
        ("heat_resistant_coliform", 1501, "d", True),
        ("total_phosphorus", 0.2, "b", True),
        ("total_nitrogen", 2.0, "c", True),
    ],
)
def test_class_of_a_river(parameter: str, value: float, key: str, verified: bool) -> None:  # noqa: FBT001
    result = river_class(parameter, value, on=TODAY)

    assert isinstance(result, Classed)
    assert (result.band.key, result.verified) == (key, verified)


def test_what_a_number_cannot_tell_has_no_class() -> None:
    for result, why in (
        (river_class("suspended_solids", 101, on=TODAY), Why.UNDECIDABLE),  # C or D, by floating waste
        (river_class("turbidity", 5, on=TODAY), Why.NO_TABLE),
        (river_class("cod", 5, on=date(2020, 1, 1)), Why.NO_TABLE),
        (river_class("cod", -1, on=TODAY), Why.NO_DATA),
        (river_class("cod", None, on=TODAY), Why.NO_DATA),
    ):
        assert isinstance(result, NoClass)
        assert result.why is why
