"""Straight-line code for the ordinary row: it is newer than all before it, is believed and rests on what is believed.

`settle` says what is to become of a row, and can do it for every one. Nearly every one needs nothing of what makes it
long, and one comes for each uplink of a city: for these each plan has a function of its own, that is written when the
first of its rows comes. It gives the very same as `settle` would, or None for a row that is not ordinary. That of
`pulses`, a counter that an amount follows from:

    def ordinary(point, memory, about):
        time = point.time
        fields = point.fields
        (_, v0), = fields
        if not (low0 <= v0 <= high0 and point.received_at - time <= late and point.quality == 'ok'):
            return None
        now = time // SECOND
        at = start[0]
        try:
            k0, t0, b0, s0, c0, r0 = unpack(memory, at)
        except error:
            k0 = None
        if k0 != key0:
            at = find(memory, key0)
            if at < 0:
                return begins(point, memory, about)
            if at + 174 > len(memory):
                return None
            start[0] = at
            k0, t0, b0, s0, c0, r0 = unpack(memory, at)
        if not (t0 < time <= t0 + HORIZON and now < LAST_SECOND and not c0):
            return None
        if v0 == b0:
            n0 = s0
        else:
            n0 = now
        found = compute0((v0, ), time, ((t0, b0),), about)
        d0_0 = None
        if found is not None:
            one = found[0]
            if one is not None:
                d0_0, cause = one
                if cause or not low0_0 <= d0_0 <= high0_0:
                    return None
                fields += ((name0_0, d0_0),)
        point = Point(point.measurement, point.tags, fields, time, point.received_at, point.time_source)
        pack_into(memory, at, key0, time, v0, n0, 0, t0, b0, s0, c0, r0)
        return point

The numbers and names of a plan are variables around it, so plans of one shape share their code: a city in which every
site has rules of its own does not compile some for each. `begins` is such a function too, for the first row with these
fields. Of a row's records it asks that they stand behind each other, in the order of its fields, as they do where all
of them came together once.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from ingest.decoding.point import Point
from ingest.derive.past import (
    EVERY,
    HORIZON,
    KEY,
    LAST,
    LAST_SECOND,
    REPORTED,
    SECOND,
    SIZE,
    VALUE,
    believed_before,
    find,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ingest.derive.about import About
    from ingest.derive.plan import Field, Plan, Step

Ordinary: TypeAlias = "Callable[[Point, bytearray, About], Point | None]"
"""(row, its device's memory at the row's place, the place) -> the row as it is stored; None: it is not ordinary.

