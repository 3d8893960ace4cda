"""Hours and days of air as the roll-up has them: the decision's examples, limits by their day, noise."""

from __future__ import annotations

from datetime import UTC, datetime
from math import log10
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.indices import epa_aqi, vn_aqi
from ingest.indices.exact import exacts
from ingest.indices.nowcast import nowcast
from ingest.indices.result import Index
from ingest.registry.site import Site
from ingest.rollup.meaning import BEFORE_DAY, CITY, EARLIER_HOURS, of_day, of_hour
from ingest.rollup.means import trace
from ingest.rollup.of_air import AIR
from tests.fakes.summaries import DAY, HOUR, MIDNIGHT, amount, hours, of, span

if TYPE_CHECKING:
    from ingest.rollup.summary import Aggregate, Summary

PM2_5 = [26.9, 24.7, 20.5, 23.5, 19.5, 16.5, 19.0, 16.5, 20.3, 22.4, 19.6, 20.6]  # 09:00 to 20:00, the decision's
OZONE = [  # 18:00 to 00:00 of the day after, the decision's
    *(15.7, 14.2, 17.7, 18.9, 19.3, 15.7, 19.7, 22.6, 27.1, 29.0, 31.9, 25.3, 34.7, 35.2, 41.6, 45.7),
    *(49.2, 55.8, 69.6, 78.3, 91.5, 97.7, 81.2, 71.8, 43.5, 34.3, 21.5, 20.5, 19.4, 20.4, 21.3),
]
NOON = MIDNIGHT + 12 * HOUR
NEXT = MIDNIGHT + DAY

values = st.none() | st.floats(0, 2000)


def air(spans: list[Summary], site: Site | None = None) -> dict[str, float]:
    """What the last of these hours means."""
    return dict(of_hour(spans[-1], [*map(trace, spans[:-1])], site).get("environment", {}))


def day_of(
    spans: list[Summary], names: dict[str, float], site: Site | None = None, end: int = NEXT
) -> dict[str, float]:
    """What a day means that ends with these hours."""
    return dict(of_day(span(end - DAY, names, DAY), spans, [], site).get("environment", {}))


def test_the_hourly_example_of_the_decision() -> None:
    spans = hours({"pm2_5": PM2_5, "o3": [136.1], "no2": [118.7]}, NOON)

    found = air(spans)

    assert {name: found[f"vn_aqi_{name}"] for name in ("pm2_5", "o3", "no2")} == {"pm2_5": 41, "o3": 43, "no2": 59}
    assert (found["vn_aqi"], found["vn_aqi_class"]) == (59, 1), "the decision prints 60, its formula gives 59.35"
    assert found["vn_aqi_dominant"] == 3, "no2"
    assert "vn_aqi_unverified" not in found
    assert found["epa_aqi_unverified"] == 1


def test_the_daily_example_of_the_decision() -> None:
    spans = hours({"pm2_5": [55.7] * 24, "no2": [60.0] * 23 + [130.8], "o3": [89.3] * 31}, NEXT)
    spans[-1] = span(spans[-1].start, {"pm2_5": 55.7, "no2": 130.8, "o3": 89.3})

    found = day_of(spans, {"pm2_5": 55.7, "no2": 62.95, "o3": 89.3})

    assert (found["vn_aqi"], found["vn_aqi_class"], found["vn_aqi_dominant"]) == (110, 2, 0)
    assert {name: found[f"vn_aqi_{name}"] for name in ("pm2_5", "no2", "o3")} == {"pm2_5": 110, "no2": 65, "o3": 45}


def test_ozone_reaches_back_to_the_evening_before() -> None:
    spans = hours({"o3": OZONE, "pm2_5": [10.0] * 31}, NEXT)

    found = day_of(spans, {"o3": 40.0, "pm2_5": 10.0})

    assert found["vn_aqi_o3"] == 37, "8 hours, 74.4 µg/m³; the highest hour alone, 97.7, gives 31"
    assert len(spans) == 24 + BEFORE_DAY
    flat = [100.0] * 7 + [0.0] * 24  # it ends with the evening before, but for the means that reach back
    assert day_of(hours({"o3": flat, "pm2_5": [1.0] * 31}, NEXT), {"o3": 0, "pm2_5": 1})["vn_aqi_o3"] == 44


@pytest.mark.parametrize(
    ("quantity", "concentration", "expected"),
    [
        *(("pm2_5", at, value) for at, value in [(12.5, 25), (30, 60), (65, 125), (115, 175), (200, 250), (300, 350)]),
        ("pm2_5", 400, 433),
        *(("pm10", at, value) for at, value in [(75, 63), (200, 125), (300, 175), (385, 250), (460, 350), (550, 450)]),
    ],
)
def test_sub_indices_of_a_day(quantity: str, concentration: float, expected: int) -> None:
    spans = hours({quantity: [concentration] * 24}, NEXT)

    assert day_of(spans, {quantity: concentration})["vn_aqi"] == expected


