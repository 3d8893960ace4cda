"""The wards: found by code and name however they are written, and by position as far as their borders are known."""

from __future__ import annotations

import pytest

from ingest.devices import ward_name
from ingest.errors import CityloraError
from ingest.registry import wards
from ingest.registry.describe import cleared, described, doubts, located, named
from ingest.registry.site import Site

BRIDGE = (16.0123, 108.2031)
"""Latitude and longitude, in Cẩm Lệ."""


def test_there_are_94_of_three_kinds_and_no_two_are_called_alike() -> None:
    found = wards.all_wards()
    assert len(found) == len({ward_name(ward.name) for ward in found.values()}) == 94
    kinds = [ward.properties.kind for ward in found.values()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"Phường": 23, "Xã": 70, "Đặc khu": 1}
    assert all(len(code) == 5 and code.isdigit() for code in found)


@pytest.mark.parametrize("ward", wards.all_wards().values(), ids=lambda ward: ward.code)
def test_each_is_found_by_every_way_of_writing_it_and_by_its_centre(ward: wards.Ward) -> None:
    plain = ward_name(ward.name)
    for written in (ward.code, ward.name, ward.title, ward.name.upper(), plain, plain.replace(" ", "-"), f"xã {plain}"):
        assert wards.find(written) is ward
    longitude, latitude = ward.properties.centre
    assert wards.containing(latitude, longitude) is ward
    west, south, east, north = ward.bbox
    assert west <= longitude <= east
    assert south <= latitude <= north


def test_marks_may_stand_where_the_decree_or_the_sheet_puts_them() -> None:
    assert wards.find("Hoà Cường") is wards.find("Hòa Cường") is wards.find("Ho\u0300a Cu\u031bo\u031b\u0300ng")
    assert wards.find("Hoàng Sa").name == "Hoàng Sa"


def test_borders_are_shared_no_place_lies_in_two_wards_and_few_between_them() -> None:
    """On a grid over the town, which is land all over."""
    between = 0
    for step in range(40 * 40):
        latitude, longitude = 15.99 + step // 40 * 0.0015, 108.17 + step % 40 * 0.0012
        holding = [ward for ward in wards.all_wards().values() if not ward.outside(latitude, longitude)]
        assert len(holding) <= 1
        between += not holding
    assert between == 0


def test_what_is_no_ward_is_refused_with_what_may_be_meant() -> None:
    with pytest.raises(CityloraError, match="'Cam Lee' is no ward") as raised:
        wards.find("Cam Lee")
    assert "Cẩm Lệ" in raised.value.hint
    with pytest.raises(CityloraError, match="no ward or commune") as raised:
        wards.find("Thạch Thang")  # of before the reform
    assert "its name of today" in raised.value.hint


def test_a_position_gives_the_ward_and_one_elsewhere_is_doubted() -> None:
    latitude, longitude = BRIDGE
    site = described(named("bridge"), {"latitude": latitude, "longitude": longitude})
    assert located(site).ward == "20260"
    assert list(doubts(located(site))) == []
    (said,) = doubts(described(site, {"ward": "Hội An"}))
    assert said.endswith("lies in Phường Cẩm Lệ (20260), not in Phường Hội An")
    (said,) = doubts(described(site, {"latitude": 10.77, "longitude": 106.70}))
    assert said.endswith("lies outside of Đà Nẵng")
    assert located(described(site, {"latitude": 10.77})).ward == ""


def test_a_position_just_outside_a_border_that_is_only_nearly_known_is_not_doubted() -> None:
    ward = wards.find("Hải Châu")
    longitude, latitude = max(ward.geometry.coordinates[0][0], key=lambda point: point[1])
    near, far = (latitude + metres / 111_195 for metres in (60, 200))
    assert ward.may_hold(near, longitude)
    assert not ward.may_hold(far, longitude)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"latitude": 95.0, "longitude": 108.0}, "latitude 95.0 cannot be"),
        ({"latitude": 16.0}, "a latitude and a longitude"),
        ({"lanes": 2.5}, "lanes 2.5"),
        ({"lanes": True}, "lanes True"),
        ({"capacity": 0}, "capacity 0"),
        ({"capacity": 12.5}, "capacity 12.5"),
        ({"orientation": float("nan")}, "orientation nan"),
        ({"photo": "javascript:alert(1)"}, "no address of a photo"),
        ({"ward": "Atlantis"}, "no ward"),
    ],
)
def test_what_cannot_be_is_refused(said: dict[str, object], words: str) -> None:
    with pytest.raises(CityloraError, match=words):
        described(named("bridge"), said)


@pytest.mark.parametrize("name", ["", "a\nb", " a", "unassigned", "x" * 129])
def test_an_id_must_be_able_to_be_a_tag(name: str) -> None:
    with pytest.raises(CityloraError, match="cannot be a site's id"):
        named(name)


def test_what_was_said_can_be_taken_back() -> None:
    site = described(
        named("a"), {"latitude": 16.0, "longitude": 108.2, "lanes": 4, "capacity": 120, "name_vi": " Cầu  Rồng "}
    )
    assert site.name_vi == "Cầu Rồng"
    assert site.capacity == 120
    assert cleared(site, ("position", "lanes", "capacity", "name_vi")) == Site(id="a")
