"""What values come to, and where hours and days of local time begin."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import inf, isnan
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decoders.quantities import QUANTITIES
from ingest.rollup.aggregate import WAYS, aggregate
from ingest.rollup.bucket import GONE, Keys, Reader, shard_of
from ingest.rollup.packed import pack, unpack
from ingest.rollup.packer import Packer
from ingest.rollup.rows import Made, changed, rows_of
from ingest.rollup.spans import HOUR, Calendar, Span
from ingest.rollup.summarise import Places, summarise
from ingest.rollup.summary import Series
from tests.fakes.rollups import BEGIN, MINUTE, ZONE, row

if TYPE_CHECKING:
    from random import Random

    from ingest.decoding.point import Point
    from ingest.rollup.bucket import Record

CALENDAR = Calendar(ZONE)
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def keys(count: int) -> Keys:
    return Keys([BEGIN + number * MINUTE for number in range(count)], [1] * count)


@given(VALUES, st.randoms(use_true_random=False))
def test_a_gauge_comes_to_the_same_in_any_order_and_its_percentile_is_the_nearest_rank(
    values: list[float], random: Random
) -> None:
    found = aggregate("gauge", (keys(len(values)), values), BEGIN + HOUR, 1.0)
    shuffled = random.sample(values, len(values))
    again = aggregate("gauge", (keys(len(values)), shuffled), BEGIN + HOUR, 1.0)
    assert repr(found) == repr(again)
    assert found.minimum == min(values)
    assert found.maximum == max(values)
    assert sum(value <= found.p95 for value in values) >= 0.95 * len(values)
    less = [value for value in values if value < found.p95]
    assert len(less) < 0.95 * len(values)


def test_amounts_add_up() -> None:
    found = aggregate("event_count", (keys(4), [0.1, 0.2, 0.3, 0.4]), BEGIN + HOUR, 1.0)
    assert (found.total, found.mean, found.count) == (1.0, 0.25, 4)


def test_two_gauges_measure_the_same_rain_and_one_that_takes_over_goes_on() -> None:
    """Vehicles of two counters add up."""
    assert [WAYS["rain"], WAYS["vehicle_count"]] == ["rain", "event_count"]
    both = (Keys([BEGIN + 1, BEGIN + 1, BEGIN + 2, BEGIN + 2], [1, 2, 1, 2]), [1.0, 2.0, 3.0, 4.0])
    assert aggregate("rain", both, BEGIN + HOUR, 1.0).total == 5.0
    assert aggregate("event_count", both, BEGIN + HOUR, 1.0).total == 10.0
    assert aggregate("rain", both, BEGIN + HOUR, 1.0)[:4] == aggregate("event_count", both, BEGIN + HOUR, 1.0)[:4]
    after = (Keys([BEGIN, BEGIN + HOUR], [1, 2]), [10.0, 20.0])
    assert aggregate("rain", after, BEGIN + 24 * HOUR, 1.0).total == 30.0


def test_a_state_counts_by_how_long_it_lasted() -> None:
    column = (Keys([BEGIN, BEGIN + 45 * MINUTE], [1, 1]), [1.0, 0.0])
    assert aggregate("state", column, BEGIN + HOUR, 1.0).mean == 0.75
    two = (Keys([BEGIN, BEGIN + 30 * MINUTE], [1, 2]), [1.0, 0.0])
    assert aggregate("state", two, BEGIN + HOUR, 1.0).mean == pytest.approx(2 / 3)


def test_a_counter_has_its_last_reading_and_nothing_else() -> None:
    found = aggregate("counter", (Keys([BEGIN + 1, BEGIN], [1, 1]), [7.0, 9.0]), BEGIN + HOUR, 1.0)
    assert found.maximum == 7.0
    assert all(isnan(value) for value in (found.mean, found.minimum, found.p95, found.total))


def test_directions_go_round() -> None:
    assert aggregate("angle", (keys(2), [350.0, 20.0]), BEGIN + HOUR, 1.0).mean == pytest.approx(5.0)
    assert isnan(aggregate("angle", (keys(2), [0.0, 180.0]), BEGIN + HOUR, 1.0).mean)


def test_every_quantity_can_be_aggregated_and_told() -> None:
    for name in QUANTITIES:
        column = (keys(3), [1.0, 2.0, 3.0])
        assert aggregate(WAYS[name], column, BEGIN + HOUR, 0.5).count == 3


@pytest.mark.parametrize(
    "zone", ["Asia/Ho_Chi_Minh", "Asia/Kolkata", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo"]
)
def test_hours_and_days_follow_each_other_without_a_gap(zone: str) -> None:
    calendar, at = Calendar(zone), BEGIN
    end = BEGIN + 400 * 24 * HOUR
    day = calendar.day(at)
    while at < end:
        assert day.start <= at < day.end
        hours = list(day.hours())
        assert hours[0].start == day.start
        assert [one.end for one in hours] == [one.start for one in hours[1:]] + [day.end]
        for hour in hours:
            assert calendar.hour(hour.start) == calendar.hour(hour.end - 1) == hour
        local = datetime.fromtimestamp(day.start // 10**9, ZoneInfo(zone))
        assert (
            local - timedelta(hours=1) <= datetime.combine(local.date(), datetime.min.time(), ZoneInfo(zone)) <= local
        )
        at, day = day.end, calendar.day(day.end)


def test_a_day_has_the_hours_that_its_clocks_strike() -> None:
    calendar = Calendar("Europe/Berlin")
    spring = int(datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()) * 10**9
    autumn = int(datetime(2026, 10, 25, 12, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()) * 10**9
    assert [len(list(calendar.day(one).hours())) for one in (spring, autumn)] == [23, 25]
    assert datetime.fromtimestamp(Calendar(ZONE).day(BEGIN).start // 10**9, ZoneInfo(ZONE)).date() == date(2026, 1, 1)


def test_a_record_gives_back_what_it_was_made_of() -> None:
    rows = [
        row(BEGIN, {"air_temperature": 20.5, "humidity": 60.0}, causes={"humidity": 3}, device=0xA840410000000001),
        row(BEGIN, {"battery": 90.0}, domain="device", device=0xA840410000000001, channel=300),
    ]
    ((site, ward, head, body),) = Packer(CALENDAR).pack(rows, 7)
    form = Reader().form(head)
    assert (site, ward) == ("bridge-1", "hai-chau")
    assert form.series == (Series("air_temperature", 0), Series("humidity", 0), Series("battery", 300))
    assert form.causes == (0, 3, 0)
    assert [*form.unpack(body)] == [(7, BEGIN, 0xA840410000000001, 20.5, 60.0, 90.0)]


def test_rows_of_other_times_devices_and_sites_are_apart_and_so_is_a_row_that_comes_twice() -> None:
    first = row(BEGIN, {"air_temperature": 1.0})
    others = [row(BEGIN + 1, {"air_temperature": 1.0}), row(BEGIN, {"air_temperature": 1.0}, device=2),
              row(BEGIN, {"air_temperature": 1.0}, site="drain-2"), first]  # fmt: skip
    for other in others:
        found = Packer(CALENDAR).pack([first, other], 0)
        orders = [one[0] for _site, _ward, head, body in found for one in Reader().form(head).unpack(body)]
        assert orders == [0, 1]


def test_rows_of_several_channels_are_told_apart_in_whatever_order_they_come() -> None:
    packer, reader = Packer(CALENDAR), Reader()
    for channels in ((0, 1), (1, 0), (1, 1), (0, 0)):
        rows = [
            row(BEGIN, {name: 1.0}, channel=channel)
            for name, channel in zip(("co2", "humidity"), channels, strict=True)
        ]
        ((_site, _ward, head, _body),) = packer.pack(rows, 0)
        assert reader.form(head).series == (Series("co2", channels[0]), Series("humidity", channels[1]))


def test_the_bodies_of_a_record_are_of_one_hour_and_what_is_no_domains_or_at_no_site_is_left_out() -> None:
    rows = [row(BEGIN + at, {"co2": 1.0}) for at in (0, HOUR - 1, HOUR, 1)]
    other = row(BEGIN, {"co2": 1.0}, site="unassigned")
    radio = replace(rows[0], measurement="radio", tags=(*rows[0].tags[:4], "gateway"))
    found = Packer(CALENDAR).pack([other, rows[0], radio, *rows[1:]], 5)
    bodies = [[*Reader().form(head).unpack(body)] for _site, _ward, head, body in found]
    assert [[(order, time - BEGIN) for order, time, *_ in own] for own in bodies] == [
        [(5, 0), (6, HOUR - 1), (8, 1)],
        [(7, HOUR)],
    ]


def test_many_bodies_are_read_as_few_are() -> None:
    rows = [
        row(BEGIN + number, {"co2": 0.1 * number, "humidity": -1.0}, device=(1 << 64) - 1 - number % 2)
        for number in range(200)
    ]
    ((_site, _ward, head, body),) = Packer(CALENDAR).pack(rows, 0)
    form = Reader().form(head)
    size = len(body) // len(rows)
    keys, columns = form.columns(body)
    few = [form.columns(body[at : at + size]) for at in range(0, len(body), size)]
    assert [*zip(*keys, strict=True)] == [key for own, _columns in few for key in zip(*own, strict=True)]
    assert [[*own] for own in columns] == [[own[at][0] for _keys, own in few] for at in range(2)]


def test_rows_of_more_values_than_a_record_can_have_are_apart() -> None:
    rows = [row(BEGIN, {"co2": 1.0, "humidity": 2.0}, channel=channel) for channel in range(200)]
    assert len(Packer(CALENDAR).pack(rows, 0)) == 200


def test_a_row_of_what_is_watched_is_seen() -> None:
    seen: list[object] = []
    rows = [row(BEGIN, {"co2": 1.0}), row(BEGIN + 1, {"water_level": 1.0}, domain="water")]
    Packer(CALENDAR, frozenset({"water_level"})).pack(rows, 0, seen.append)
    assert seen == rows[1:]


def records(*rows: Point) -> list[Record]:
    return [(ward, head, body) for _site, ward, head, body in Packer(CALENDAR).pack(rows, 0)]


def test_the_last_of_a_value_that_comes_again_counts_and_the_newest_ward() -> None:
    span = Span(BEGIN, BEGIN + HOUR)
    rows = (
        row(BEGIN, {"co2": 400.0}, ward="old"),
        row(BEGIN + 30 * MINUTE, {"co2": 800.0}, ward="new"),
        row(BEGIN, {"co2": 600.0}, ward="old"),
    )
    summary = summarise("a", span, records(*rows), Reader(), Places())
    assert summary is not None
    assert summary.ward == "new"
    assert summary.values[Series("co2", 0)].mean == 700.0
    assert summary.values[Series("co2", 0)].count == 2


def test_coverage_is_of_the_intervals_that_a_rule_says() -> None:
    span = Span(BEGIN, BEGIN + HOUR)
    rows = records(*[row(BEGIN + number * 10 * MINUTE, {"co2": 400.0}) for number in range(3)])
    shares = {}
    for minutes in (5, 10, 30, 60, 120):
        places = Places(interval=lambda _site, _quantity, minutes=minutes: minutes * MINUTE)  # type: ignore[misc]
        summary = summarise("a", span, rows, Reader(), places)
        assert summary is not None
        shares[minutes] = summary.values[Series("co2", 0)].coverage
    assert shares == {5: 3 / 12, 10: 0.5, 30: 0.5, 60: 1.0, 120: 1.0}


@given(
    st.sets(st.integers(0, 23 * 60), min_size=1),
    st.sampled_from((1, 7, 15, 45, 60, 90)),
    st.sampled_from(((0, 1), (0, 23), (22, 23))),
)
def test_coverage_is_the_share_of_the_slots_however_many_values_there_are(
    minutes: set[int], interval: int, hours: tuple[int, int]
) -> None:
    parts = [Span(BEGIN + hour * HOUR, BEGIN + (hour + 1) * HOUR) for hour in range(*hours)]
    own = [minute for minute in minutes if hours[0] * 60 <= minute < hours[1] * 60] or [hours[0] * 60]
    rows = records(*[row(BEGIN + minute * MINUTE, {"co2": 400.0}) for minute in own])
    span = Span(parts[0].start, parts[-1].end)
    places = Places(interval=lambda _site, _quantity: interval * MINUTE)
    summary = summarise("a", span, rows, Reader(), places, hours=parts)
    assert summary is not None
    slots = {(minute // 60, minute % 60 // interval) for minute in own}
    share = len(slots) / -(-60 // interval) / len(parts)
    assert summary.values[Series("co2", 0)].coverage == pytest.approx(share)


def test_a_summary_comes_back_from_its_bytes() -> None:
    span = Span(BEGIN, BEGIN + HOUR)
    found = records(
        row(BEGIN, {"co2": 400.0, "wind_direction": 10.0}), row(BEGIN, {"rain": 1.0}, causes={"rain": 6}, device=2)
    )
    summary = summarise("a", span, found, Reader(), Places())
    assert summary is not None
    one = Made(summary, {"environment": {"vn_aqi": 59.0}})
    again = unpack("a", summary.ward, BEGIN, pack(one))
    assert pack(again) == pack(one)
    assert again.summary.indices == {"vn_aqi": 59.0}
    with pytest.raises(ValueError, match=r".+"):
        unpack("a", "", BEGIN, b"\xc1")


def test_rows_have_the_fields_that_mean_something() -> None:
    span = Span(BEGIN, BEGIN + HOUR)
    found = records(
        row(BEGIN, {"wind_direction": 10.0, "rain": 1.5}),
        row(BEGIN, {"vehicle_count": 3.0}, domain="traffic", channel=2),
    )
    summary = summarise("a", span, found, Reader(), Places())
    assert summary is not None
    made = Made(summary, {"water": {"x": 1.0}})
    rows = {(one.measurement, one.tags[-1]): dict(one.fields) for one in rows_of(made, "1h")}
    assert sorted(rows["environment_1h", "0"]) == sorted(
        [f"rain_{part}" for part in ("mean", "min", "max", "p95", "total", "count", "coverage")]
        + [f"wind_direction_{part}" for part in ("mean", "count", "coverage")]
    )
    assert rows["water_1h", "0"] == {"x": 1.0}
    assert all(-inf < value < inf for fields in rows.values() for value in fields.values() if isinstance(value, float))


def test_rows_made_again_say_what_is_gone() -> None:
    old, new = row(BEGIN, {"a": 1.0, "b": 2.0}), row(BEGIN, {"a": 1.0})
    (change,) = changed([old], [new])
    assert (change.revises, change.gone, change.fields) == (True, ("b",), (("a", 1.0),))
    assert changed([old], [old]) == []
    assert changed([old], [old], whole=True) == [old]
    (away,) = changed([old], [])
    assert (away.fields, away.gone) == ((), ("a", "b"))


def test_sites_are_spread_over_the_shards_and_nothing_is_the_cause_none() -> None:
    assert len({shard_of(f"site-{number}") for number in range(2_000)}) > 240
    assert GONE == 255
