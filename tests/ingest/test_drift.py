"""Drift against neighbours: who they are, for how long, and what becomes of the day."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.derive.cause import Cause
from ingest.rollup import drift
from ingest.rollup.drift import Straying, drifting
from ingest.rollup.neighbours import Place, distance
from tests.fakes.summaries import DAY, MIDNIGHT, of, span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from ingest.rollup.summary import Aggregate, Summary

HERE = Place(16.0123, 108.2031, "Cẩm Lệ")
KM = 1 / 111.2  # degrees of latitude

CITY = {"a": HERE, "b": HERE, "c": HERE, "d": HERE, "e": HERE}


def allowed(_site: str, quantity: str) -> float | None:
    return {"air_temperature": 2.0}.get(quantity)


def days(
    values: Mapping[str, Sequence[float | Aggregate | None]], quantity: str = "air_temperature"
) -> list[dict[str, Summary]]:
    """Of each site its daily means."""
    count = len(next(iter(values.values())))
    return [
        {
            site: span(MIDNIGHT + at * DAY, {quantity: own[at]}, DAY, site)
            for site, own in values.items()
            if own[at] is not None
        }
        for at in range(count)
    ]


def found(values: Mapping[str, Sequence[float | Aggregate | None]], places: Mapping[str, Place] = CITY) -> set[str]:
    return set(drifting(days(values), places, allowed))


def test_a_site_that_differs_for_three_days_drifts() -> None:
    others = {"b": [28.0] * 3, "c": [28.5] * 3, "d": [29.0] * 3}

    assert drifting(days({"a": [31.0] * 3, **others}), CITY, allowed) == {"a": frozenset({"air_temperature"})}
    assert found({"a": [25.9, 26.0, 26.4], **others}) == {"a"}
    assert found({"a": [31.0, 30.5, 31.0], **others}) == set(), "as far as is allowed on the day between"
    assert found({"a": [None, 31.0, 31.0], **others}) == set()
    assert drifting(days({"a": [31.0] * 2, "b": [28.0] * 2, "c": [28.0] * 2, "d": [28.0] * 2}), CITY, allowed) == {}


def test_three_neighbours_are_needed_on_each_day() -> None:
    assert found({"a": [40.0] * 3, "b": [28.0] * 3, "c": [28.0] * 3}) == set()
    others: dict[str, list[float | Aggregate | None]] = {"b": [28.0] * 3, "c": [28.0] * 3, "d": [28.0, None, 28.0]}
    assert found({"a": [40.0] * 3, **others}) == set()
    others["d"] = [28.0, of(28.0, coverage=0.5), 28.0]
    assert found({"a": [40.0] * 3, **others}) == set(), "half a day is no day"


def test_neighbours_are_within_three_kilometres() -> None:
    values = {"a": [40.0] * 3, "b": [28.0] * 3, "c": [28.0] * 3, "d": [28.0] * 3}
    ring = {name: Place(16.0123 + 2.99 * KM * way, 108.2031, "") for name, way in (("b", 1), ("c", -1), ("d", 0.5))}

    assert found(values, {"a": HERE, **ring}) == {"a"}
    assert found(values, {"a": HERE, **ring, "b": Place(16.0123 + 3.01 * KM, 108.2031, "Cẩm Lệ")}) == set()
    east = Place(16.0123, 108.2031 + 2.99 / 106.8, "")
    assert found(values, {"a": HERE, **ring, "b": east}) == {"a"}


def test_where_a_position_lacks_the_ward_says_it() -> None:
    values = {"a": [40.0] * 3, "b": [28.0] * 3, "c": [28.0] * 3, "d": [28.0] * 3}
    nowhere = Place(None, None, "Cẩm Lệ")

    assert found(values, {"a": nowhere, "b": HERE, "c": HERE, "d": nowhere}) == {"a"}
    assert found(values, {"a": HERE, "b": nowhere, "c": nowhere, "d": HERE}) == {"a"}
    assert found(values, dict.fromkeys(values, Place(None, None, ""))) == set(), "no ward is no neighbourhood"
    assert found(values, {"b": HERE}) == set()


def test_a_quantity_without_a_bound_is_not_looked_at() -> None:
    values = {"a": [400.0] * 3, "b": [2.0] * 3, "c": [2.0] * 3, "d": [2.0] * 3}

    assert drifting(days(values, "pm2_5"), CITY, allowed) == {}


def test_a_marked_day_keeps_its_values_and_is_not_believed() -> None:
    day = span(MIDNIGHT, {"air_temperature": 31.0, ("air_temperature", 2): 32.0, "humidity": 60.0}, DAY)

    kept = drift.marked(day, {"air_temperature"})

    assert kept.values == day.values, "the next day is held against them again"
    assert kept.indices == {"air_temperature_drift": 1.0}
    believed = drift.believed(kept)
    assert {series.quantity for series in believed.values} == {"humidity"}
    assert believed.doubts == {"air_temperature": {Cause.DRIFT: 8}}
    assert drift.marked(kept, ()) == day
    assert drift.believed(day) is day


def test_the_fields_of_a_drifting_day_are_suspect() -> None:
    fields = (("rain_mean", 1.0), ("rain_total", 4.0), ("rain_total_max", 9.0), ("humidity_mean", 60.0))

    given_fields, gone = drift.suspected(fields, {"rain"})

    assert given_fields == (
        ("rain_suspect_mean", 1.0),
        ("rain_suspect_total", 4.0),
        ("rain_total_max", 9.0),  # of the counter `rain_total`
        ("humidity_mean", 60.0),
    )
    assert gone == ("rain_mean", "rain_total")


def test_distances() -> None:
    assert distance(HERE, Place(16.0123 + KM, 108.2031, "")) == pytest.approx(1, abs=0.001)
    assert distance(HERE, Place(None, None, "")) is None


@given(
    values=st.dictionaries(
        st.sampled_from("abcde"), st.lists(st.none() | st.floats(20, 40), min_size=3, max_size=3), min_size=1
    ),
    order=st.randoms(use_true_random=False),
)
def test_the_answer_does_not_depend_on_the_order(values: dict[str, list[float | None]], order: Random) -> None:
    names = list(values)
    order.shuffle(names)

    answer = found(values)

    assert answer == found({name: values[name] for name in names}, {name: CITY[name] for name in reversed(names)})
    assert all(values[name][-1] is not None for name in answer)


@given(
    there=st.lists(
        st.tuples(
            st.floats(0, 0.08), st.floats(0, 0.08), st.sampled_from((20.0, 21.0, 22.0, 25.0, 40.0)), st.booleans()
        ),
        min_size=4,
        max_size=40,
    )
)
def test_what_is_not_looked_at_closely_would_not_have_been_found(there: list[tuple[float, float, float, bool]]) -> None:
    places = {
        str(number): Place(None, None, "Cẩm Lệ") if lost else Place(16.0 + north, 108.2 + east, "Cẩm Lệ")
        for number, (north, east, _value, lost) in enumerate(there)
    }
    values = {str(number): value for number, (_north, _east, value, _lost) in enumerate(there)}
    straying = Straying([values] * 3, places)

    for site, value in values.items():
        apart = {other: distance(places[site], places[other]) for other in places if other != site}
        near = [values[other] for other, far in apart.items() if far is None or far <= 3.0]
        for limit in (1.0, 3.0, 4.0):
            assert straying.is_far(site, limit) == (len(near) >= 3 and abs(value - median(near)) > limit)
