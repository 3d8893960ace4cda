"""The report of a month as values: what is in it, held against limits that are worked out here once more."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from decoders.bands import table
from decoders.quantities import QUANTITIES
from ingest.devices import FOREVER
from ingest.errors import CityloraError
from ingest.monthly import figures, judging, numbers
from ingest.monthly.gather import gather
from ingest.monthly.model import Asked, Kept
from ingest.monthly.month import before, month, parse
from ingest.monthly.sources import read
from ingest.registry import wards
from ingest.registry.invalid import Invalid, Restored
from ingest.registry.site import EMPTY, Placement, Reference, Registry, Site
from ingest.rollup.summary import Series
from tests.fakes import rollup_months as months
from tests.fakes.rollup_months import DAY, HOUR, ZONE, midnight

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ingest.monthly.model import Exceedance, Report
    from ingest.rollup.summary import Summary

OCTOBER = date(2026, 10, 1)
AFTER = midnight(date(2026, 12, 5))
PARK = Site(id="park", name_vi="Công viên", name_en="Park", ward=wards.find("Hải Châu").code, kind="park")


def asked(domain: str = "environment", ward: str = "", sites: tuple[str, ...] = (), at: int = AFTER) -> Asked:
    return Asked(domain, ward, sites, at, "An", "0.1.0")  # type: ignore[arg-type]


def kept(of: months.Kept, *, hours: bool = True) -> Kept:
    summaries = [one.summary for one in of.hours] if hours else []

    def asked_for(since: int, until: int) -> list[Summary]:
        return [one for one in summaries if since <= one.start < until]

    return Kept((), [one.summary for one in of.days], asked_for)


def gathered(what: Asked, registry: Registry, found: Mapping[str, Kept], first: date = OCTOBER) -> Report:
    nothing = Kept((), (), lambda _since, _until: ())
    return gather(what, month(first, ZONE, AFTER), registry, found, lambda site: found.get(site, nothing))


def of_park(
    readings: Mapping[str, months.Reading] | Mapping[Series, months.Reading],
    *,
    first: date = OCTOBER,
    days: int = 31,
    site: Site = PARK,
    domain: str = "environment",
    hours: bool = True,
) -> Report:
    """The report of one site."""
    made = months.month(site.id, "Hải Châu", first, days, readings, site)
    return gathered(asked(domain), EMPTY.with_site(site), {site.id: kept(made, hours=hours)}, first)


def by_day(of: Report, period: str) -> dict[int, Exceedance]:
    return {one.day.day: one for one in of.exceedances if one.period == period}


@pytest.mark.parametrize(("text", "count"), [("2026-02", 28), ("2024-02", 29), ("2026-11", 30), ("2026-10", 31)])
def test_a_month_has_its_days_and_begins_at_local_midnight(text: str, count: int) -> None:
    found = month(parse(text), ZONE, AFTER)
    assert (len(found.days), found.complete) == (count, True)
    assert found.days[-1] == parse(text) + timedelta(days=count - 1)
    assert found.until - found.since == count * DAY
    assert found.since == midnight(parse(text))


def test_of_a_month_that_is_not_over_the_days_up_to_yesterday_count() -> None:
    found = month(OCTOBER, ZONE, midnight(date(2026, 10, 12)) + 5 * HOUR)
    assert (found.days[0], found.days[-1], found.complete) == (OCTOBER, date(2026, 10, 11), False)
    assert month(OCTOBER, ZONE, midnight(date(2026, 11, 1))).complete
    with pytest.raises(CityloraError, match="no day of 2026-10 is over yet") as caught:
        month(OCTOBER, ZONE, midnight(OCTOBER) + 23 * HOUR)
    assert "--month 2026-09" in caught.value.hint
    assert before(date(2026, 1, 15)) == date(2025, 12, 1)


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-00", "26-10", "2026-1", "2026-10-01", "1969-12", "x"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no month; write year and month, such as 2026-10"):
        parse(text)


def test_days_are_as_they_were_measured_and_missing_days_stay_as_gaps() -> None:
    def reading(day: int, quarter: int) -> float | None:
        return None if day in (3, 30) or (day == 4 and quarter >= 48) else 20.0 + day + quarter / 100

    found = of_park({"pm2_5": reading})
    (one,) = found.measured
    assert len(one.days) == 31
    assert one.days[0].mean == pytest.approx(20 + sum(range(96)) / 96 / 100)
    assert [one.days[7].minimum, one.days[7].maximum] == pytest.approx([27.0, 27.95])
    assert one.days[7].p95 == pytest.approx(27 + math.ceil(0.95 * 96) / 100 - 0.01)
    for gap in (3, 30):
        assert (one.days[gap].mean, one.days[gap].values, one.days[gap].coverage) == (None, 0, 0.0)
    assert one.days[4].coverage == pytest.approx(0.5)
    assert one.coverage == pytest.approx((28 + 0.5) / 31)
    assert one.days_with == 29
    whole = figures.month(one)
    assert whole.mean == pytest.approx(sum(day.mean for day in one.days if day.mean is not None) / 29)
    assert [whole.minimum, whole.maximum] == pytest.approx([20.0, 49.95])
    assert whole.total is None


@pytest.mark.parametrize(("first", "limit"), [(date(2025, 12, 1), 50.0), (date(2026, 1, 1), 45.0)])
def test_the_limit_is_that_of_the_day(first: date, limit: float) -> None:
    means = {0: 44.9, 1: 45.0, 2: 45.1, 3: 50.0, 4: 50.1}
    found = of_park({"pm2_5": lambda day, _quarter: means.get(day, 10.0)}, first=first)
    over = by_day(found, "24h")
    assert set(over) == {day + 1 for day, mean in means.items() if mean > limit}
    assert {one.high for one in over.values()} == {limit}
    assert {day.limit for day in found.measured[0].days} == {limit}
    (judged,) = found.judgements
    assert (judged.days, judged.days_over, judged.times, judged.verified) == (31, len(over), len(over), True)
    assert [day.over for day in found.measured[0].days[:5]] == [day + 1 in over for day in range(5)]


def test_a_day_with_too_few_values_is_not_judged_and_counted() -> None:
    found = of_park({"pm2_5": lambda day, quarter: 90.0 if day > 1 or quarter < (68, 72)[day] else None})
    assert [day.over for day in found.measured[0].days[:3]] == [None, True, True]
    assert found.unjudged == 1
    assert found.judgements[0].days == 30


@pytest.mark.parametrize("hours", [True, False])
def test_limits_of_hours_hold_also_where_hours_are_not_kept_any_more(*, hours: bool) -> None:
    def reading(day: int, quarter: int) -> float:
        hour = quarter // 4
        return 210.0 + hour if (day, hour) in ((5, 8), (5, 9), (9, 23)) else 60.0

    found = of_park({"no2": reading, "co": lambda day, _quarter: 12_000.0 if day == 2 else 500.0}, hours=hours)
    hourly = by_day(found, "1h")
    assert {day: one.times for day, one in hourly.items()} == {6: 2, 10: 1}
    assert [one.value for one in hourly.values()] == ([219.0, 233.0] if hours else [None, None])
    # The means of 8 hours reach from day 3 into the next night: at 03:00 four hours of 12 000 and four of 500 remain.
    eight = by_day(found, "8h")
    assert set(eight) == {3, 4}
    assert [one.value for one in eight.values()] == ([12_000.0, (7 * 12_000 + 500) / 8] if hours else [None, None])


def test_noise_is_judged_by_day_and_night_and_its_limits_are_superseded() -> None:
    def reading(day: int, quarter: int) -> float:
        night = not 24 <= quarter < 84
        return (56.0 if day == 3 else 50.0) if night else (71.0 if day == 7 else 65.0)

    found = of_park({"laeq": reading})
    assert set(by_day(found, "21-06")) == {4}
    assert set(by_day(found, "06-21")) == {8}
    assert by_day(found, "06-21")[8].value == pytest.approx(71.0)
    assert all(one.superseded and not one.verified for one in found.judgements)
    school = msgspec.structs.replace(PARK, kind="School")
    assert {one.high for one in of_park({"laeq": reading}, site=school).judgements} == {55.0, 45.0}
    long_ago = of_park({"laeq": reading}, first=date(2025, 10, 1))
    assert all(one.verified and not one.superseded for one in long_ago.judgements)


def test_in_the_month_in_which_a_limit_is_superseded_both_stand() -> None:
    found = of_park({"laeq": lambda _day, _quarter: 60.0}, first=date(2025, 11, 1), days=30)
    night = [(one.superseded, one.days, one.days_over) for one in found.judgements if one.period == "21-06"]
    assert night == [(False, 13, 13), (True, 17, 17)]


def test_floods_stand_by_the_highest_level_of_the_day() -> None:
    bridge = Site(id="bridge", kind="bridge", station="cam_le", references=(Reference(7.42, "national"),))
    peaks = {10: 0.99, 11: 1.0, 12: 2.2, 13: 2.73}
    found = of_park(
        {"water_level": lambda day, quarter: peaks.get(day, 0.3) if quarter == 40 else 0.1}, site=bridge, domain="water"
    )
    assert [(one.day.day, one.level, one.value, one.verified) for one in found.exceedances] == [
        (12, 1, 1.0, False), (13, 2, 2.2, False), (14, 3, 2.73, True),
    ]  # fmt: skip
    assert [(one.level, one.days_over) for one in found.judgements] == [(1, 3), (2, 2), (3, 1)]
    assert found.measured[0].station is not None
    elsewhere = msgspec.structs.replace(bridge, station="")
    dry = of_park({"water_level": lambda _day, _quarter: 9.0}, site=elsewhere, domain="water")
    assert (dry.judgements, dry.exceedances, dry.measured[0].station) == ((), (), None)


def test_limits_of_surface_water_hold_in_rivers_alone() -> None:
    salt = {"chloride": lambda day, _quarter: 260.0 if day == 1 else 250.0, "ammonium": lambda _day, _quarter: 0.39}
    river = Site(id="river", kind="river")
    found = of_park(salt, site=river, domain="water")
    assert [(one.quantity.name, one.day.day) for one in found.exceedances if one.quantity.name == "chloride"] == [
        ("chloride", 2)
    ]
    ammonium = [one for one in found.exceedances if one.quantity.name == "ammonium"]
    assert len(ammonium) == 31
    assert ammonium[0].value == pytest.approx(0.39 * 14.007 / 18.039, rel=1e-3)  # as nitrogen
    assert of_park(salt, site=msgspec.structs.replace(river, kind="tank"), domain="water").judgements == ()


def test_amounts_are_added_directions_turned_and_meters_read() -> None:
    found = of_park(
        {
            "rain": lambda day, quarter: 0.5 if day in (1, 2) and quarter < 8 else 0.0,
            "wind_direction": lambda _day, quarter: 350.0 if quarter % 2 else 20.0,
            "rain_total": lambda day, quarter: 96.0 * day + quarter,
        }
    )
    rain, wind, total = (next(one for one in found.measured if one.quantity.name == name) for name in
                         ("rain", "wind_direction", "rain_total"))  # fmt: skip
    assert figures.month(rain).total == 8.0
    assert [figures.series(rain)[day] for day in (0, 1, 2, 3)] == [0.0, 4.0, 4.0, 0.0]
    assert (rain.days[1].mean, rain.days[1].maximum) == (None, None)
    assert figures.month(wind).mean == pytest.approx(5.0)
    assert (wind.days[0].maximum, wind.days[0].p95) == (None, None)
    assert (figures.figure(total), figures.series(total)[30]) == ("maximum", 96.0 * 31 - 1)
    assert figures.direction([0.0, 180.0]) is None
    assert figures.direction([]) is None
    assert figures.direction([260.0, 280.0]) == pytest.approx(270.0)


def test_channels_stand_apart_and_are_judged_together() -> None:
    found = of_park({Series("pm2_5", 1): lambda _day, _quarter: 40.0, Series("pm2_5", 2): lambda _day, _quarter: 60.0})
    assert [one.channel for one in found.measured] == [1, 2]
    assert len(found.exceedances) == 31
    assert {one.value for one in found.exceedances} == {50.0}


def test_a_site_without_data_is_listed_and_one_of_another_domain_is_not() -> None:
    made = kept(months.month("park", "Hải Châu", OCTOBER, 31, {"pm2_5": lambda _day, _quarter: 9.0}))
    cars = kept(months.month("street", "Hải Châu", OCTOBER, 31, {"car_count": lambda _day, _quarter: 9.0}))
    august = months.month("old", "Cẩm Lệ", date(2026, 8, 1), 31, {"no2": lambda _day, _quarter: 9.0})
    sites = {name: Site(id=name) for name in ("park", "street", "old", "silent", "moved", "later")}
    placements: dict[str, tuple[Placement, ...]] = {
        "01": (Placement("01", "moved", 0, midnight(OCTOBER)),),
        "02": (Placement("02", "later", AFTER),),
        "03": (Placement("03", "silent", midnight(OCTOBER) + DAY),),
    }
    old = Kept([one.summary for one in august.days], (), lambda _since, _until: ())
    found = gathered(asked(), Registry(sites, placements), {"park": made, "street": cars, "old": old})
    assert set(found.places) == {"park", "silent", "old"}
    (gone,) = [one for one in found.measured if one.site == "old"]
    assert (gone.quantity.name, gone.coverage, gone.days_with) == ("no2", 0.0, 0)
    assert not [one for one in found.measured if one.site == "silent"]


def test_a_month_of_nothing_is_an_error_that_says_so() -> None:
    made = kept(months.month("park", "Hải Châu", OCTOBER, 31, {"pm2_5": lambda _day, _quarter: 9.0}))
    with pytest.raises(CityloraError, match="there is no water value in 2026-10"):
        gathered(asked("water"), EMPTY.with_site(PARK), {"park": made})
    with pytest.raises(CityloraError, match="there is no environment value of park in 2026-09"):
        gathered(asked(sites=("park",)), EMPTY.with_site(PARK), {}, date(2026, 9, 1))


def test_a_ward_and_sites_are_chosen() -> None:
    made = {
        name: kept(months.month(name, ward, OCTOBER, 31, {"pm2_5": lambda _day, _quarter: 9.0}))
        for name, ward in (("a", "Hải Châu"), ("b", "Cẩm Lệ"), ("unassigned", ""))
    }
    assert list(gathered(asked(), EMPTY, made).places) == ["b", "a"]  # by ward
    found = gathered(asked(ward=wards.find("Hải Châu").code), EMPTY, made)
    assert (list(found.places), found.cover.ward) == (["a"], "Phường Hải Châu")
    assert list(gathered(asked(sites=("b",)), EMPTY, made).places) == ["b"]


def test_what_was_doubted_and_declared_invalid_is_told_with_its_reason() -> None:
    made = kept(
        months.month(
            "park", "Hải Châu", OCTOBER, 31, {"pm2_5": lambda day, _quarter: 9.0 if day else None}, PARK,
            doubts={0: {"pm2_5": {2: 3, 3: 1}}, 5: {"pm2_5": {2: 4}, "car_count": {1: 9}}}, invalid={0: {"pm2_5": 7}},
        )
    )  # fmt: skip
    at = midnight(date(2026, 10, 1))
    one = Invalid(id=1, site="park", quantity="pm2_5", since=at, until=at + 2 * HOUR, reason="rửa", by="an", at=AFTER)
    every = msgspec.structs.replace
    declared = (
        one,
        every(one, id=2, quantity="", until=FOREVER),
        every(one, id=3, quantity="car_count"),
        every(one, id=4, site="street"),
        every(one, id=5, since=at - 9 * DAY, until=at),
        every(one, id=6, restored=Restored(by="an", reason="x", at=AFTER)),
        every(one, id=7, since=at + DAY, restored=Restored(by="an", reason="x", at=AFTER, since=at + HOUR)),
    )
    found = gathered(asked(), Registry({"park": PARK}, {}, declared), {"park": made})
    assert [(doubt.cause.word, doubt.values) for doubt in found.doubts] == [("spike", 7), ("stuck", 1)]
    assert (found.measured[0].days[0].doubtful, found.measured[0].days[0].invalid) == (4, 7)
    assert [(line.quantity and line.quantity.name, line.reason, line.until is None) for line in found.declared] == [
        ("pm2_5", "rửa", False), (None, "rửa", True),
    ]  # fmt: skip
    assert found.declared[0].since.isoformat() == "2026-10-01T00:00:00+07:00"


def test_days_are_counted_by_the_classes_of_vn_aqi() -> None:
    found = of_park({"pm2_5": lambda day, _quarter: (12.5, 30.0, 65.0)[day % 3] if day else None})
    (aqi,) = [one for one in found.classes if one.table == "vn_aqi"]
    assert aqi.ranks[:4] == (None, 1, 2, 0)
    assert aqi.values[1:4] == (60.0, 125.0, 25.0)  # worked out by hand from the decision's table
    assert aqi.verified


def test_it_is_read_from_a_data_directory_without_any_database(tmp_path: Path) -> None:
    whole = month(OCTOBER, ZONE, AFTER)
    with pytest.raises(CityloraError, match="no days have been worked out"):
        read(tmp_path, asked(), whole)
    made = months.month("park", "Hải Châu", date(2026, 9, 29), 35, {"co": lambda day, _quarter: 12_000.0 * (day == 1)})
    months.write(tmp_path, [made])
    found = read(tmp_path, asked(), whole)
    assert set(by_day(found, "8h")) == {1}  # the first night's means of 8 hours reach back into September
    assert by_day(found, "8h")[1].value == pytest.approx(12_000 * 7 / 8)
    assert len(found.measured[0].days) == 31
    quiet = months.month("quiet", "Cẩm Lệ", date(2026, 7, 2), 1, {"no2": lambda _day, _quarter: 9.0})
    gone = months.month("gone", "Cẩm Lệ", date(2026, 6, 30), 1, {"no2": lambda _day, _quarter: 9.0})
    months.write(tmp_path, [quiet, gone])
    assert list(read(tmp_path, asked(), whole).places) == ["quiet", "park"]  # for 92 days
    with pytest.raises(CityloraError, match="there is no site 'prak'"):
        read(tmp_path, asked(sites=("prak",)), whole)


def test_rounding_is_half_up_and_never_hides_an_exceedance() -> None:
    assert numbers.rounded(0.125, 2) == 0.13
    assert numbers.rounded(-0.04, 1) == 0.0
    assert math.copysign(1, numbers.rounded(-0.04, 1)) == 1
    assert numbers.text(1234.5, 1, "vi") == "1\N{NARROW NO-BREAK SPACE}234,5"
    assert numbers.text(1234.5, 1, "en") == "1\N{NARROW NO-BREAK SPACE}234.5"
    assert numbers.plain(1234.5, 2) == "1234.50"
    assert numbers.apart(45.04, 45.0, 1) == 2
    assert numbers.apart(45.1, 45.0, 1) == 1
    assert numbers.apart(45.0, 45.0, 1) == 1
    assert (numbers.limit_text(45.0, "vi"), numbers.limit_text(0.5, "vi"), numbers.limit_text(30000, "en")) == (
        "45", "0,5", "30\N{NARROW NO-BREAK SPACE}000",
    )  # fmt: skip


def test_every_quantity_has_its_digits() -> None:
    units = {one.unit for one in QUANTITIES.values() if one.unit}
    assert units <= set(numbers.BY_UNIT)
    assert numbers.decimals(QUANTITIES["car_count"]) == 0
    assert numbers.decimals(QUANTITIES["water_level"]) == 2
    assert numbers.decimals(QUANTITIES["wind_direction"]) == 0


def test_what_is_judged_as_air_is_what_the_regulation_names() -> None:
    named = {row.parameter for row in table("qcvn_05").limits}
    assert {name for name in QUANTITIES if judging.in_air(name)} == named & set(QUANTITIES)
