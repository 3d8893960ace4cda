"""Floods by the station that a site declares, water on streets, and how clean a river is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import CityloraError
from ingest.registry import describe, geojson
from ingest.registry.site import Reference, Site
from ingest.rollup.meaning import of_day, of_hour
from tests.fakes.summaries import DAY, MIDNIGHT, of, span

BRIDGE = Site(id="cau-cam-le", kind="bridge", station="cam_le")
STREET = Site(id="me-suot", kind="Street")


def hour_of(site: Site | None, **values: float) -> dict[str, float]:
    made = span(MIDNIGHT, {name: of(value - 0.3, high=value) for name, value in values.items()})
    return dict(of_hour(made, [], site).get("water", {}))


@pytest.mark.parametrize(
    ("station", "level", "rank", "nearest", "offset", "verified"),
    [
        ("ai_nghia", 10.01, 3, 3, 1.01, True),
        ("cau_lau", 5.17, 3, 3, 1.17, True),
        ("hoi_an", 2.99, 3, 3, 0.99, True),
        ("nong_son", 17.84, 3, 3, 2.84, True),
        ("cam_le", 2.73, 3, 3, 0.23, True),
        ("cam_le", 1.93, 1, 2, -0.07, False),
        ("tam_ky", 2.44, 2, 2, 0.24, True),
        ("tam_ky", 0.5, 0, 1, -1.2, True),
    ],
)
def test_the_highest_level_of_an_hour_is_said_as_in_the_bulletin(  # noqa: PLR0917  (reads as a row)
    station: str,
    level: float,
    rank: int,
    nearest: int,
    offset: float,
    verified: bool,  # noqa: FBT001
) -> None:
    found = hour_of(Site(id="x", station=station), water_level=level)

    assert (found["flood_level"], found["flood_nearest"], found["flood_offset"]) == (rank, nearest, offset)
    assert ("flood_level_unverified" not in found) is verified
    day = of_day(span(MIDNIGHT, {"water_level": of(0, high=level)}, DAY), [], [], Site(id="x", station=station))
    assert day["water"] == found


def test_the_highest_of_several_channels_counts() -> None:
    made = span(MIDNIGHT, {("water_level", 1): 0.5, ("water_level", 2): 2.6})

    assert of_hour(made, [], BRIDGE)["water"]["flood_level"] == 3


def test_nothing_is_said_of_a_place_that_nobody_has_declared() -> None:
    assert hour_of(None, water_level=9.0, water_depth=2.0) == {}
    assert hour_of(Site(id="x", kind="drain"), water_level=9.0, water_depth=2.0) == {}
    above_ground = Site(id="x", station="cam_le", references=(Reference(3.0, "ground"),))
    assert hour_of(above_ground, water_level=2.6) == {}, "its level does not count from where the alarm levels do"
    assert hour_of(Site(id="x", station="gone"), water_level=9.0) == {}


@pytest.mark.parametrize(("depth", "rank"), [(-0.02, 0), (0.05, 0), (0.1, 1), (0.2, 2), (0.3, 3), (0.49, 3), (0.5, 4)])
def test_water_on_a_street(depth: float, rank: int) -> None:
    found = hour_of(STREET, water_depth=depth)

    assert found == {"street_flood": depth, "street_flood_class": rank, "street_flood_unverified": 1}
    levelled = Site(id="x", kind="underpass", references=(Reference(4.0, "ground"),))
    assert hour_of(levelled, water_level=depth) == found, "a level above the ground is a depth"
    assert hour_of(levelled, water_depth=depth) == {}


@pytest.mark.parametrize("said", ["cam-le", "Cẩm Lệ", "cam_le", "CAM LE"])
def test_a_site_declares_its_station(said: str) -> None:
    site = describe.described(describe.named("cau-cam-le"), {"station": said})

    assert site.station == "cam_le"
    assert geojson.taken(geojson.feature(site), {}) == site, "and it comes back as it went out"
    assert describe.cleared(site, ("station",)).station == ""


def test_a_station_without_alarm_levels_is_refused() -> None:
    with pytest.raises(CityloraError, match="no station with alarm levels") as refused:
        describe.described(describe.named("x"), {"station": "Rach Com Nha"})
    assert "cam_le" in (refused.value.hint or "")


def test_a_river_is_classed_by_parameter() -> None:
    day = span(MIDNIGHT, {"ph": 6.2, "dissolved_oxygen": 5.5, "water_temperature": 28.0, "ammonium": 0.5}, DAY)

    found = of_day(day, [], [], Site(id="x", kind="river"))["water"]

    assert (found["ph_river_class"], found["dissolved_oxygen_river_class"]) == (1, 1)
    assert found["ammonium_n_over"] == 1, "0.39 mg/L as nitrogen"
    assert "vn_wqi" not in found, "two of five groups"
    assert of_day(day, [], [], Site(id="x", kind="drain")) == {}
    lake = of_day(day, [], [], Site(id="x", kind="lake"))["water"]
    assert lake == {"ammonium_n_over": 1}, "the classes are those of rivers"


def test_vn_wqi_is_there_where_its_data_is() -> None:
    sample = {"ph": 7.0, "oxygen_saturation": 60.0, "cod": 20.0, "ammonium_n": 0.45, "coliform": 5000.0}

    found = of_day(span(MIDNIGHT, sample, DAY), [], [], Site(id="x", kind="canal"))["water"]

    assert (found["vn_wqi_cod"], found["vn_wqi_ammonium_n"], found["vn_wqi_coliform"]) == (67, 63, 75)
    assert found["vn_wqi"] == 69
    assert found["vn_wqi_unverified"] == 1


@given(level=st.floats(-5, 30), higher=st.floats(0, 10))
def test_a_higher_level_is_never_a_lower_alarm(level: float, higher: float) -> None:
    low, high = hour_of(BRIDGE, water_level=level), hour_of(BRIDGE, water_level=level + higher)

    assert low["flood_level"] <= high["flood_level"]
