"""A row that comes after newer ones of its device: put where it belongs, and those behind it worked out again. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decoders.quantities import QUANTITIES
from ingest.decoding.point import SUSPECT, Point
from ingest.derive import past as remembered
from ingest.derive.past import Series
from ingest.derive.quality import CLOCK, LATE, judge
from ingest.derive.row import Given, by_themselves, evaluate, measured, stored
from ingest.derive.rules import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.derive.plan import Field, Place
    from ingest.derive.row import Doubts, Fields

_BY_HOW_IT_CAME = (CLOCK, LATE)
"""Causes that no other value changes."""

AHEAD = 30 * 24 * HOUR
"""A remembered time that lies so far ahead of the network's own is of a clock that was wrong; no queue is that old."""

_NAMES = {remembered.hash_of(name): name for name in QUANTITIES}


class Found(NamedTuple):
    """The row and what changes of those behind it, and the memory with it."""

    points: tuple[Point, ...]
    memory: bytes


class _Own(NamedTuple):
    """A field of the row of which something is remembered, and its series, by its number among the fields."""

    number: int
    field: Field
    value: float
    series: Series


def put_among(point: Point, given: Given, arrived: Sequence[int], memory: bytes, place: Place) -> Found | None:
    """Put a row among those that are remembered.

    Args:
        point: the row, as it was decoded.
        given: what it measured.
        arrived: what is to be said against each value by how it came.
        memory: the device's.
        place: the site and the model as of the row.

    Returns:
        None where what was before it is forgotten.
    """
    until = max(point.time, point.received_at) + AHEAD
    if any(remembered.is_older(point.time, memory, one.key, until) for one in given.plan.fields if one.key):
        return None
    starts = _starts(point, memory)
    known = {name: Series.of(memory, at) for name, at in starts.items()}
    own = [
        _Own(number, one, value, known.setdefault(one.quantity, Series(one.key)))
        for number, (one, value) in enumerate(zip(given.plan.fields, given.values, strict=True))
        if one.key
    ]
    for one in own:
        one.series.drop_from(until)
    if any(one.series.forgot(point.time) for one in own):
        return _repeated(point, given, arrived, own, memory)
    causes = by_themselves(given, arrived)
    seen = {}
    for one in own:
        at = _put(one, point.time, arrived[one.number])
        causes[one.number] = one.series.causes[at]
        seen[one.number] = remembered.seen(one.series.past(at), one.field.looks_back)
    row = stored(point, *evaluate(given, causes, seen))
    new = remembered.with_records(memory, [(starts.get(one.field.quantity, -1), one.series.packed()) for one in own])
    if new == memory:  # it was there already
        return Found((row,), new)
    was = {name: Series.of(memory, at) for name, at in starts.items()}
    for one in own:
        was.setdefault(one.field.quantity, Series(one.field.key)).drop_from(until)
    behind = sorted({time for one in own for time in one.series.times if time > point.time})
    return Found((row, *_changes(point, behind, was, known, place)), new)


def _changes(
    point: Point, behind: Sequence[int], was: Mapping[str, Series], known: Mapping[str, Series], place: Place
) -> Iterator[Point]:
    """What changes of the rows of some times."""
    for time in behind:
        change = _change(point, time, _row_at(time, was, point, place), _row_at(time, known, point, place))
        if change is not None:
            yield change


def _starts(point: Point, memory: bytes) -> dict[str, int]:
    """Where the records of the row's measurement and channel begin, by quantity."""
    found = remembered.records(memory, int(point.tags[-1]))
    names = {_NAMES[quantity]: at for quantity, at in found.items() if quantity in _NAMES}
    return {name: at for name, at in names.items() if QUANTITIES[name].domain == point.measurement}


def _put(one: _Own, time: int, arrived: int) -> int:
    """Put a value into its series, judge it, and judge those behind it again; its place there."""
    series, rule = one.series, one.field.rule
    place = series.put(time, one.value)
    series.causes[place] = arrived or judge(rule, one.value, time, series.past(place))
    for later in range(place + 1, len(series.times)):
        if series.causes[later] not in _BY_HOW_IT_CAME:
            series.causes[later] = judge(rule, series.values[later], series.times[later], series.past(later))
    return place


def _repeated(point: Point, given: Given, arrived: Sequence[int], own: Sequence[_Own], memory: bytes) -> Found | None:
    """A row that is there already, while what was before it is forgotten: what is known of it, and nothing changes.

    What follows from it stays as it is: that can no longer be worked out.
    """
    if not all(one.series.has(point.time, one.value) for one in own):
        return None
    causes = by_themselves(given, arrived)
    for one in own:
        causes[one.number] = one.series.causes[one.series.times.index(point.time)]
    row = stored(point, *measured(given, causes))
    return Found((msgspec.structs.replace(row, revises=True),), memory)


def _row_at(time: int, known: Mapping[str, Series], point: Point, place: Place) -> tuple[Fields, Doubts]:
    """What rests on remembered values in the row of a time, at the place as it was then."""
    place = place.at(time)
    there = {name: series.times.index(time) for name, series in known.items() if time in series.times}
    values = [known[name].values[index] for name, index in there.items()]
    causes = [known[name].causes[index] for name, index in there.items()]
    plan = place.plans[point.tags[-1], tuple(there)]
    seen = {
        number: remembered.seen(known[field.quantity].past(there[field.quantity]), field.looks_back)
        for number, field in enumerate(plan.fields)
        if field.looks_back
    }
    return evaluate(Given(plan, values, time, place.about), causes, seen)


def _change(point: Point, time: int, old: tuple[Fields, Doubts], new: tuple[Fields, Doubts]) -> Point | None:
    """What changes of a row; None where nothing does."""
    was, now, other = dict(old[0]), dict(new[0]), {name + SUSPECT for name, _cause in {*old[1]} ^ {*new[1]}}
    fields = tuple((name, value) for name, value in now.items() if was.get(name) != value or name in other)
    gone = tuple(name for name in was if name not in now)
    if not fields and not gone:
        return None
    changed = {name for name, _value in fields}
    doubts = tuple((name, cause) for name, cause in new[1] if name + SUSPECT in changed)
    return Point(point.measurement, point.tags, fields, time, doubts=doubts, revises=True, gone=gone)
