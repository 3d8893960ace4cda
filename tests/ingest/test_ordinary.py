"""The short way of an ordinary row ends in the very same as the long one, and whatever is not ordinary takes that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decoders.quantities import QUANTITIES
from ingest.decoding.point import Point
from ingest.derive import ordinary, past
from ingest.derive.about import PLAIN
from ingest.derive.facts import Facts
from ingest.derive.memory import Memory
from ingest.derive.past import HORIZON, KEY, PLACE, SIZE
from ingest.derive.plan import plan
from ingest.derive.rules import HOUR, RULES, Rule
from ingest.derive.settle import settle
from ingest.derive.stage import work_out
from ingest.registry.site import Calibration, Reference, Site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.derive.facts import At

MINUTE = HOUR // 60
START = 1_790_000_000 * 10**9
MODEL = "milesight/em300-di"
RISEN = START + 3 * HOUR
FACTS = Facts(
    {
        "river": Site(
            id="river",
            references=(Reference(8.0, "national"), Reference(9.0, "national", RISEN)),
            calibrations=(
                Calibration("distance", 100.0, since=RISEN),
                Calibration("people_in", 0.0, scale=2.0),
                Calibration("humidity", 1.5),
            ),
            capacity=40,
        ),
        "park": Site(id="park", capacity=40),
    },
    rules={**RULES, "air_temperature": Rule(5.0, 45.0, spike=8.0, stuck=2 * HOUR, rest=20.0)},
)
SHAPES = (
    ("air_temperature", "humidity"),
    ("air_temperature", "humidity", "rain_total", "no2_fraction"),
    ("humidity", "air_temperature"),
    ("rain_total",),
    ("rain",),
    ("people_in", "people_out"),
    ("people_in", "people_out", "people_in_count"),
    ("people_in_count",),
    ("distance",),
    ("distance", "water_level"),
    ("pulses",),
    ("water_volume", "reverse_volume"),
    ("parking_free",),
    ("battery",),
)
VALUES = {
    "air_temperature": [20.0, 21.0, 25.0, 28.5, 35.0, 44.0, 50.0],
    "humidity": [0.0, 30, 60.0, 99.0, 101.0],
    "no2_fraction": [20.0, 30.0, 700.0],
    "rain": [0.0, 0.2, 5.0],
    "distance": [3000.0, 3000.5, 3400.0, 9000.0, 15_000.0],
    "water_level": [1.0, 1.5, 60.0],
    "parking_free": [0.0, 30.0, 50.0],
    "battery": [80.0, 120.0],
}
TOTALS = [0.0, 1, 2.0, 10.0, 10.4, 1000.0, 2.0**16 - 1, 2.0**32 - 1, -1.0]
PAUSES = [1, 10**10, MINUTE, 15 * MINUTE, 15 * MINUTE, 15 * MINUTE, 40 * MINUTE, HOUR, 3 * HOUR, HORIZON, HORIZON + 1]
LEAPS = [0, -1, -MINUTE, -20 * MINUTE, -2 * HOUR, -10 * 24 * HOUR, 31 * 24 * HOUR, 120 * 365 * 24 * HOUR]
DELAYS = [0, 0, 0, 0, 0, 8 * 24 * HOUR]


def row(
    time: int,
    values: dict[str, float],
    *,
    site: str = "park",
    channel: int = 0,
    delay: int = 0,
    quality: str = "ok",
) -> Point:
    (domain,) = {QUANTITIES[name].domain for name in values}
    tags = ("24e124", site, "20194", MODEL, str(channel))
    return Point(domain, tags, tuple(values.items()), time, time + delay, "gps", quality)


@st.composite
def events(draw: st.DrawFn) -> list[tuple[Point, ...]]:
    """A device's uplinks, nearly all of them in the order of time: rows of a few shapes and channels, of all values."""
    time, site, found = START, "park", []
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
    for _ in range(draw(st.integers(2, 24))):
        time += draw(st.sampled_from(PAUSES))
        at = time + draw(st.sampled_from([0] * 30 + LEAPS))
        site = draw(st.sampled_from([site] * 15 + ["river", "park"]))
        rows = [
            row(
                at,
                {name: draw(st.sampled_from(VALUES.get(name, TOTALS))) for name in shape},
                site=site,
                channel=draw(st.sampled_from([0, 0, 0, 1])),
                delay=draw(st.sampled_from(DELAYS)),
                quality=draw(st.sampled_from(["ok"] * 9 + ["clock_suspect"])),
            )
            for shape in shapes[: draw(st.integers(1, 3))]
        ]
        found.append(tuple(rows))
    return found


@given(events())
@settings(max_examples=150, deadline=None)
def test_the_short_way_ends_where_the_long_one_does(uplinks: list[tuple[Point, ...]]) -> None:
    memory = b""
    for point in [point for points in uplinks for point in points]:
        at = FACTS.at(point.tags[1], point.tags[3], point.time)
        expected = settle(point, memory, at.head, at.place)
        before = memory or at.head
        if before.startswith(at.head):
            now = bytearray(before)
            names = tuple(name for name, _value in point.fields)
            short = at.place.plans[point.tags[-1], names].ordinary(point, now, at.place.about)
            if short is None:
                assert now == before, "what is left to the long way is left as it was"
            else:
                assert not expected.unplaced
                assert (short,) == expected.points
                assert now == (expected.memory or before)
        memory = expected.memory