@pytest.mark.parametrize(
    ("quantity", "concentration", "expected"),
    [
        *(("o3", at, value) for at, value in [(80, 25), (180, 75), (250, 125), (350, 175), (600, 250), (900, 350)]),
        *(("no2", at, value) for at, value in [(450, 125), (950, 175), (1775, 250)]),
        *(("so2", at, value) for at, value in [(200, 67), (450, 125), (1200, 250)]),
        *(("co", at, value) for at, value in [(5000, 25), (20000, 75)]),
    ],
)
def test_sub_indices_of_an_hour(quantity: str, concentration: float, expected: int) -> None:
    found = air(hours({quantity: [concentration]}, NOON))

    assert found[f"vn_aqi_{quantity}"] == expected
    assert "vn_aqi" not in found, "there is no index without particles"


@pytest.mark.parametrize(("concentration", "expected"), [(110, 75), (145, 125), (190, 175)])
def test_ozone_of_eight_hours(concentration: float, expected: int) -> None:
    spans = hours({"o3": [concentration] * 31, "pm2_5": [1.0] * 31}, NEXT)

    assert day_of(spans, {"o3": concentration, "pm2_5": 1.0})["vn_aqi_o3"] == expected


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ([20.0] * 11 + [100.0], 117),  # 59.995 µg/m³, as printed
        ([40.0] * 6 + [20.0] * 6, 41),  # 20.303
        ([10.0] * 12, 20),
        (PM2_5, 41),  # 20.266
    ],
)
def test_nowcast_of_the_series_of_hours(series: list[float], expected: int) -> None:
    assert air(hours({"pm2_5": series}, NOON))["vn_aqi"] == expected


def test_nowcast_goes_by_the_time_of_hours_and_not_by_their_number() -> None:
    spans = hours({"pm2_5": [20.0, None, 100.0]}, NOON)
    late = [spans[0], spans[2]]

    assert air(late)["vn_aqi_pm2_5"] == 153, "84 µg/m³, the hour between has no weight"
    far = [span(NOON - 4 * HOUR, {"pm2_5": 20.0}), span(NOON - HOUR, {"pm2_5": 100.0})]
    assert "vn_aqi" not in air(far), "one of the last three hours is not enough"
    assert air([*far[:1], *late]) == air([*late[:1], *far[:1], late[1]]), "in whatever order"


def test_an_hour_counts_where_three_quarters_of_it_were_measured() -> None:
    short = hours({"pm2_5": [20.0, 20.0, of(500, coverage=0.5)]}, NOON)

    assert air(short)["vn_aqi_pm2_5"] == 40, "of the two hours before"
    assert "vn_aqi" not in air(hours({"pm2_5": [20.0, of(20, coverage=0.5), of(20, coverage=0.5)]}, NOON))


def test_of_several_channels_the_mean_counts() -> None:
    spans = [span(NOON - n * HOUR, {("pm2_5", 1): 20.0, ("pm2_5", 2): 30.0}) for n in (2, 1)]
    spans[-1] = span(NOON - HOUR, {("pm2_5", 1): 25.0, ("pm2_5", 2): of(900, coverage=0.25)})

    assert air(spans)["vn_aqi"] == 50


def test_a_day_needs_three_quarters_of_its_hours() -> None:
    assert day_of(hours({"pm10": [50.0] * 18}, NEXT), {"pm10": 50.0})["vn_aqi"] == 50
    assert day_of(hours({"pm10": [50.0] * 17}, NEXT), {"pm10": 50.0}) == {}


def test_the_limit_of_pm2_5_is_that_of_its_day() -> None:
    turn = int(datetime(2026, 1, 1, tzinfo=CITY).timestamp()) * 10**9
    day = hours({"pm2_5": [48.0] * 24}, turn)

    assert day_of(day, {"pm2_5": 48.0}, end=turn)["pm2_5_over"] == 0, "50 until the end of 2025"
    day = hours({"pm2_5": [48.0] * 24}, turn + DAY)
    assert day_of(day, {"pm2_5": 48.0}, end=turn + DAY)["pm2_5_over"] == 1, "45 since"
    assert day_of(day, {"pm2_5": 48.0}, end=turn + DAY)["pm2_5_who_over"] == 1


def test_limits_of_an_hour_and_of_eight() -> None:
    assert air(hours({"no2": [200.0]}, NOON))["no2_over"] == 0, "a value at the limit keeps it"
    assert air(hours({"no2": [200.1]}, NOON))["no2_over"] == 1
    found = day_of(hours({"o3": [50.0] * 10 + [130.0] * 8 + [210.0] + [50.0] * 5}, NEXT), {"o3": 80.0})
    assert (found["o3_8h_over"], found["o3_8h_who_over"], found["o3_hours_over"]) == (1, 1, 1)
    assert "o3_over" not in found, "there is no limit of 24 hours"


