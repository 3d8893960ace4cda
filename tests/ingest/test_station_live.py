"""What cannot wait for the end of the hour: floods that begin, car parks that fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ingest.alerts.heard import Heard, Tick
from ingest.alerts.rulebook import load
from ingest.config.alerts import Alerts
from ingest.decoding.point import Point
from ingest.registry.site import Reference, Site
from ingest.rollup.live import FRESH, FRESH_SPACE, Stations
from ingest.rollup.station import station_point
from tests.fakes.alert_rules import START, City
from tests.fakes.summaries import HOUR, MIDNIGHT, of, span

if TYPE_CHECKING:
    from collections.abc import Mapping

BRIDGE = Site(id="cau-cam-le", latitude=16.01, longitude=108.2, kind="bridge", station="cam_le")
PARK = Site(id="bai-xe", capacity=4)
MINUTE = HOUR // 60


def fields(point: Point) -> dict[str, float | str]:
    return dict(point.fields)


def row(indices: Mapping[str, float] | None = None, at: int = MIDNIGHT, **values: float) -> Point:
    hour = replace(span(at - HOUR, values or {"humidity": 60.0}), indices=indices or {})
    return station_point(BRIDGE, BRIDGE.id, "Cẩm Lệ", at, hour=hour)


def water(time: int, site: str = BRIDGE.id, device: str = "a", gone: tuple[str, ...] = (), **values: float) -> Point:
    return Point("water", (device, site, "Cẩm Lệ", "radar", "0"), tuple(values.items()), time, gone=gone)


def parking(time: int, device: str, *, taken: bool, site: str = PARK.id) -> Point:
    tags = (device, site, "Hải Châu", "pni", "0")
    return Point("traffic", tags, (("parking_occupied", float(taken)),), time)


def test_a_flood_does_not_wait_for_the_hour() -> None:
    base = row({"vn_aqi": 51.0, "vn_aqi_class": 1.0, "flood_level": 0.0})
    stations = Stations({BRIDGE.id: BRIDGE}, lambda _site: base)
    stations.see(water(MIDNIGHT + MINUTE, water_level=2.05))

    (made,) = stations.rows()

    found = fields(made)
    assert (found["state"], found["cause"], found["flood_level"], found["water_level"]) == (3, 2, 2, 2.05)
    assert found["vn_aqi"] == 51, "the rest is as the hour had it"
    assert made.time == MIDNIGHT + MINUTE
    assert stations.rows() == [], "once"


def test_a_level_within_its_class_is_no_news_and_an_older_one_none_at_all() -> None:
    stations = Stations({BRIDGE.id: BRIDGE})
    stations.see(water(MIDNIGHT, water_level=2.05))
    assert len(stations.rows()) == 1
    stations.see(water(MIDNIGHT + MINUTE, water_level=2.06))
    assert stations.rows() == []
    stations.see(water(MIDNIGHT - MINUTE, water_level=2.9))  # late
    stations.see(water(MIDNIGHT + 2 * MINUTE, water_level_suspect=2.9))
    assert stations.rows() == []
    stations.see(water(MIDNIGHT + 3 * MINUTE, water_level=1.99))
    assert [fields(one)["flood_level"] for one in stations.rows()] == [1]


def test_it_says_how_far_above_each_level_the_water_is_and_how_fast_it_rises() -> None:
    stations = Stations({BRIDGE.id: BRIDGE, "ranh": Site(id="ranh", kind="street")})
    stations.see(water(MIDNIGHT, water_level=2.05, water_rise=0.6))
    stations.see(water(MIDNIGHT, device="b", water_level=1.2, water_rise=0.7))
    stations.see(water(MIDNIGHT, "ranh", water_depth=0.3, water_rise=3.0))
    made = {one.tags[0]: fields(one) for one in stations.rows()}

    found = made[BRIDGE.id]
    assert [round(float(found[f"flood_over_bd{level}"]), 3) for level in (1, 2, 3)] == [1.05, 0.05, -0.45]
    assert found["flood_rise"] == 0.7, "the highest of its devices"
    assert not [name for name in made["ranh"] if name.startswith("flood_")], "in a drain it means nothing"
    stations.see(water(MIDNIGHT + HOUR + MINUTE, device="c", water_level=1.2))
    (later,) = stations.rows()
    assert "flood_rise" not in fields(later), "an hour later nothing is known of it"


def test_a_river_at_an_alarm_level_is_one_alert_until_it_is_well_below() -> None:
    """By the pack's own rule, and the rows that the waves of a river make."""
    (bd2,) = [one for one in load(Alerts(packs=("flood",))).rules if one.id == "flood/bd2"]
    stations, city = Stations({BRIDGE.id: BRIDGE}), City([replace(bd2, trigger=replace(bd2.trigger, settle=0))])
    levels = [1.9, 2.01, 1.99, 2.02, 1.97, 2.03, 1.95, 2.01, 1.94, 1.93, 1.7, 1.7]
    for number, level in enumerate(levels):
        at = START + number * MINUTE
        stations.see(water(at, water_level=level))
        city.hear(*[Heard("rollup", one.time + MINUTE, "", (one,)) for one in stations.rows()])
    city.engine.tick(Tick(START + HOUR, frozenset({"station"})))
    city.collect()
    assert [(one.phase, (one.time - START) // MINUTE) for one in city.changes] == [("firing", 1), ("resolved", 10)]
    assert city.changes[0].value == pytest.approx(0.01)


def test_a_level_that_turned_out_to_be_doubtful_is_taken_back() -> None:
    stations = Stations({BRIDGE.id: BRIDGE})
    stations.see(water(MIDNIGHT, water_level=0.5))
    stations.see(water(MIDNIGHT + MINUTE, device="b", water_level=2.6))
    assert [fields(one)["flood_level"] for one in stations.rows()] == [3]
    stations.see(water(MIDNIGHT + MINUTE, device="b", gone=("water_level",), water_level_suspect=2.6))

    assert [fields(one)["flood_level"] for one in stations.rows()] == [0]


def test_of_several_devices_the_highest_counts_while_it_is_fresh() -> None:
    stations = Stations({BRIDGE.id: BRIDGE})
    stations.see(water(MIDNIGHT, device="a", water_level=2.6))
    stations.see(water(MIDNIGHT + MINUTE, device="b", water_level=0.5))
    assert [fields(one)["flood_level"] for one in stations.rows()] == [3]
    stations.see(water(MIDNIGHT + FRESH + MINUTE, device="b", water_level=0.5))
    assert [fields(one)["flood_level"] for one in stations.rows()] == [0]


def test_live_values_take_the_place_of_their_own_kind_alone() -> None:
    hour = replace(span(MIDNIGHT - HOUR, {"water_level": 1.5}), indices={"vn_aqi_class": 1.0, "flood_level": 1.0})

    made = station_point(BRIDGE, BRIDGE.id, "Cẩm Lệ", MIDNIGHT, hour=hour, newest={"parking_taken": 3.0})

    assert {"water_level", "flood_level", "vn_aqi_class", "parking_taken"} <= fields(made).keys()


def test_live_values_are_what_the_end_of_an_hour_says() -> None:
    stations = Stations({BRIDGE.id: BRIDGE})
    stations.see(water(MIDNIGHT - MINUTE, water_level=0.9))
    hour = replace(span(MIDNIGHT - HOUR, {"water_level": of(1.5, high=2.2)}), indices={"flood_level": 2.0})
    newest = stations.newest(BRIDGE.id, MIDNIGHT)

    made = station_point(BRIDGE, BRIDGE.id, "Cẩm Lệ", MIDNIGHT, hour=hour, newest=newest)

    assert (fields(made)["flood_level"], fields(made)["water_level"]) == (0, 0.9), "the water has fallen since"
    assert stations.newest(BRIDGE.id, MIDNIGHT + FRESH) == {}
    assert stations.newest("elsewhere", MIDNIGHT) == {}
    stations.rows()
    stations.wrote(made)
    stations.see(water(MIDNIGHT - MINUTE + 1, water_level=2.6))
    (late,) = stations.rows()
    assert late.time == MIDNIGHT + 1, "it comes after the hour's row"


def test_water_on_a_street_is_watched_and_nothing_else() -> None:
    street = Site(id="me-suot", kind="street")
    levelled = Site(id="ham-chui", kind="underpass", references=(Reference(3.0, "ground"),))
    stations = Stations({"me-suot": street, "ham-chui": levelled, "kenh": Site(id="kenh", kind="drain")})
    stations.see(water(MIDNIGHT, "me-suot", water_depth=0.25))
    stations.see(water(MIDNIGHT, "ham-chui", water_level=0.6))
    stations.see(water(MIDNIGHT, "kenh", water_level=9.0))
    stations.see(Point("environment", ("a", "me-suot", "W", "m", "0"), (("humidity", 1.0),), MIDNIGHT))

    made = {one.tags[0]: fields(one) for one in stations.rows()}

    assert {site: found["street_flood_class"] for site, found in made.items()} == {"me-suot": 2, "ham-chui": 4}
    assert [found["state_unverified"] for found in made.values()] == [1, 1]


def test_a_car_park_counts_its_spaces() -> None:
    stations = Stations({PARK.id: PARK})
    for number, taken in enumerate((True, False, True)):
        stations.see(parking(MIDNIGHT + number, f"p{number}", taken=taken))

    found = fields(stations.rows()[0])

    assert (found["parking_taken"], found["parking_places"], found["parking_occupancy"]) == (2, 4, 50)
    stations.see(parking(MIDNIGHT + MINUTE, "p1", taken=True))
    assert [fields(one)["parking_occupancy"] for one in stations.rows()] == [75]
    stations.see(parking(MIDNIGHT + FRESH_SPACE + MINUTE + 1, "p1", taken=True))
    assert [fields(one)["parking_taken"] for one in stations.rows()] == [1], "two say nothing any more"


def test_a_car_park_that_counts_what_is_free() -> None:
    tags = ("a", PARK.id, "Hải Châu", "counter", "0")
    stations = Stations({PARK.id: PARK})
    stations.see(Point("traffic", tags, (("parking_free", 1.0),), MIDNIGHT))

    assert fields(stations.rows()[0])["parking_occupancy"] == 75
    unknown = Stations({})
    unknown.see(Point("traffic", tags, (("parking_free", 1.0),), MIDNIGHT))
    assert unknown.rows() == [], "of how many, nobody has said"


def test_parking_needs_no_registry_but_a_site() -> None:
    stations = Stations({})
    stations.see(parking(MIDNIGHT, "p1", taken=True, site="somewhere"))
    stations.see(parking(MIDNIGHT, "p2", taken=True, site="unassigned"))

    assert [one.tags[0] for one in stations.rows()] == ["somewhere"]


def test_what_is_remembered_goes_on_where_it_stopped() -> None:
    stations = Stations({PARK.id: PARK, BRIDGE.id: BRIDGE})
    stations.see(parking(MIDNIGHT, "p1", taken=True))
    stations.see(water(MIDNIGHT, water_level=2.1))
    stations.rows()
    kept = dict(stations.kept())
    assert stations.kept() == []

    again = Stations({PARK.id: PARK, BRIDGE.id: BRIDGE}, kept=kept)
    again.see(water(MIDNIGHT + 1, water_level=2.1))
    again.see(parking(MIDNIGHT + 1, "p2", taken=True))

    assert [fields(one)["parking_taken"] for one in again.rows()] == [2], "and the bridge has no news"


def test_a_registry_that_changes_holds_from_the_next_value_on() -> None:
    stations = Stations({})
    stations.see(water(MIDNIGHT, water_level=2.6))
    assert stations.rows() == []
    stations.know({BRIDGE.id: BRIDGE})
    stations.see(water(MIDNIGHT + 1, water_level=2.6))
    assert [fields(one)["flood_level"] for one in stations.rows()] == [3]
    stations.know({})
    stations.see(water(MIDNIGHT + 2, water_level=0.1))
    assert stations.rows() == []


@given(
    readings=st.lists(
        st.tuples(st.integers(0, 100), st.sampled_from("ab"), st.floats(-1, 4)),
        min_size=1,
        unique_by=lambda one: one[:2],
    ),
    batches=st.lists(st.integers(1, 9), min_size=1),
)
def test_the_last_row_says_what_is_known_in_whatever_batches_it_came(
    readings: list[tuple[int, str, float]], batches: list[int]
) -> None:
    stations, shown = Stations({BRIDGE.id: BRIDGE}), dict[str, float | str]()
    rest, turn = list(readings), 0
    while rest:
        size = batches[turn % len(batches)]
        turn += 1
        for minute, device, level in rest[:size]:
            stations.see(water(MIDNIGHT + minute * MINUTE, device=device, water_level=level))
        del rest[:size]
        for one in stations.rows():
            shown = fields(one)

    newest = {device: max(one for one in readings if one[1] == device)[2] for device in {one[1] for one in readings}}
    assert shown["flood_level"] == sum(max(newest.values()) >= metres for metres in (1.0, 2.0, 2.5))
