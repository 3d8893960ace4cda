"""What follows from a device's rows is the same in whatever order they come, and what nobody wants is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decoders.quantities import QUANTITIES
from decoders.vocabulary.traffic import COUNTED
from ingest.config import Settings
from ingest.decoding.point import Point
from ingest.derive import past
from ingest.derive.about import About
from ingest.derive.catalogue import DERIVATIONS
from ingest.derive.facts import Facts
from ingest.derive.plan import Place
from ingest.derive.rules import HOUR
from ingest.derive.settle import settle
from ingest.knowledge import facts_of
from ingest.registry.site import Reference, Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MINUTE = HOUR // 60
NOW = 1_790_000_000_000_000_000
KEPT, LATE = past.KEPT, past.KEPT - past.LOOK_BACK

Row: TypeAlias = "dict[str, float | str]"
Values: TypeAlias = "list[tuple[int, float, tuple[float, float, float]]]"


def point(time: int, **values: float) -> Point:
    (domain,) = {QUANTITIES[name].domain for name in values}
    tags = ("a81758fffe0312ab", "bridge", "20260", "acme/one", "0")
    return Point(domain, tags, tuple(values.items()), time, received_at=time)


def stored(points: Iterable[Point], about: About) -> dict[int, Row]:
    """The rows that stand in a sink after these points came in this order."""
    rows: dict[int, Row] = {}
    memory, place = b"", Place(about)
    head = past.place("bridge", "acme/one")
    for one in points:
        settled = settle(one, memory, head, place)
        assert not settled.unplaced
        memory = settled.memory
        for found in settled.points:
            if found.revises:
                row = {name: value for name, value in rows[found.time].items() if name not in found.gone}
                rows[found.time] = row | dict(found.fields)
            else:
                rows[found.time] = dict(found.fields)
    return rows


RIVER = About(reference=Reference(7.42, "national"))
GAUGE = About(wraps={"rain_total": 2**20})
STREET = About(wraps={"vehicles": 2**16})

DISTANCES = (3000.0, 3010.0, 3200.0, 6100.0, 15000.0)
TOTALS = st.sampled_from([0.0, 0.2, 0.4, 5.0, 2**16 - 1.0, 2**16 - 20.0, 2**20 - 0.2])
AIR = st.tuples(st.sampled_from([25.0, 26.5, 34.0, 44.0, 50.0]), st.floats(20, 100), st.floats(0, 900))


def rows_of(kind: str, values: Values) -> list[Point]:
    """Rows of one of the kinds, an uneven time apart."""
    time, found = NOW, []
    for minutes, total, (temperature, humidity, ppb) in values:
        time += minutes * MINUTE
        match kind:
            case "river":
                found.append(point(time, distance=DISTANCES[int(total) % 5]))
            case "gauge":
                found.append(point(time, rain_total=total))
            case "street":
                found.append(point(time, vehicles=total, bicycle_count=total % 50))
            case _:
                found.append(point(time, air_temperature=temperature, humidity=humidity, no2_fraction=ppb))
    return found


VALUES = st.tuples(st.integers(1, 400), TOTALS, AIR)
KINDS = {"river": RIVER, "gauge": GAUGE, "street": STREET, "air": About()}


@settings(max_examples=250, deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    values=st.lists(VALUES, min_size=2, max_size=KEPT),
    data=st.data(),
)
def test_any_order_of_arrival_ends_in_the_same_rows(kind: str, values: Values, data: st.DataObject) -> None:
    points = rows_of(kind, values)
    arrived = data.draw(st.permutations(points))
    assert stored(arrived, KINDS[kind]) == stored(points, KINDS[kind])


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    values=st.lists(VALUES, min_size=10, max_size=40),
    delays=st.lists(st.integers(0, LATE + 1), min_size=40, max_size=40),
)
def test_so_do_a_few_late_ones_in_a_long_row(kind: str, values: Values, delays: list[int]) -> None:
    points = rows_of(kind, values)
    # Each comes behind at most `LATE` newer ones, so that what is remembered reaches back to before it.
    arrived = [one for _at, one in sorted(enumerate(points), key=lambda found: found[0] + delays[found[0]])]
    assert stored(arrived, KINDS[kind]) == stored(points, KINDS[kind])


def test_a_late_total_divides_the_amount_that_came_before_it() -> None:
    first, late, last = (point(NOW + 10 * at * MINUTE, rain_total=float(at)) for at in (0, 1, 2))
    rows = stored([first, last, late], GAUGE)
    assert rows[late.time] == {"rain_total": 1.0, "rain_rate": 6.0, "rain": 1.0}
    assert rows[last.time] == {"rain_total": 2.0, "rain_rate": 6.0, "rain": 1.0}


def test_a_level_alarm_row() -> None:
    before, after = point(NOW, distance=3420.0), point(NOW + HOUR // 2, distance=3170.0)
    assert stored([before, after], RIVER)[after.time] == pytest.approx(
        {"distance": 3170.0, "water_rise": 0.5, "water_level": 4.25}
    )


def derived(facts: Facts, **values: float) -> Row:
    at = facts.at("bridge", "acme/one", NOW)
    settled = settle(point(NOW, **values), b"", at.head, at.place)
    return dict(settled.points[0].fields)


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        (30, {"parking_occupancy": 75}),
        (0, {"parking_occupancy": 100}),
        (130, {"parking_occupancy_suspect": pytest.approx(-8.33)}),
    ],
)
def test_occupancy_of_a_car_park_whose_places_are_known(free: float, expected: Mapping[str, float]) -> None:
    facts = Facts({"bridge": Site(id="bridge", capacity=120)})
    assert derived(facts, parking_free=free) == {"parking_free": free, **expected}
    assert derived(Facts({"bridge": Site(id="bridge")}), parking_free=free) == {"parking_free": free}


def test_what_is_off_is_not_derived(tmp_path: Path) -> None:
    air = {"air_temperature": 30.0, "humidity": 70.0}
    on = facts_of(Settings(data_dir=tmp_path), {})
    off = facts_of(Settings(data_dir=tmp_path, derive={"off": ["heat_index"]}), {})  # type: ignore[arg-type]
    assert {*derived(on, **air)} == {*air, "dew_point", "heat_index"}
    assert {*derived(off, **air)} == {*air, "dew_point"}


def test_a_misspelled_quantity_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"heat_indx.*no quantity.*heat_index"):
        Settings(data_dir=tmp_path, derive={"off": ["heat_indx"]})  # type: ignore[arg-type]


def test_what_is_measured_is_not_derived() -> None:
    facts = Facts(measures={"acme/one": frozenset({"air_temperature", "humidity", "dew_point"})})
    assert "dew_point" not in derived(facts, air_temperature=30.0, humidity=70.0)
    assert derived(Facts(), air_temperature=30.0, humidity=70.0, dew_point=24.0)["dew_point"] == 24.0


def test_each_derivation_is_of_the_vocabulary_and_stays_in_its_measurement() -> None:
    for one in DERIVATIONS:
        assert len({QUANTITIES[name].domain for name in (*one.gives, *one.needs, *one.uses)}) == 1


def test_each_is_on_the_page() -> None:
    text = (Path(__file__).parents[2] / "docs" / "derived.md").read_text("utf-8")
    words = set(re.findall(r"\w+", text))
    classes = {name for named in COUNTED for name in named[1:]}
    assert {gives for one in DERIVATIONS for gives in one.gives} <= words | classes
    assert {total for total, *_ in COUNTED} <= words


def test_what_several_look_back_at_they_see_alike() -> None:
    looks = {(one.needs[0], one.looks_back) for one in DERIVATIONS if one.looks_back}
    assert len({name for name, _looks_back in looks}) == len(looks)
