"""What the boards show is what happened in the simulated city."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from decoders.quantities import QUANTITIES
from gateways.simulator import nature
from tests.dashboards.asked import DAY as A_DAY
from tests.dashboards.asked import answer, questions, sent
from tests.dashboards.rig import HOURS, PROBE, PROBED, RIVER
from tests.e2e.traffic import SECOND

if TYPE_CHECKING:
    from tests.dashboards.rig import Filled

HOUR, DAY = 3600 * SECOND, 86_400 * SECOND
ZONE = 7 * HOUR
CENTIMETRE = 0.01
MINUTE = 60  # seconds: of each the curves have a mean


def found(filled: Filled, board: str, of: str, place: int = 0, *, days: int = 0, **how: Any) -> list[dict[str, Any]]:
    """The rows that a panel's query gives, each with its tags, of all that was filled, or of so many days."""
    own = [one for one in questions() if (one.board, one.of) == (board, of)]
    over = [one.over(days * A_DAY) if days else one for one in own]
    asked = [one for one in over if one.holds][place]
    whole = asked._replace(seconds=max(asked.seconds, HOURS * 3600 + 60))
    series = answer(whole, filled, sent(whole, filled, **how))
    return [
        {**one.get("tags", {}), **dict(zip(one["columns"], row, strict=True))}
        for one in series
        for row in one["values"]
    ]


def test_the_map_has_every_site_once_where_it_is(filled: Filled) -> None:
    rows = found(filled, "overview", "Sites")
    assert Counter(row["site"] for row in rows) == Counter(filled.sites)
    places = {one.site: (one.latitude, one.longitude) for one in filled.city.devices}
    shown = {row["site"]: (row["latitude"], row["longitude"]) for row in rows if row["site"] != PROBE}
    assert shown == places


def test_what_the_map_says_of_a_site_is_what_its_newest_row_says(filled: Filled) -> None:
    newest = {row["site"]: row["state"] for row in found(filled, "overview", "Worst state")}
    causes = {row["site"]: row["cause"] for row in found(filled, "overview", "Needs attention now")}
    shown = {row["site"]: (row["state"], row["cause"]) for row in found(filled, "overview", "Sites")}
    assert shown == {site: (state, causes[site]) for site, state in newest.items()}


def test_the_worst_state_is_water_on_a_street_or_by_the_tide_over_the_alarm_level(filled: Filled) -> None:
    assert max(row["state"] for row in found(filled, "overview", "Worst state")) == 4
    worst = [row for row in found(filled, "overview", "Needs attention now") if row["state"] == 4]
    streets = [row for row in worst if row["cause"] == 3]
    rivers = [row for row in worst if row["cause"] == 2]  # at high tide alone
    assert streets
    assert len(streets) + len(rivers) == len(worst)
    assert all(row["street_flood"] >= 0.3 for row in streets)
    assert all(row["flood_offset"] >= 0 for row in rivers)


def test_a_river_stands_as_high_as_the_tide_lifts_it(filled: Filled) -> None:
    canals = {
        device.site: filled.city.members[index].sensor
        for index, device in enumerate(filled.city.devices)
        if filled.city.members[index].sensor.kind == "canal"
    }
    rows = [row for row in found(filled, "water", "Water level") if row["site"] in canals]
    assert len(rows) > HOURS
    for row in rows:
        at = row["time"] / SECOND - 1800 * canals[row["site"]].offset
        tide = 0.9 * nature.tide(at)
        assert row["water_level"] == pytest.approx(RIVER + tide, abs=2 * CENTIMETRE)


def test_alarm_lines_lie_where_the_decree_puts_them(filled: Filled) -> None:
    levels = {1.0, 2.0, 2.5}  # of Cẩm Lệ
    for days in (1, 30):
        rows = found(filled, "water", "Highest level and its alarm level", 1, days=days)
        assert rows
        assert {round(row["alarm"], 3) for row in rows} <= levels


