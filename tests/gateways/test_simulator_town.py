"""What the wide mix measures is plausible over months: rain and flood, days and nights, bins emptied, lamps lit."""

from __future__ import annotations

import itertools

import pytest

from gateways.simulator import nature, town

HOUR, DAY = 3_600, 86_400
MIDNIGHT = 1_795_305_600 - 7 * HOUR  # 2026-11-22T00:00:00+07:00
YEAR = [MIDNIGHT + hour * HOUR for hour in range(365 * 24)]


def test_two_metres_of_rain_a_year_most_of_it_in_the_wet_season() -> None:
    january = MIDNIGHT - 325 * DAY
    months = [nature.rain_since(january + (m + 1) * 30 * DAY, january + m * 30 * DAY) for m in range(12)]
    assert 1_600 < sum(months) < 2_500
    assert sum(months[8:]) > 1.5 * sum(months[:6])


def test_rain_is_never_taken_back_and_pauses() -> None:
    hours = [nature.rain_since(after, before) for before, after in itertools.pairwise(YEAR)]
    assert min(hours) >= 0
    assert sum(hour == 0 for hour in hours) > len(hours) / 2
    assert 4 < max(hours) < 60


def test_a_storm_raises_the_river_muddies_it_and_holds_the_sea_back() -> None:
    wet = max(YEAR, key=lambda at: nature.rain_since(at, at - DAY))
    dry = min(YEAR, key=lambda at: nature.rain_since(at, at - 2 * DAY))
    assert nature.river_level(wet) - 0.6 * nature.tide(wet - HOUR) > 0.5
    assert nature.turbidity(wet) > 3 * nature.turbidity(dry)
    assert max(map(nature.conductivity, YEAR)) > 3_000
    assert -0.5 < min(map(nature.river_level, YEAR)) < max(map(nature.river_level, YEAR)) < 2.5


def test_wind_and_water_stay_within_their_bounds() -> None:
    assert all(0 < nature.wind_speed(at) < 12 and 0 <= nature.wind_direction(at) < 360 for at in YEAR)
    assert all(20 < nature.water_temperature(at) < 32 and 3 < nature.oxygen(at) < 9 for at in YEAR)


def test_nights_are_quiet_and_leave_bays_empty() -> None:
    night, noon = (
        [MIDNIGHT + day * DAY + 2 * HOUR for day in range(200)],
        [MIDNIGHT + day * DAY + 14 * HOUR for day in range(200)],
    )
    assert town.sound(noon[0]) - town.sound(night[0]) > 5
    parked = [sum(town.is_parked(at, key) for at in hour for key in range(5)) for hour in (night, noon)]
    assert parked[0] < 0.4 * 1_000 < 0.6 * 1_000 < parked[1]


def test_a_bay_keeps_its_car_for_a_while() -> None:
    states = [town.is_parked(MIDNIGHT + minute * 60, 7) for minute in range(7 * 24 * 60)]
    changes = sum(before != after for before, after in itertools.pairwise(states))
    assert 20 < changes < 250


def test_a_bin_fills_and_is_emptied_at_five_in_the_morning() -> None:
    levels = [(at, town.fullness(at, 3, 1)) for at in YEAR[: 60 * 24]]
    emptied = [after for (_, before), (after, level) in itertools.pairwise(levels) if level < before]
    assert len(emptied) == 20
    assert {(at - MIDNIGHT) % DAY // HOUR for at in emptied} == {5}
    assert 0.85 < max(level for _, level in levels) <= 1


def test_lamps_burn_from_six_to_six() -> None:
    lit = [hour for hour in range(24) if town.is_on(MIDNIGHT + hour * HOUR + 60, 18, 12)]
    assert lit == [0, 1, 2, 3, 4, 5, *range(18, 24)]
    burnt = [town.hours_on(at, 18, 12) for at in YEAR]
    assert burnt == sorted(burnt)
    assert burnt[-1] - burnt[0] == pytest.approx(365 * 12, abs=12)


def test_a_dripping_tap_shows_at_night() -> None:
    tight, leaky = (
        town.drawn(MIDNIGHT + 4 * HOUR, 0.6, night) - town.drawn(MIDNIGHT + 2 * HOUR, 0.6, night)
        for night in (0.0, 0.24)
    )
    assert tight < 0.02
    assert leaky - tight == pytest.approx(0.02)


def test_what_is_rare_is_rare_and_lasts_for_hours() -> None:
    leaks = [town.happens(at, 3, 0.02) for at in YEAR]
    assert 0.005 < sum(leaks) / len(leaks) < 0.05
    assert sum(before != after for before, after in itertools.pairwise(leaks)) < sum(leaks)
    doors = [town.is_open(MIDNIGHT + minute * 60, 3) for minute in range(24 * 60)]
    assert 20 < sum(doors) < 150


def test_nothing_was_counted_before_the_city_was_there() -> None:
    assert [town.bustle(town.INSTALLED - DAY), town.days(0.0), town.hours_on(0.0, 18, 12)] == [0, 0, 0]