def test_noise_of_day_and_night_adds_as_energy() -> None:
    levels = [50.0] * 6 + [70.0] * 14 + [80.0] + [50.0] * 3
    spans = hours({"laeq": levels}, NEXT)
    names = {"laeq": 60.0}

    found = day_of(spans, names, Site(id="x", kind="street"))

    assert found["laeq_day"] == pytest.approx(10 * log10((14 * 10**7 + 10**8) / 15))
    assert found["laeq_night"] == pytest.approx(50)
    assert (found["laeq_day_over"], found["laeq_night_over"]) == (1, 0)
    assert found["laeq_day_over_unverified"] == 1, "the regulation was replaced, and its successor is not known"
    assert day_of(spans, names, Site(id="x", kind="school"))["laeq_night_over"] == 1


def test_noise_was_judged_by_a_limit_in_force() -> None:
    end = int(datetime(2024, 5, 2, tzinfo=CITY).timestamp()) * 10**9

    found = day_of(hours({"laeq": [56.0] * 24}, end), {"laeq": 56.0}, end=end)

    assert (found["laeq_day_over"], found["laeq_night_over"]) == (0, 1)
    assert not [name for name in found if name.endswith("_unverified")]


def test_the_page_has_every_field() -> None:
    page = (Path(__file__).parents[2] / "docs" / "indices.md").read_text("utf-8")
    names = (*AIR, "air_temperature", "humidity", "laeq", "water_level", "water_depth", "ph", "chloride", "ammonium")
    values: dict[str, float | Aggregate] = {**dict.fromkeys(names, 20.0), "rain": amount(3.0), "battery": 50.0}
    spans = [span(MIDNIGHT + at * HOUR, values) for at in range(-7, 24)]
    before = [span(MIDNIGHT - at * DAY, {"battery": 50.0 + at}, DAY) for at in range(1, 20)]
    site = Site(id="x", kind="street", station="cam_le")

    found = [
        of_hour(spans[-1], [*map(trace, spans[:-1])], site),
        of_day(span(MIDNIGHT, values, DAY), spans, before, site),
    ]
    found.append(of_day(span(MIDNIGHT, values, DAY), spans, before, Site(id="x", kind="river")))

    fields = {name for one in found for own in one.values() for name in own}
    assert {"vn_aqi", "rain_24h_class", "flood_level", "street_flood", "ph_river_class", "battery_days"} <= fields
    shown = {name for name in fields if not name.startswith(("vn_aqi_", "epa_aqi_")) and "_hours_over" not in name}
    assert [name for name in sorted(shown) if f"`{name.removesuffix('_unverified')}`" not in page] == []
    assert {"_".join(name.split("_")[-1:]) for name in fields - shown} <= {
        *("class", "dominant", "unverified", "over", "5", "pm10", "o3", "no2", "so2", "co")
    }


@given(order=st.permutations(range(31)), missing=st.sets(st.integers(0, 30)))
def test_the_order_of_hours_changes_nothing(order: list[int], missing: set[int]) -> None:
    spans = [
        span(MIDNIGHT + (at - 7) * HOUR, {"pm2_5": 10.0 + at, "o3": 3.0 * at, "laeq": 50.0 + at}) for at in range(31)
    ]
    there = [at for at in order if at not in missing]
    day = span(MIDNIGHT, {"pm2_5": 20.0, "o3": 30.0, "laeq": 60.0}, DAY)

    assert of_day(day, [spans[at] for at in there], [], None) == of_day(
        day, [spans[at] for at in sorted(there)], [], None
    )


def test_a_site_without_air_has_none() -> None:
    hour = span(NOON, {"battery": 90.0, "water_temperature": 25.0})

    assert of_hour(hour, [], None) == {}
    assert of_day(span(NOON, {"valve": 1.0}, DAY), [hour], [], None) == {}


def test_the_zone_says_the_day() -> None:
    eve = hours({"pm2_5": [48.0] * 24}, 1_767_222_000_000_000_000)  # the end of 2025 in UTC less two hours

    day = span(eve[0].start, {"pm2_5": 48.0}, DAY)
    assert of_day(day, eve, [], None, zone=UTC)["environment"]["pm2_5_over"] == 0


@given(particles=st.lists(values, min_size=1, max_size=30), gas=values)
def test_an_hour_is_what_the_indices_make_of_its_series(particles: list[float | None], gas: float | None) -> None:
    spans = hours({"pm2_5": particles, "no2": [gas]}, NOON)
    found = air(spans)

    expected = vn_aqi.hourly({"pm2_5": nowcast(exacts(particles))}, {"no2": gas})
    measured = any(one is not None for one in (particles[-1], gas))
    assert found.get("vn_aqi") == (expected.value if isinstance(expected, Index) and measured else None)
    other = epa_aqi.hourly({"pm2_5": nowcast(exacts(particles))})
    assert found.get("epa_aqi") == (other.value if isinstance(other, Index) and measured else None)
    assert len(spans) <= EARLIER_HOURS + 1 or found == air(spans[-EARLIER_HOURS - 1 :])
