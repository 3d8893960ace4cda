"""Flood alarm levels, as the bulletins of October 2025 said them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoders.bands import table
from ingest.indices.flood import FloodAlarm, flood_alarm
from ingest.indices.result import NoClass, Why

STATIONS = sorted(table("flood_alarm").stations)


def alarm(station: str, level: float) -> FloodAlarm:
    result = flood_alarm(station, level)
    assert isinstance(result, FloodAlarm)
    return result


@pytest.mark.parametrize(
    ("station", "level", "rank", "said", "verified"),
    [
        ("ai_nghia", 10.01, 3, "trên BĐ3 1,01 m", True),
        ("ai_nghia", 8.76, 2, "dưới BĐ3 0,24 m", True),
        ("cau_lau", 5.17, 3, "trên BĐ3 1,17 m", True),
        ("cau_lau", 3.94, 2, "dưới BĐ3 0,06 m", True),
        ("hoi_an", 2.99, 3, "trên BĐ3 0,99 m", True),
        ("giao_thuy", 9.38, 3, "trên BĐ3 0,58 m", True),
        ("giao_thuy", 8.1, 2, "trên BĐ2 0,10 m", False),
        ("giao_thuy", 8.7, 2, "dưới BĐ3 0,10 m", False),  # BĐ2, which is reached, is unverified
        ("nong_son", 17.84, 3, "trên BĐ3 2,84 m", True),
        ("hoi_khach", 16.79, 3, "trên BĐ3 0,29 m", True),
        ("cam_le", 2.73, 3, "trên BĐ3 0,23 m", True),
        ("cam_le", 1.93, 1, "dưới BĐ2 0,07 m", False),
        ("tam_ky", 2.44, 2, "trên BĐ2 0,24 m", True),
        ("tam_ky", 2.72, 3, "trên BĐ3 0,02 m", True),
        ("tam_ky", 0.5, 0, "dưới BĐ1 1,20 m", True),
    ],
)
def test_a_level_is_said_as_in_the_bulletin(
    station: str,
    level: float,
    rank: int,
    said: str,
    verified: bool,  # noqa: FBT001
) -> None:
    result = alarm(station, level)

    assert (result.alarm, result.said("vi"), result.verified) == (rank, said, verified)
    assert result.band.label.en == ("Below alarm level 1" if rank == 0 else f"Alarm level {rank}")


def test_a_level_that_is_reached_to_the_centimetre_counts() -> None:
    assert alarm("hoi_an", 1.0).alarm == 1
    assert alarm("hoi_an", 0.7 + 0.3 - 1e-16).alarm == 1, "the residue of a subtraction is no centimetre"
    assert alarm("hoi_an", 0.99).alarm == 0
    assert alarm("hoi_an", 2.5).said("en") == "0.50 m above alarm level 3"


def test_a_place_without_levels_has_no_alarm() -> None:
    for result, why in ((flood_alarm("rach_com_nha", 3), Why.NO_TABLE), (flood_alarm("cam_le", None), Why.NO_DATA)):
        assert isinstance(result, NoClass)
        assert result.why is why


@given(station=st.sampled_from(STATIONS), level=st.floats(-100, 100), more=st.floats(0, 100))
def test_a_higher_level_is_never_a_lower_alarm(station: str, level: float, more: float) -> None:
    lower, higher = alarm(station, level), alarm(station, level + more)

    assert 0 <= lower.alarm <= higher.alarm <= 3
    assert lower.nearest <= higher.nearest
    assert lower.offset == pytest.approx(level - lower.station.levels[lower.nearest - 1].metres, abs=1e-8)
    assert lower.said("vi").startswith("dưới" if lower.offset < 0 else "trên")
