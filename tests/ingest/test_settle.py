"""Rows worked out: in whatever order they come, what is stored in the end is the same."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.decoding.point import SUSPECT, Point
from ingest.derive import past
from ingest.derive.about import About
from ingest.derive.cause import Cause
from ingest.derive.facts import Facts
from ingest.derive.past import HORIZON, KEPT, LOOK_BACK
from ingest.derive.plan import Place, plan
from ingest.derive.rules import HOUR, RULES, Rule
from ingest.derive.settle import Settled, settle
from ingest.registry.site import Calibration, Reference, Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MINUTE = HOUR // 60
START = 1_790_000_000 * 10**9
HEAD = past.place("site", "model")
RULED = {
    **RULES,
    "air_temperature": Rule(5.0, 45.0, spike=8.0, stuck=2 * HOUR),
    "humidity": Rule(15.0, 100.0, spike=40.0),
    "pressure": Rule(920.0, 1045.0, spike=10.0, late=HOUR),
    "o3_fraction": Rule(0.0, 600.0),
    "distance": Rule(200.0, 12_000.0, spike=500.0, clock=False),
}
PLACE = Place(About(rules=RULED, reference=Reference(8.0, "national")))


def row(domain: str, time: int, channel: int = 0, *, delay: int = 0, quality: str = "ok", **values: float) -> Point:
    """A row as it is decoded."""
    tags = ("24e124", "site", "20194", "model", str(channel))
    return Point(domain, tags, tuple(values.items()), time, time + delay, "device", quality)


def air(minutes: float, temperature: float, **values: float) -> Point:
    time = START + round(minutes * MINUTE)
    tags = ("24e124", "site", "20194", "model", "0")
    return Point("environment", tags, (("air_temperature", temperature), *values.items()), time, time, "device")


class City:
    """One device and what is stored of it: the rows' fields and doubts by identity, and its memory."""

    def __init__(self, place: Place = PLACE) -> None:
        self.place = place
        self.memory = b""
        self.rows: dict[Any, dict[str, Any]] = {}
        self.doubts: dict[Any, dict[str, int]] = {}
        self.unplaced = 0

    def take(self, points: Iterable[Point]) -> City:
        for point in points:
            self.add(point)
        return self

    def add(self, point: Point) -> Settled:
        settled = settle(point, self.memory, HEAD, self.place)
        self.memory = settled.memory
        self.unplaced += settled.unplaced
        for one in settled.points:
            self._store(one)
        return settled

    def _store(self, point: Point) -> None:
        identity = point.measurement, point.tags, point.time
        if not point.revises:
            self.rows[identity], self.doubts[identity] = dict(point.fields), dict(point.doubts)
            return
        fields, doubts = self.rows[identity], self.doubts[identity]
        for name in point.gone:
            del fields[name]
            doubts.pop(name.removesuffix(SUSPECT), None)
        fields |= point.fields
        for name, _value in point.fields:
            doubts.pop(name, None)
        doubts |= point.doubts

    @property
    def known(self) -> tuple[Any, Any, set[bytes]]:
        """All of it; in which order the records stand is nobody's concern."""
        records = range(past.PLACE, len(self.memory), past.SIZE)
        return self.rows, self.doubts, {self.memory[at : at + past.SIZE] for at in records}

    def at(self, minutes: float) -> dict[str, Any]:
        (found,) = [fields for (*_, time), fields in self.rows.items() if time == START + round(minutes * MINUTE)]
        return found


_VALUES = {
    "air_temperature": st.sampled_from([20.0, 21.0, 25.0, 28.5, 35.0, 44.0, 50.0]),
    "humidity": st.sampled_from([30.0, 60.0, 99.0, 101.0]),
    "pressure": st.sampled_from([1000.0, 1005.0, 1020.0]),
    "o3_fraction": st.sampled_from([20.0, 30.0, 700.0]),
    "rain_total": st.sampled_from([0.0, 0.2, 0.4, 4.0, 100.0]),
    "distance": st.sampled_from([3000.0, 3000.5, 3400.0, 4000.0, 9000.0, 15_000.0]),
}
_WATER = {"distance"}
_GAPS = st.sampled_from([10_000_000_000, MINUTE, 15 * MINUTE, 40 * MINUTE, HOUR, 3 * HOUR, HORIZON, HORIZON + 1])