@given(events())
@settings(max_examples=60, deadline=None)
def test_uplinks_are_worked_out_as_their_rows_are(uplinks: list[tuple[Point, ...]]) -> None:
    long, short, unplaced = b"", Memory(), 0
    for points in uplinks:
        expected: list[Point] = []
        for point in points:
            at = FACTS.at(point.tags[1], point.tags[3], point.time)
            settled = settle(point, long, at.head, at.place)
            expected += settled.points
            long = settled.memory
            unplaced += settled.unplaced
        assert work_out(points, FACTS, short) == tuple(expected)
        assert short.of("24e124") == long
    assert short.take_changes().unplaced == unplaced


def taken(rows: Sequence[Point]) -> tuple[list[bool], bytes]:
    """Which of some rows went the short way, and the memory after them."""
    memory, found = bytearray(place_of(rows[0]).head), []
    for point in rows:
        at = place_of(point)
        names = tuple(name for name, _value in point.fields)
        short = at.place.plans[point.tags[-1], names].ordinary(point, memory, at.place.about)
        found.append(short is not None)
        if short is None:
            memory = bytearray(settle(point, bytes(memory), at.head, at.place).memory)
    return found, bytes(memory)


def place_of(point: Point) -> At:
    return FACTS.at(point.tags[1], point.tags[3], point.time)


def air(number: int, temperature: float, *, delay: int = 0, quality: str = "ok") -> Point:
    values = {"air_temperature": temperature, "humidity": 60.0}
    return row(START + number * 15 * MINUTE, values, delay=delay, quality=quality)


def test_the_first_row_and_those_after_it_are_ordinary() -> None:
    assert taken([air(0, 25.0), air(1, 25.0), air(2, 26.0), air(3, 31.5)])[0] == [True] * 4
    totals = [row(START + n * 15 * MINUTE, {"people_in": 3.0 * n, "people_out": 2.0 * n}) for n in range(4)]
    assert taken(totals)[0] == [True] * 4
    depths = [row(START + n * 15 * MINUTE, {"distance": 3000.0 - n}, site="river") for n in range(40)]
    assert taken(depths)[0] == [True] * 40, "through a new reference and a calibration"


@pytest.mark.parametrize(
    "odd",
    [
        air(2, 46.0),
        air(2, 34.0),
        air(2, 25.0, quality="clock_suspect"),
        air(2, 25.0, delay=8 * 24 * HOUR),
        air(0, 25.0),
        air(1, 25.0),
        air(200, 25.0),
        row(START + 31 * MINUTE, {"air_temperature": 25.0, "humidity": 60.0, "rain_total": 1.0}),
    ],
    ids=["implausible", "spike", "clock", "late", "overtaken", "again", "silent", "begins in part"],
)
def test_what_is_not_ordinary_takes_the_long_way(odd: Point) -> None:
    assert taken([air(0, 25.0), air(1, 25.0), odd])[0] == [True, True, False]


def test_what_has_been_the_same_for_long_takes_the_long_way() -> None:
    rows = [air(number, 20.0) for number in range(10)]
    assert taken(rows)[0] == [True] * 8 + [False] * 2


def test_an_amount_after_a_doubtful_total_takes_the_long_way() -> None:
    totals = [row(START + n * 15 * MINUTE, {"rain_total": total}) for n, total in enumerate((1.0, 2.0, -1.0, 3.0, 4.0))]
    assert taken(totals)[0] == [True, True, False, False, True]


def test_records_are_found_where_another_device_of_the_model_has_them_otherwise() -> None:
    battery = [row(START + n * MINUTE, {"people_in": float(n)}, channel=7) for n in range(2)]
    both = [*battery, air(1, 25.0), air(2, 26.0)]
    for rows in (both, [air(1, 25.0), air(2, 26.0)], both):
        short, memory = taken(rows)
        assert all(short)
        assert len(memory) == PLACE + SIZE * (2 + (rows is both))


@pytest.mark.parametrize(
    "before",
    [["humidity"], ["humidity", "air_temperature"], ["air_temperature", "pressure", "humidity"]],
    ids=["the other one alone", "the wrong way round", "something between"],
)
def test_records_that_do_not_stand_behind_each_other_take_the_long_way(before: list[str]) -> None:
    values = {"humidity": 60.0, "air_temperature": 25.0, "pressure": 1000.0}
    short, memory = taken([*[row(START, {name: values[name]}) for name in before], air(1, 25.0)])
    assert short == [True] * len(before) + [False]
    found = [memory[at : at + KEY] for at in range(PLACE, len(memory), SIZE)]
    assert found[: len(before)] == [past.key(name, 0) for name in before]
    assert past.find(memory, past.key("air_temperature", 0)) > 0


def test_a_value_after_a_silence_of_its_own_takes_the_long_way() -> None:
    warm = row(START + HORIZON, {"air_temperature": 26.0})
    short, _memory = taken([air(0, 25.0), warm, row(START + HORIZON + 1, {"air_temperature": 27.0, "humidity": 60.0})])
    assert short == [True, True, False]


def test_a_time_beyond_what_can_be_remembered_takes_the_long_way() -> None:
    rows = [row(past.LAST_SECOND * past.SECOND + n * HOUR, {"rain_total": 0.2 * n}) for n in range(3)]
    assert taken(rows)[0] == [False] * 3


def test_what_the_module_shows_is_what_it_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    def compiled(source: str) -> Any:
        written.append(source)
        return lambda **_names: None

    monkeypatch.setattr(ordinary, "_compiled", compiled)
    assert plan(("pulses",), "0", PLAIN).ordinary is None
    _around, *lines, _return = written[-1].splitlines()
    assert "\n".join(lines) in str(ordinary.__doc__)


def test_plans_of_one_shape_share_their_code() -> None:
    plans = [plan((name,), channel, PLAIN) for name, channel in (("pulses", "0"), ("energy", "3"))]
    one, other = [made.ordinary.__code__ for made in plans]
    assert one is other
