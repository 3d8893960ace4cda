"""From a decoded row to the row that is stored: calibrated, judged, and with what follows from it. Pure.

A row is a function of its device's values before it, by event time. Where one comes late, those after it are worked out
again (`late.py`), and what changes of their rows is told beside it. Nearly every row is newer than all before it, is
believed and rests on what is believed: of such a one the same is made in a shorter way (`ordinary.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ingest.decoding.point import other
from ingest.derive import past as remembered
from ingest.derive.late import put_among
from ingest.derive.past import HORIZON, KEY, STAYS, find, first_record, newest_value, put_in_front, second
from ingest.derive.quality import by_arrival, judge
from ingest.derive.row import Given, by_themselves, derived, evaluate, stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.decoding.point import Point
    from ingest.derive.past import Seen
    from ingest.derive.plan import Place

_AS_IT_SHOULD = (0,) * 1024
"""By arrival nothing is to be said against any field."""


class Settled(msgspec.Struct, frozen=True, gc=False):
    """What a row comes to.

    Attributes:
        points: the row, then what changes of rows that are there already.
        memory: the device's, after it.
        unplaced: it came so late that what was before it is forgotten: what has to look back could not be worked out.
    """

    points: tuple[Point, ...]
    memory: bytes
    unplaced: bool = False


def settle(point: Point, memory: bytes, head: bytes, place: Place) -> Settled:
    """Work a row out.

    Args:
        point: a row of a domain, as it was decoded.
        memory: the device's; b"" where there is none.
        head: what a device's memory begins with at the row's site and model (`past.place`).
        place: the site and the model as of the row.
    """
    values: Sequence[float]
    names, values = zip(*point.fields)  # noqa: B905  (pairs; a domain has no texts)
    todo = place.plans[point.tags[-1], names]
    if todo.calibrated:
        values = [value * scale + offset for value, (scale, offset) in zip(values, todo.calibrated, strict=True)]
    time = point.time
    given = Given(todo, values, time, place.about)
    delay = point.received_at - time
    arrived: Sequence[int] = _AS_IT_SHOULD
    if delay > todo.late or point.quality != "ok":
        arrived = [by_arrival(one.rule, point.quality, delay) for one in todo.fields]
    if todo.remembers and not memory.startswith(head):
        if _elsewhere(memory, point):
            return _unplaced(point, given, arrived, memory)
        memory = head
    return _next(point, given, arrived, memory, place)


def _elsewhere(memory: bytes, point: Point) -> bool:
    """Whether the device has been somewhere else since: what is remembered then is not about this row.

    A time that lies far ahead of the network's own is no reason: it would hold up everything after it.
    """
    newest = remembered.newest(memory)
    return point.time <= newest <= max(point.time, point.received_at) + HORIZON


def _next(point: Point, given: Given, arrived: Sequence[int], memory: bytes, place: Place) -> Settled:
    """A row behind the last value of each quantity that is remembered, or the first that has something to remember."""
    time, plan = given.time, given.plan
    causes = by_themselves(given, arrived)
    seen: dict[int, Seen] = {}
    new = bytearray(memory)
    for field, value, came in zip(plan.fields, given.values, arrived):  # noqa: B905  (`arrived` may be longer)
        if not field.key:
            continue
        number, at = field.number, find(memory, field.key)
        if at < 0:
            new += first_record(field.key, time, value, causes[number])
            continue
        if time <= newest_value(memory, at + KEY)[0]:
            return _among(point, given, arrived, memory, place)
        before = remembered.before(memory, at, time)
        causes[number] = cause = came or judge(field.rule, value, time, before)
        since = second(before.same_since if before.values[-1:] == (value,) else time)
        put_in_front(new, at + KEY, time, value, since, cause, memory[at + KEY : at + STAYS])
        seen[number] = remembered.seen(before, field.looks_back)
    return Settled((_row(point, given, causes if any(causes) else (), seen),), bytes(new) if plan.remembers else memory)


def _row(point: Point, given: Given, causes: Sequence[int], seen: Mapping[int, Seen]) -> Point:
    """The row as it is stored: the very same where there is nothing to say against it, and nothing to add."""
    if causes or given.plan.calibrated:
        fields, doubts = evaluate(given, causes, seen)
    elif given.plan.steps:
        fields, doubts = derived(given, (), seen)
        fields = point.fields + fields
    else:
        return point
    return stored(point, fields, doubts)


def _among(point: Point, given: Given, arrived: Sequence[int], memory: bytes, place: Place) -> Settled:
    """A row that comes late."""
    found = put_among(point, given, arrived, memory, place)
    if found is None:
        return _unplaced(point, given, arrived, memory)
    return Settled(found.points, found.memory)


def _unplaced(point: Point, given: Given, arrived: Sequence[int], memory: bytes) -> Settled:
    """A row by itself. It may be there already, judged by what was before it: what is known then goes before this."""
    row = _row(point, given, by_themselves(given, arrived), {})
    others = tuple([other(name) for (name, _value), one in zip(row.fields, given.plan.fields, strict=False) if one.key])
    return Settled((msgspec.structs.replace(row, gone=others),), memory, unplaced=True)