@st.composite
def histories(draw: st.DrawFn) -> list[Point]:
    """Rows of a device in the order of time, of two channels and two domains, with gaps of all kinds."""
    rows, time = [], START
    for _ in range(draw(st.integers(2, 24))):
        time += draw(_GAPS)
        names = draw(st.sets(st.sampled_from(sorted(_VALUES)), min_size=1))
        domain = "water" if "distance" in names else "environment"
        names = names & _WATER if domain == "water" else names
        rows.append(
            row(
                domain,
                time,
                draw(st.sampled_from([0, 0, 0, 1])),
                delay=draw(st.sampled_from([0, 0, 0, 2 * HOUR, 8 * 24 * HOUR])),
                quality=draw(st.sampled_from(["ok", "ok", "ok", "clock_suspect"])),
                **{name: draw(_VALUES[name]) for name in sorted(names)},
            )
        )
    return rows


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Point], list[Point]]:
    """The rows of a device in the order of time, and in one in which as few overtake each as are remembered for it."""
    rows = draw(histories())
    late = [index + draw(st.integers(0, KEPT - LOOK_BACK)) for index in range(len(rows))]
    return rows, [one for _, one in sorted(zip(late, rows, strict=True), key=lambda pair: pair[0])]


@given(arrivals())
@settings(max_examples=150, deadline=None)
def test_any_order_of_arrival_ends_in_the_same(both: tuple[list[Point], list[Point]]) -> None:
    in_time, as_they_came = both
    expected, found = City().take(in_time), City().take(as_they_came)
    assert not expected.unplaced
    assert not found.unplaced
    assert found.known == expected.known


@given(histories().flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows[:KEPT]))))
@settings(max_examples=60, deadline=None)
def test_as_many_as_are_remembered_may_come_in_any_order(both: tuple[list[Point], list[Point]]) -> None:
    rows, shuffled = both
    assert City().take(shuffled).known == City().take(rows[:KEPT]).known


