"""Sites as GeoJSON and devices.csv: what goes out comes back, twice is once, and a fault is told by its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decoders.quantities import QUANTITIES
from ingest.device_sheet import parse as parse_sheet
from ingest.devices import EVER, FOREVER, clean
from ingest.errors import CityloraError
from ingest.registry import geojson, sheet, wards
from ingest.registry.site import DATUMS, EMPTY, HIGHEST, LOWEST, Calibration, Placement, Reference, Registry, Site

ONE, TWO = "a81758fffe0312ab", "a81758fffe0499c0"

TEXT = st.text(max_size=20).map(clean)
TIME = st.just(EVER) | st.integers(0, 2_000_000_000_000_000_000)
NUMBER = st.floats(-1e6, 1e6, allow_nan=False)
HEIGHT = st.floats(LOWEST, HIGHEST)
SCALE = st.floats(1e-6, 1e6) | st.floats(-1e6, -1e-6)
POSITIONS = st.tuples(st.floats(-90, 90), st.floats(-180, 180)) | st.just((None, None))
SITES = st.builds(
    lambda position, **said: Site(latitude=position[0], longitude=position[1], **said),
    POSITIONS,
    id=TEXT.filter(lambda text: bool(text) and text != "unassigned"),
    name_vi=TEXT,
    name_en=TEXT,
    ward=st.sampled_from(["", *wards.all_wards()]),
    kind=TEXT,
    orientation=st.none() | st.floats(0, 360),
    lanes=st.none() | st.integers(1, 20),
    capacity=st.none() | st.integers(1, 65_535),
    owner=TEXT,
    photo=st.sampled_from(["", "https://example.org/a.jpg"]),
    references=st.lists(
        st.builds(Reference, HEIGHT, st.sampled_from(DATUMS), TIME), unique_by=lambda one: one.since
    ).map(lambda found: tuple(sorted(found, key=lambda one: one.since))),
    calibrations=st.lists(
        st.builds(Calibration, st.sampled_from(sorted(QUANTITIES)), NUMBER, SCALE, TIME),
        unique_by=lambda one: (one.quantity, one.since),
    ).map(lambda found: tuple(sorted(found, key=lambda one: (one.quantity, one.since)))),
)


@settings(max_examples=150, deadline=None)
@given(SITES)
def test_a_site_comes_back_as_it_went_out(site: Site) -> None:
    (feature,) = geojson.parse(json.dumps(geojson.collection([site])))
    assert geojson.taken(feature, {}) == site
    assert geojson.taken(feature, {site.id: site}) == site


def feature(**properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": "bridge", "properties": properties}


KNOWN = {"bridge": Site(id="bridge", name_vi="Cầu", ward="20260", lanes=4, latitude=16.0, longitude=108.2)}


def test_what_a_feature_does_not_mention_stays_and_null_takes_back() -> None:
    site = geojson.taken(feature(lanes=None, colour="red", name_en="Bridge"), KNOWN)
    assert site == Site(id="bridge", name_vi="Cầu", name_en="Bridge", ward="20260", latitude=16.0, longitude=108.2)
    assert geojson.taken({**feature(), "geometry": None}, KNOWN).latitude is None
    assert geojson.taken(feature(ward="Hoà Xuân"), KNOWN).ward == wards.find("Hòa Xuân").code


def test_a_gis_has_the_id_among_the_properties_and_a_height_in_the_position() -> None:
    given = {
        "type": "Feature",
        "properties": {"id": "x"},
        "geometry": {"type": "Point", "coordinates": [108.2031, 16.0123, 5.0]},
    }
    assert geojson.taken(given, {}) == Site(id="x", latitude=16.0123, longitude=108.2031, ward="20260")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "is no Feature"),
        ({"type": "Feature", "properties": {}}, "has no id"),
        ({"type": "Feature", "id": 5, "properties": None}, "has no id"),
        ({**feature(), "geometry": {"type": "LineString", "coordinates": []}}, "is no Point"),
        ({**feature(), "geometry": {"type": "Point", "coordinates": ["a", "b"]}}, "longitude 'a' cannot be"),
        (feature(ward="Atlantis"), "no ward"),
        (feature(references=[{"height": 1}]), "no reference height"),
        (feature(references=[{"height": 1, "datum": "sea"}]), "no reference height"),
        (feature(references={}), None),
        (feature(references=5), "are no list"),
        (feature(calibrations=[{"quantity": "beauty"}]), "no calibration"),
        (feature(calibrations=[{"quantity": "distance", "scale": "x"}]), "no calibration"),
        (feature(calibrations=[{"quantity": "distance", "from": "monday"}]), "no time"),
        (feature(calibrations=[{"quantity": "distance"}] * 2), "from the same time"),
    ],
)
def test_a_feature_that_cannot_be_is_refused(given: object, words: str | None) -> None:
    if words is None:
        assert geojson.taken(given, {}) == Site(id="bridge")
        return
    with pytest.raises(CityloraError, match=words):
        geojson.taken(given, {})


@pytest.mark.parametrize("text", ["{", "[]", "5", '{"type": "Topology"}', '{"features": {}}'])
def test_what_is_no_geojson_is_refused(text: str) -> None:
    with pytest.raises(CityloraError, match=r"no JSON|no GeoJSON"):
        geojson.parse(text)


CSV = f"""dev_eui,site,ward,latitude,longitude
{ONE},cau-do,Phường Hoà Xuân,15.99,108.20
{TWO},cau-do,,,
00000000000000aa,,,,
00000000000000ab,cau-rong,Thạch Thang,16.061,108.227
"""


def test_a_sheet_makes_its_sites_and_places_its_devices() -> None:
    found = sheet.taken(parse_sheet(CSV), EMPTY, EVER)
    assert found.problems == ()
    assert found.registry.sites == {
        "cau-do": Site(id="cau-do", ward=wards.find("Hòa Xuân").code, latitude=15.99, longitude=108.2),
        "cau-rong": Site(id="cau-rong", ward=wards.find("An Hải").code, latitude=16.061, longitude=108.227),
    }
    assert [one.dev_eui for one in found.registry.at_site("cau-do")] == [ONE, TWO]
    assert [(one.line, one.message.split("'")[0]) for one in found.remarks] == [
        (4, "00000000000000aa has no site"),
        (5, ""),
    ]


def test_the_same_sheet_twice_changes_nothing_and_an_old_one_undoes_nothing() -> None:
    before = sheet.taken(parse_sheet(CSV), EMPTY, EVER).registry
    assert sheet.taken(parse_sheet(CSV), before, EVER).registry == before
    moved = before.with_device(ONE, [Placement(ONE, "cau-do", EVER, 500), Placement(ONE, "cau-rong", 500, FOREVER)])
    again = sheet.taken(parse_sheet(CSV), moved, EVER)
    assert again.registry == moved
    assert not again.problems
    later = sheet.taken(parse_sheet(CSV), moved, 600)
    assert later.registry == moved
    assert later.remarks[0][:2] == (
        2,
        f"{ONE} is at cau-rong by the registry, from 1970-01-01T00:00:00.000000500Z, and not at cau-do",
    )


def test_the_lines_that_cannot_be_used_are_all_named() -> None:
    found = sheet.taken(parse_sheet(f"{CSV}nonsense,x,,,\n{ONE},y,,,\n0000000000000001,unassigned,,,\n"), EMPTY, 100)
    assert [one.line for one in found.problems] == [6, 7, 8]
    assert Registry(found.registry.sites, {}).sites.keys() == {"cau-do", "cau-rong"}
