"""The simulated street is plausible: days and tides come and go, counters never run backwards, batteries run down."""

from __future__ import annotations

import itertools
import random

import pytest

from gateways.simulator import nature
from gateways.simulator.sensors import MODELS, Air, Canal, Drain, Dust, People, Road, Sensor
from gateways.simulator.town import INSTALLED

HOUR = 3_600
MIDNIGHT = 1_795_305_600 - 7 * HOUR  # 2026-11-22T00:00:00+07:00
CALM = b"\x80" * 8
LIMITS = {
    "battery": (2.9, 100),
    "temperature": (5, 50),
    "humidity": (20, 100),
    "co2": (380, 800),
    "pressure": (990, 103_500),
    "pm2_5": (5, 80),
    "distance": (300, 7_500),
}


def _sensor(kind: type[Sensor], seed: int = 1) -> Sensor:
    return kind(random.Random(seed))


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("noise", [bytes(8), CALM, b"\xff" * 8])
def test_a_year_of_measurements_is_plausible_and_fits_the_bytes(kind: type[Sensor], noise: bytes) -> None:
    for seed in range(3):
        sensor = _sensor(kind, seed)
        for step in range(0, 366 * 24, 31):
            values = sensor.measure(MIDNIGHT + step * HOUR, noise)
            assert sensor.encode(values)
            for name, (low, high) in LIMITS.items():
                assert low <= values.get(name, low) <= high, (name, values)


def test_afternoons_are_warm_and_dry_nights_cool_and_damp() -> None:
    air = _sensor(Air)
    night, day = (air.measure(MIDNIGHT + hour * HOUR, CALM) for hour in (2, 14))
    assert day["temperature"] - night["temperature"] > 6
    assert night["humidity"] - day["humidity"] > 15
    assert nature.air_temperature(MIDNIGHT + 180 * 86_400) > nature.air_temperature(MIDNIGHT + 60 * 86_400) + 3


def test_the_panel_yields_nothing_at_night() -> None:
    assert [round(nature.sunshine(MIDNIGHT + hour * HOUR), 1) for hour in (0, 5, 9, 12, 19)] == [0, 0, 0.7, 1, 0]


def test_larger_particles_are_not_lighter() -> None:
    dust = _sensor(Dust).measure(MIDNIGHT, CALM)
    assert dust["pm1"] <= dust["pm2_5"] <= dust["pm4"] <= dust["pm10"]


@pytest.mark.parametrize(("kind", "least"), [(Canal, 600), (Drain, 300)])
def test_the_water_follows_the_tide(kind: type[Sensor], least: int) -> None:
    sensor = _sensor(kind)
    distances = [sensor.measure(MIDNIGHT + quarter * 900, CALM)["distance"] for quarter in range(30 * 96)]
    assert least < max(distances) - min(distances) < 1_200
    turns = sum(
        (b - a) * (c - b) < 0 for a, b, c in zip(distances[::4], distances[4::4], distances[8::4], strict=False)
    )
    assert 30 < turns < 160  # two to four high and low waters a day


def test_the_city_sleeps_and_is_never_less_than_empty() -> None:
    day = [nature.activity(MIDNIGHT + minute * 60) for minute in range(0, 24 * 60, 10)]
    assert min(day) > 0
    assert day.index(min(day)) < 5 * 6
    assert max(day) > 4 * min(day)


def test_people_are_counted_upwards_at_every_interval() -> None:
    people, daily = _sensor(People), [0.0]
    for seconds in (1, 60, 600, HOUR, 24 * HOUR):
        counts = [people.measure(MIDNIGHT + step * seconds, CALM)["line_1_total_in"] for step in range(40)]
        assert counts == sorted(counts)
        daily = counts
    assert daily[-1] > daily[-2]
    assert people.measure(INSTALLED - 1, CALM)["line_1_total_in"] == 0


def test_the_radar_s_sums_are_the_sums_of_its_intervals_and_roll_over() -> None:
    radar = _sensor(Road)
    reports = [radar.measure(MIDNIGHT + step * 600, CALM) for step in range(24 * 6 * 20)]
    for before, after in itertools.pairwise(reports):
        for direction in ("ltr", "rtl"):
            passed = (after[f"{direction}_sum"] - before[f"{direction}_sum"]) % 65_536
            assert after[direction] == passed < 1_000
    assert any(after["ltr_sum"] < before["ltr_sum"] for before, after in itertools.pairwise(reports))
    assert sum(report["ltr"] for report in reports) > 2_000


def test_the_radar_counts_nothing_when_its_clock_steps_back() -> None:
    radar = _sensor(Road)
    first = radar.measure(MIDNIGHT + HOUR, CALM)
    second = radar.measure(MIDNIGHT, CALM)
    assert (second["ltr"], second["ltr_sum"]) == (0, first["ltr_sum"])


def test_batteries_run_down_but_never_out() -> None:
    air = _sensor(Air)
    charges = [air.measure(INSTALLED + year * 365 * 86_400, CALM)["battery"] for year in range(-1, 12)]
    assert charges == sorted(charges, reverse=True)
    assert (charges[0], charges[-1]) == (100, 5)