@given(arrivals(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_repeated_row_changes_nothing(both: tuple[list[Point], list[Point]], data: st.DataObject) -> None:
    in_time, as_they_came = both
    city = City().take(as_they_came)
    expected = deepcopy(city.known)
    for again in data.draw(st.lists(st.sampled_from(in_time[-KEPT:]), max_size=6)):
        city.add(again)
    if not city.unplaced:
        assert city.known == expected


def test_a_redelivered_row_is_as_it_was_though_the_record_is_full() -> None:
    rows = [air(15 * number, 25.0 + number, humidity=60.0) for number in range(KEPT)]
    rows[2] = air(30, 44.0, humidity=60.0)
    city = City().take(rows)
    expected = deepcopy(city.known)
    for again in rows:
        settled = city.add(again)
        assert [one.time for one in settled.points] == [again.time]
    assert city.known == expected
    assert not city.unplaced
    assert city.at(30)["air_temperature_suspect"] == 44.0
    assert city.doubts[rows[2].measurement, rows[2].tags, rows[2].time]["air_temperature"] == Cause.SPIKE


def test_what_was_before_a_redelivered_row_may_be_forgotten() -> None:
    rows = [air(15 * number, 25.0) for number in range(KEPT)]
    city = City().take(rows)
    (again,) = city.add(rows[LOOK_BACK - 1]).points
    assert again.revises, "what follows from it can no longer be worked out, and stays"
    assert again.fields == rows[LOOK_BACK - 1].fields
    (whole,) = city.add(rows[LOOK_BACK]).points
    assert not whole.revises


def test_a_row_older_than_what_is_remembered_is_told() -> None:
    city = City().take([air(15 * number, 25.0) for number in range(10, 10 + KEPT)])
    memory = city.memory
    settled = city.add(air(15, 44.0))
    assert settled.unplaced
    (told,) = settled.points
    assert msgspec.structs.replace(told, gone=()) == air(15, 44.0), "nothing is known to be said against it"
    assert told.gone == ("air_temperature_suspect",), "and if it is there already, what is known of it stays"
    assert settled.memory is memory


def test_days_between_values_leave_nothing_out_that_could_be_seen() -> None:
    rows = [air(26 * 60 * number, 25.0 + number) for number in range(KEPT + 2)]
    late = [*rows[:3], *rows[4:], rows[3]]  # only two older ones are remembered, and neither is seen from there
    assert City().take(late).known == City().take(rows).known
    assert not City().take(late).unplaced


def test_what_is_as_old_as_can_be_is_still_seen_and_no_more() -> None:
    rows = [
        row("environment", START + time, rain_total=total)
        for time, total in ((0, 0.0), (HORIZON, 0.4), (HORIZON + 1, 0.4))
    ]
    for order in (rows, [rows[0], rows[2], rows[1]]):
        city = City().take(order)
        by_time = {time - START: fields for (*_, time), fields in city.rows.items()}
        assert by_time[HORIZON]["rain_suspect"] == 0.4
        assert by_time[HORIZON + 1]["rain"] == 0.0
        assert len(city.known[2]) == 1


def test_the_same_for_exactly_so_long_is_stuck() -> None:
    rows = [air(30 * number, 25.0) for number in range(6)]
    for order in (rows, [*rows[:3], rows[4], rows[3], rows[5]]):
        city = City().take(order)
        assert [dict(city.at(30 * number)) for number in range(4)] == [{"air_temperature": 25.0}] * 4
        assert city.at(120) == city.at(150) == {"air_temperature_suspect": 25.0}
        assert {cause for doubts in city.doubts.values() for cause in doubts.values()} == {Cause.STUCK}


def test_a_late_row_rederives_the_rows_behind_it() -> None:
    city = City().take([air(0, 25.0, humidity=60.0), air(30, 34.0, humidity=60.0)])
    assert city.at(30).keys() == {"air_temperature_suspect", "humidity", "dew_point_suspect", "heat_index_suspect"}
    settled = city.add(air(15, 33.5, humidity=60.0))
    _row, change = settled.points
    assert change.revises
    assert set(change.gone) == {"air_temperature_suspect", "dew_point_suspect", "heat_index_suspect"}
    assert city.at(30).keys() == {"air_temperature", "humidity", "dew_point", "heat_index"}
    assert city.at(15)["air_temperature_suspect"] == 33.5


def test_another_cause_alone_is_told_too() -> None:
    place = Place(About(rules=RULED, reference=Reference(40.0, "national")))  # 36 m of water: not plausible
    near, far = row("water", START, distance=2000.0), row("water", START + 2 * MINUTE, distance=4000.0)
    between = row("water", START + MINUTE, distance=4000.0)
    city = City(place).take([near, far])
    identity = far.measurement, far.tags, far.time
    assert city.doubts[identity] == {"distance": Cause.SPIKE, "water_level": Cause.INPUT}
    city.add(between)
    assert city.rows[identity] == {"distance": 4000.0, "water_level_suspect": 36.0}
    assert city.doubts[identity] == {"water_level": Cause.IMPLAUSIBLE}


def test_a_doubt_by_how_it_came_outlasts_what_comes_late() -> None:
    rows = [
        air(0, 25.0),
        row("environment", START + HOUR, air_temperature=26.0, quality="clock_suspect"),
        air(90, 26.0),
    ]
    late = row("environment", START + 2 * HOUR, air_temperature=26.0, delay=8 * 24 * HOUR)
    city = City().take([rows[0], rows[1], late, rows[2]])
    causes = [cause for doubts in city.doubts.values() for cause in doubts.values()]
    assert sorted(causes) == [Cause.LATE, Cause.CLOCK]
    assert city.known == City().take([*rows, late]).known


def test_how_it_came_is_judged_by_each_quantitys_own_rule() -> None:
    (point,) = City().add(row("environment", START, air_temperature=25.0, pressure=1000.0, delay=2 * HOUR)).points
    assert point.doubts == (("pressure", Cause.LATE),)
    (point,) = City().add(row("water", START, distance=3000.0, quality="clock_suspect")).points
    assert point.doubts == ()


def test_a_device_at_another_site_begins_anew() -> None:
    here = settle(air(0, 25.0), b"", HEAD, PLACE).memory
    there = past.place("elsewhere", "model")
    moved = settle(air(15, 44.0), here, there, PLACE)
    assert moved.points == (air(15, 44.0),)
    assert moved.memory == settle(air(15, 44.0), b"", there, PLACE).memory
    late = settle(air(10, 44.0), moved.memory, HEAD, PLACE)
    assert late.unplaced, "it was at the old site, and what was before it there is forgotten"
    assert late.memory == moved.memory
    assert settle(air(30, 25.0), here, past.place("site", "other"), PLACE).points == (air(30, 25.0),)


def test_a_time_far_ahead_does_not_hold_up_the_next_site() -> None:
    ahead = settle(row("environment", START + 365 * 24 * HOUR, air_temperature=25.0), b"", HEAD, PLACE).memory
    assert not settle(air(0, 25.0), ahead, past.place("elsewhere", "model"), PLACE).unplaced


def test_what_the_device_measures_itself_is_not_derived_when_it_is_worked_out_again() -> None:
    rows = [
        air(15 * number, temperature, humidity=60.0, heat_index=30.0)
        for number, temperature in enumerate((25.0, 33.5, 34.0))
    ]
    city = City().take([rows[0], rows[2], rows[1]])
    assert {fields["heat_index"] for fields in city.rows.values()} == {30.0}
    assert all("heat_index_suspect" not in fields for fields in city.rows.values())
    assert city.at(30)["air_temperature"] == 34.0, "it was doubtful, and was worked out again"
    names = ("air_temperature", "humidity", "heat_index")
    assert all(one.key for one in plan(names, "0", About(rules=RULED)).fields)
    measures = frozenset({"heat_index"})
    *_others, given_anyway = plan(names, "0", About(rules=RULED, measures=measures)).fields
    assert not given_anyway.key, "the model is known to give it: nothing has to be remembered for that"


def test_rows_behind_a_late_one_are_worked_out_at_the_place_as_it_was_then() -> None:
    risen = START + 20 * MINUTE
    references = (Reference(8.0, "national"), Reference(9.0, "national", risen))
    site = Site(id="site", references=references, calibrations=(Calibration("distance", 100.0, since=risen),))
    facts = Facts({"site": site}, rules=RULED)
    rows = [
        row("water", START + minutes * MINUTE, distance=float(mm))
        for minutes, mm in ((0, 3000), (15, 4000), (30, 3900))
    ]

    def stored(order: Sequence[Point]) -> City:
        city = City()
        for point in order:
            city.place = facts.at("site", "model", point.time).place
            city.add(point)
        return city

    in_time, late = stored(rows), stored([rows[0], rows[2], rows[1]])
    assert in_time.at(30)["water_level"] == pytest.approx(5.0)
    assert late.known == in_time.known


def test_a_value_in_place_of_one_of_the_same_time() -> None:
    city = City().take([air(0, 25.0), air(15, 44.0), air(30, 25.5), air(15, 25.2)])
    assert city.at(15)["air_temperature"] == 25.2
    assert city.known[2] == City().take([air(0, 25.0), air(15, 25.2), air(30, 25.5)]).known[2]


def test_a_row_with_nothing_against_it_is_the_very_same() -> None:
    point = row("device", START, battery=80.0)
    settled = settle(point, b"", HEAD, PLACE)
    assert settled.points[0] is point
    assert settled.memory == b""


@pytest.mark.parametrize("ahead", [1, 7, 8, 12])
def test_a_network_clock_that_was_a_year_ahead_holds_up_nothing_after_it(ahead: int) -> None:
    """The rows of then are of a time that the network said; what is remembered of them is given up."""
    year = 365 * 24 * HOUR
    times = [START + number * 15 * MINUTE + (year if 10 <= number < 10 + ahead else 0) for number in range(30)]
    city = City().take(row("environment", time, rain_total=number / 5) for number, time in enumerate(times))
    assert city.unplaced == 0
    without = {number for number, fields in enumerate(city.rows.values()) if "rain" not in fields}
    assert without <= {0, 10, 10 + ahead}, "the first, and where the clock leaps"
