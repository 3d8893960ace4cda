"""The row `station`: the state of a site and its cause, what is a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from decoders.bands import table
from ingest.decoding.point import FIELDS, TAGS, Point
from ingest.registry.site import Site
from ingest.rollup.station import (
    JUDGED,
    REPEAT,
    STEPS,
    Reason,
    State,
    changed,
    is_silent,
    state_of,
    station_point,
)
from tests.fakes.summaries import HOUR, MIDNIGHT, of, span

if TYPE_CHECKING:
    from collections.abc import Mapping

BRIDGE = Site(id="cau-cam-le", latitude=16.01, longitude=108.2, kind="bridge", station="cam_le")


def fields(point: Point) -> dict[str, float | str]:
    return dict(point.fields)


def row(indices: Mapping[str, float] | None = None, at: int = MIDNIGHT, **values: float) -> Point:
    hour = replace(span(at - HOUR, values or {"humidity": 60.0}), indices=indices or {})
    return station_point(BRIDGE, BRIDGE.id, "Cẩm Lệ", at, hour=hour)


# ---- state


@pytest.mark.parametrize(
    ("indices", "state", "reason"),
    [
        ({}, State.GOOD, Reason.NONE),
        ({"flood_level": 1}, State.ATTENTION, Reason.FLOOD),
        ({"flood_level": 2}, State.WARNING, Reason.FLOOD),
        ({"flood_level": 3}, State.DANGER, Reason.FLOOD),
        ({"street_flood_class": 1}, State.ATTENTION, Reason.STREET),
        ({"street_flood_class": 4}, State.DANGER, Reason.STREET),
        ({"vn_aqi_class": 1}, State.GOOD, Reason.NONE),
        ({"vn_aqi_class": 2}, State.ATTENTION, Reason.AIR),
        ({"vn_aqi_class": 5}, State.DANGER, Reason.AIR),
        ({"heat_index_class": 3}, State.ATTENTION, Reason.HEAT),
        ({"heat_index_class": 4}, State.WARNING, Reason.HEAT),
        ({"rain_12h_class": 5}, State.WARNING, Reason.RAIN),
        ({"rain_24h_class": 4, "rain_12h_class": 3}, State.ATTENTION, Reason.RAIN),
        ({"flood_level": 1, "vn_aqi_class": 3}, State.WARNING, Reason.AIR),  # the worse counts
        ({"flood_level": 2, "vn_aqi_class": 3}, State.WARNING, Reason.FLOOD),  # of equals the first
        ({"doubtful": 50.0}, State.ATTENTION, Reason.DOUBTFUL),
        ({"battery": 10.0}, State.ATTENTION, Reason.BATTERY),
        ({"battery": 50.0, "battery_days": 30.0}, State.ATTENTION, Reason.BATTERY),
        ({"battery_days": 20.0, "heat_index_class": 3}, State.ATTENTION, Reason.HEAT),
    ],
)
def test_the_state_is_the_worst_of_what_is_known(indices: dict[str, float], state: State, reason: Reason) -> None:
    assert state_of(indices) == (state, reason, True)


def test_a_state_that_rests_on_the_unverified_says_so() -> None:
    assert state_of({"flood_level": 2, "flood_level_unverified": 1.0})[2] is False
    assert state_of({"flood_level": 2, "heat_index_class": 1, "heat_index_unverified": 1.0})[2] is True
    assert fields(row({"flood_level": 2, "flood_level_unverified": 1.0}))["state_unverified"] == 1


def test_every_class_of_a_table_has_a_state() -> None:
    sizes = {
        "flood_level": "flood_alarm",
        "street_flood_class": "street_flood",
        "vn_aqi_class": "vn_aqi",
        "heat_index_class": "heat_index",
        "rain_12h_class": "rain_12h",
        "rain_24h_class": "rain_24h",
    }
    for one in JUDGED:
        assert len(one.states) == len(table(sizes[one.field]).bands)
        assert list(one.states) == sorted(one.states)
        assert {one.field, one.unverified} - {""} <= set(FIELDS["station"])
    assert set(STEPS) <= set(FIELDS["station"])


def test_the_row_has_what_a_map_needs() -> None:
    hour = span(MIDNIGHT - HOUR, {"water_level": of(2.0, high=2.1), "battery": of(90, low=88)}, doubts={"ph": {2: 8}})
    hour = replace(hour, indices={"vn_aqi": 59.0, "vn_aqi_class": 1.0, "no2_over": 0.0, "flood_level": 2.0})

    made = station_point(BRIDGE, BRIDGE.id, "Cẩm Lệ", MIDNIGHT, hour=hour, battery_days=400.0)

    assert (made.measurement, made.tags, made.time) == ("station", ("cau-cam-le", "Cẩm Lệ"), MIDNIGHT)
    assert len(made.tags) == len(TAGS["station"])
    assert fields(made) == {
        "latitude": 16.01,
        "longitude": 108.2,
        "state": 3,
        "cause": 2,
        "water_level": 2.1,
        "flood_level": 2,
        "vn_aqi": 59,
        "vn_aqi_class": 1,
        "doubtful": 50,
        "battery": 88,
        "battery_days": 400,
    }
    assert all(type(value) is float for _, value in made.fields)


def test_a_silent_site_says_nothing_else() -> None:
    made = station_point(BRIDGE, BRIDGE.id, "Cẩm Lệ", MIDNIGHT, battery_days=3.0, silent=True)

    assert fields(made) == {"latitude": 16.01, "longitude": 108.2, "state": 0, "cause": 1}
    assert not is_silent(MIDNIGHT, MIDNIGHT + 3 * HOUR, HOUR // 4)
    assert is_silent(MIDNIGHT, MIDNIGHT + 3 * HOUR + 1, HOUR // 4)
    assert not is_silent(MIDNIGHT, MIDNIGHT + 5 * HOUR, 2 * HOUR), "it reports every two hours"


def test_what_the_registry_does_not_know_has_no_position() -> None:
    made = station_point(None, "x", "Cẩm Lệ", MIDNIGHT, hour=span(MIDNIGHT - HOUR, {"humidity": 60.0}))

    assert fields(made) == {"state": 1, "cause": 0, "doubtful": 0}


# ---- change


def test_a_row_is_written_where_something_changed_and_once_a_day() -> None:
    before = row({"vn_aqi": 51.0, "vn_aqi_class": 1.0})

    assert changed(None, before)
    assert not changed(before, row({"vn_aqi": 60.0, "vn_aqi_class": 1.0}, MIDNIGHT + HOUR)), "a few points are no news"
    assert changed(before, row({"vn_aqi": 61.0, "vn_aqi_class": 1.0}, MIDNIGHT + HOUR))
    assert changed(before, row({"vn_aqi": 50.0, "vn_aqi_class": 0.0}, MIDNIGHT + HOUR)), "another class is"
    assert changed(before, row({}, MIDNIGHT + HOUR)), "it is not known any more"
    assert not changed(before, row({"vn_aqi": 51.0, "vn_aqi_class": 1.0}, MIDNIGHT + REPEAT - HOUR))
    assert changed(before, row({"vn_aqi": 51.0, "vn_aqi_class": 1.0}, MIDNIGHT + REPEAT))
    moved = station_point(
        replace(BRIDGE, latitude=16.02), BRIDGE.id, "Cẩm Lệ", MIDNIGHT + HOUR, hour=span(MIDNIGHT, {"ph": 7.0})
    )
    assert changed(row({}), moved)