The memory goes on with the row, in its place.
"""

NEVER = 2**40
"""Longer than any time, s: of a value that may stay as it is."""

SHAPES = 1000
"""Of rows whose code is kept."""

_GLOBALS = {
    "Point": Point,
    "find": find,
    "error": struct.error,
    "believed_before": believed_before,
    "HORIZON": HORIZON,
    "SECOND": SECOND,
    "LAST_SECOND": LAST_SECOND,
}

_BEHIND = SIZE - KEY - 2 * VALUE
_RECORD = f"{KEY}sqdIB{_BEHIND}s{VALUE}x"
"""Key, newest value, those behind it, and the one that falls out."""
_GONE_ON = f"{KEY}sqdIBqdIB{_BEHIND}s"
_BEGUN = f"{KEY}sqdIB{_BEHIND + VALUE}x"


def ordinary(plan: Plan) -> Ordinary:
    """The function of a plan."""
    own = [field for field in plan.fields if field.key]
    names = {"late": plan.late, "start": plan.start, **_of_steps(plan.steps)}
    for field in plan.fields:
        names |= _of_field(field)
        if plan.calibrated:
            names |= zip((f"scale{field.number}", f"offset{field.number}"), plan.calibrated[field.number], strict=True)
    names["unpack"] = struct.Struct("<" + _RECORD * len(own)).unpack_from
    names["pack_into"] = struct.Struct("<" + _GONE_ON * len(own)).pack_into
    names["pack"] = struct.Struct("<" + _BEGUN * len(own)).pack
    first = _function(plan, own, names, first=True) if own else None
    return _function(plan, own, {**names, "begins": first}, first=False)


def _function(plan: Plan, own: Sequence[Field], names: dict[str, Any], *, first: bool) -> Ordinary:
    lines = "".join(f"        {line}\n" for line in _lines(plan, own, first=first))
    around = ", ".join(names)
    return _compiled(f"def make({around}):\n    def ordinary(point, memory, about):\n{lines}    return ordinary\n")(
        **names
    )


@lru_cache(maxsize=SHAPES)
def _compiled(source: str) -> Callable[..., Ordinary]:
    space: dict[str, Any] = dict(_GLOBALS)
    exec(source, space)  # noqa: S102  (all of it is written here: names and numbers stand around it)
    make: Callable[..., Ordinary] = space["make"]
    return make


def _of_field(field: Field) -> dict[str, Any]:
    at = field.number
    names = {f"name{at}": field.quantity, f"low{at}": float(field.low), f"high{at}": float(field.high)}
    if field.key:
        names |= {f"key{at}": field.key, f"stuck{at}": field.stuck}
    if field.spike is not None:
        names |= {f"fall{at}": -float(field.spike), f"rise{at}": float(field.spike)}
    return names


def _of_steps(steps: Sequence[Step]) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for number, step in enumerate(steps):
        names[f"compute{number}"] = step.compute
        for one in step.gives:
            at = f"{number}_{one.which}"
            names |= {f"name{at}": one.name, f"low{at}": float(one.low), f"high{at}": float(one.high)}
    return names


def _lines(plan: Plan, own: Sequence[Field], *, first: bool) -> Iterator[str]:
    """The function's lines.

    Args:
        plan: of the row.
        own: the fields of which something is remembered.
        first: for the first row with them.
    """
    yield "time = point.time"
    yield "fields = point.fields"
    yield "".join(f"(_, v{one.number}), " for one in plan.fields) + "= fields"
    if plan.calibrated:
        yield from [f"v{at} = v{at} * scale{at} + offset{at}" for at in range(len(plan.fields))]
        yield "fields = " + "".join(f"(name{at}, v{at}), " for at in range(len(plan.fields)))
    asked = [f"low{one.number} <= v{one.number} <= high{one.number}" for one in plan.fields]
    yield from _unless([*asked, "point.received_at - time <= late", "point.quality == 'ok'"])
    if own:
        yield "now = time // SECOND"
        yield from _nothing_before(own) if first else _before(own)
    yield from _derived(plan, first=first)
    if plan.steps or plan.calibrated:
        whose = "time, point.received_at, point.time_source"
        yield f"point = Point(point.measurement, point.tags, fields, {whose})"
    numbers = [one.number for one in own]
    if own and first:
        yield f"memory += pack({', '.join(f'key{n}, time, v{n}, now, 0' for n in numbers)})"
    elif own:
        new = ", ".join(f"key{n}, time, v{n}, n{n}, 0, t{n}, b{n}, s{n}, c{n}, r{n}" for n in numbers)
        yield f"pack_into(memory, at, {new})"
    yield "return point"


def _unless(asked: Sequence[str]) -> Iterator[str]:
    yield f"if not ({' and '.join(asked)}):"
    yield "    return None"


def _nothing_before(own: Sequence[Field]) -> Iterator[str]:
    yield from _unless(["now < LAST_SECOND", *[f"find(memory, key{one.number}) < 0" for one in own]])


def _before(own: Sequence[Field]) -> Iterator[str]:
    """Finds the records, and asks what the values before say."""
    numbers = [one.number for one in own]
    first = numbers[0]
    unpacked = ", ".join(f"k{n}, t{n}, b{n}, s{n}, c{n}, r{n}" for n in numbers) + " = unpack(memory, at)"
    yield from ["at = start[0]", "try:", f"    {unpacked}", "except error:", f"    k{first} = None"]
    yield f"if k{first} != key{first}:"
    yield f"    at = find(memory, key{first})"
    yield "    if at < 0:"
    yield "        return begins(point, memory, about)"
    yield f"    if at + {len(own) * SIZE} > len(memory):"
    yield "        return None"
    yield from ["    start[0] = at", f"    {unpacked}"]
    asked = [f"k{n} == key{n} and (t{n} == t{first} or t{n} < time <= t{n} + HORIZON)" for n in numbers[1:]]
    asked += [f"not c{one.number}" for one in own if one.looks_back in {LAST, REPORTED}]
    yield from _unless([f"t{first} < time <= t{first} + HORIZON and now < LAST_SECOND", *asked])
    for one in own:
        yield from _as_before(one)


def _as_before(field: Field) -> Iterator[str]:
    """Since when a value has been the same, unless that is too long, or it jumped."""
    n = field.number
    yield f"if v{n} == b{n}:"
    if field.stuck < NEVER:
        yield f"    if now - s{n} >= stuck{n}:"
        yield "        return None"
    yield f"    n{n} = s{n}"
    if field.spike is not None:
        yield f"elif not fall{n} <= v{n} - b{n} <= rise{n}:"
        yield "    return None"
    yield "else:"
    yield f"    n{n} = now"


def _derived(plan: Plan, *, first: bool) -> Iterator[str]:
    """What follows, behind the row's fields."""
    known = ["None", *[f"v{one.number}" for one in plan.fields]]
    for number, step in enumerate(plan.steps):
        values = "".join(f"{known[at]}, " for at in step.inputs)
        seen = "()" if first or step.sees < 0 else _seen(plan, step.sees)
        given = [f"d{number}_{one.which}" for one in step.gives]
        known += given
        yield f"found = compute{number}(({values}), time, {seen}, about)"
        yield f"{' = '.join(given)} = None"
        yield "if found is not None:"
        for one in step.gives:
            at = f"{number}_{one.which}"
            yield f"    one = found[{one.which}]"
            yield "    if one is not None:"
            yield f"        d{at}, cause = one"
            yield f"        if cause or not low{at} <= d{at} <= high{at}:"
            yield "            return None"
            yield f"        fields += ((name{at}, d{at}),)"


def _seen(plan: Plan, sees: int) -> str:
    """What a step sees of the values before a field, where the last of them is believed."""
    if plan.fields[sees].looks_back == EVERY:
        before = sum(bool(one.key) for one in plan.fields[:sees])
        return f"believed_before(memory, at + {before * SIZE}, time)"
    return f"((t{sees}, b{sees}),)"