@pytest.mark.parametrize(("board", "quantity"), [("water", "ph"), ("site", "water_temperature"), ("site", "distance")])
def test_a_curve_is_what_the_sensor_said(board: str, quantity: str, filled: Filled) -> None:
    said = {(one.site, one.at // SECOND): one.values[quantity] for one in filled.said if quantity in one.values}
    assert said
    for site in {site for site, _ in said}:
        rows = found(filled, board, QUANTITIES[quantity].label.en, site=site)
        drawn = {row["time"] // SECOND // MINUTE: row[quantity] for row in rows}
        mine = {at: value for (name, at), value in said.items() if name == site}
        near = {
            at: next((drawn[minute] for off in (0, -1, 1) if (minute := (at + off) // MINUTE) in drawn), None)
            for at in mine
        }
        assert near == pytest.approx(mine), site


def test_vehicles_of_an_hour_are_all_that_were_counted(filled: Filled) -> None:
    rows = found(filled, "traffic", "Vehicles by class")
    assert len(rows) >= HOURS - 2
    heard = Counter(at // HOUR for at in _probed(filled))
    for row in rows:
        assert row["car_count_total"] == PROBED["car_count"] * heard[row["time"] // HOUR]


@pytest.mark.parametrize(("board", "of"), [("traffic", "Vehicles by class"), ("overview", "Traffic")])
def test_over_a_month_vehicles_are_those_of_each_day(board: str, of: str, filled: Filled) -> None:
    rows = found(filled, board, of, days=30)
    over = (filled.until + ZONE) // DAY - 1  # a day or two began since the first value
    assert [(row["time"] + ZONE) // DAY for row in rows][-1] == over
    heard = Counter((at + ZONE) // DAY for at in _probed(filled))
    for row in rows:
        day, rest = divmod(row["time"] + ZONE, DAY)
        assert rest == 0
        if board == "traffic":
            assert row["car_count_total"] == PROBED["car_count"] * heard[day]
        else:
            assert row["vehicle_count_total"] >= PROBED["vehicle_count"] * heard[day]


def _probed(filled: Filled) -> list[int]:
    """When the probe was heard."""
    return [at for number, at in enumerate(range(filled.since, filled.until, 900 * SECOND)) if number % 20]


def test_every_device_and_gateway_is_on_the_board_of_the_network(filled: Filled) -> None:
    devices = {one.dev_eui for one in filled.city.devices}
    assert {row["dev_eui"] for row in found(filled, "network", "Devices that are silent longest")} >= devices
    gateways = {one.gateway_id for one in filled.city.gateways}
    assert {row["gateway"] for row in found(filled, "network", "Frames received")} == gateways


def test_every_frame_that_was_lost_is_missing_and_no_other(filled: Filled) -> None:
    rows = found(filled, "network", "Lost frames by cause")
    causes = ("gap_radio", "gap_network", "gap_unknown")
    missing = sum(row[cause] or 0 for row in rows for cause in causes)
    assert missing == filled.lost


def test_alerts_that_fire_are_listed_with_their_rule(filled: Filled) -> None:
    rows = found(filled, "overview", "Alerts that fire")
    assert {(row["rule"], row["firing"], row["severity_level"]) for row in rows} == {("warm", 1, 3)}


def test_the_map_shows_the_worst_alert_of_each_site_where_one_fires_and_of_no_other(filled: Filled) -> None:
    firing = found(filled, "overview", "Alerts that fire")
    worst = {site: max(row["severity_level"] for row in firing if row["site"] == site)
             for site in {row["site"] for row in firing}}  # fmt: skip
    shown = {row["site"]: row["alert_severity"] for row in found(filled, "overview", "Sites")}
    assert 0 < len(worst) < len(shown)
    assert {site: level for site, level in shown.items() if level} == worst


def test_both_languages_ask_the_same() -> None:
    assert [(one.board, one.source, one.text, one.seconds) for one in questions("vi")] == [
        (one.board, one.source, one.text, one.seconds) for one in questions("en")
    ]
