"""From the records of a site to the summary of an hour or a day. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from math import fsum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ingest.derive.rules import RULES
from ingest.registry.invalid import Invalidations
from ingest.rollup.aggregate import WAYS, aggregate
from ingest.rollup.bucket import GONE, Form, Keys, Reader
from ingest.rollup.drift import Allowed, allowed_by
from ingest.rollup.spans import HOUR
from ingest.rollup.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ingest.registry.site import Site
    from ingest.rollup.aggregate import Column
    from ingest.rollup.bucket import Record
    from ingest.rollup.spans import Span
    from ingest.rollup.summary import Series

_Key: TypeAlias = "tuple[int, int]"
"""Time and device."""

_Held: TypeAlias = "dict[_Key, float | int]"
"""The values, or the number of its cause where one is doubtful: an int."""


def usual_interval(_site: str, quantity: str) -> int:
    """How often a value of a quantity is expected anywhere, ns."""
    return RULES[quantity].interval


USUAL_DRIFT = allowed_by(RULES, {})
"""How far a day may be from its neighbours, anywhere."""


class Places(NamedTuple):
    """What is known of the sites.

    Attributes:
        interval: how often a site's value of a quantity is expected, ns.
        invalid: what does not count.
        sites: those of the registry, by id.
        change: the last one of the registry that this rests on.
        drift: how far a day may be from its neighbours.
    """

    interval: Callable[[str, str], int] = usual_interval
    invalid: Invalidations = Invalidations()
    sites: Mapping[str, Site] = {}
    change: int = 0
    drift: Allowed = USUAL_DRIFT


class _Others(NamedTuple):
    """What is counted beside the good values, by quantity: doubtful ones by cause, and those declared invalid."""

    doubts: dict[str, dict[int, int]]
    invalid: Counter[str]


_Bodies: TypeAlias = "list[tuple[Form, bytes]]"
"""The records of a site: of each head what it says, and the bodies."""


def summarise(
    site: str, span: Span, records: Sequence[Record], reader: Reader, places: Places, *, hours: Iterable[Span] = ()
) -> Summary | None:
    """What a site's hour or day comes to; None where it has no value.

    Args:
        site: its id.
        span: the hour or day; all values lie in it.
        records: in any order.
        reader: of records.
        places: what is known of the sites.
        hours: of a day: its coverage is the mean of theirs.
    """
    if not records:
        return None
    bodies = _by_form(records, reader)
    others = _Others({}, Counter())
    columns = None if places.invalid.concern(site) else _plain(bodies)
    if columns is None:
        held = _held(bodies)
        columns = {series: _good(site, series.quantity, held[series], places.invalid, others) for series in held}
    by, interval, end = _Covered(tuple(hours) or (span,)).by, places.interval, span.end
    values = {
        series: aggregate(WAYS[series[0]], column, end, by(column[0], interval(site, series[0])))
        for series in sorted(columns)
        if (column := columns[series])[1]
    }
    if not values and not others.doubts and not others.invalid:
        return None
    doubts = {quantity: dict(sorted(causes.items())) for quantity, causes in sorted(others.doubts.items())}
    return Summary(
        site, _ward(records, reader), span.start, span.end, values, doubts, dict(sorted(others.invalid.items()))
    )


def _by_form(records: Iterable[Record], reader: Reader) -> _Bodies:
    bodies: dict[bytes, list[bytes]] = {}
    for _ward, head, body in records:
        bodies.setdefault(head, []).append(body)
    return [(reader.form(head), own[0] if len(own) == 1 else b"".join(own)) for head, own in bodies.items()]


def _plain(bodies: _Bodies) -> dict[Series, Column] | None:
    """The values by series where all of them are good and none comes again, as it nearly always is; else None."""
    if not all(form.plain for form, _own in bodies):
        return None
    found: dict[Series, Column] = {}
    parts = [(form, *form.columns(own)) for form, own in bodies]
    if _repeat([keys for _form, keys, _columns in parts]):
        return None
    for form, keys, columns in parts:
        for series, column in zip(form.series, columns, strict=True):
            known = found.get(series)  # type: ignore[arg-type]  # a plain form knows its series
            found[series] = (keys, column) if known is None else _joined(known, (keys, column))  # type: ignore[index]
    return found


def _joined(one: Column, other: Column) -> Column:
    keys, more = one[0], other[0]
    return Keys([*keys.times, *more.times], [*keys.devices, *more.devices]), [*one[1], *other[1]]


def _repeat(found: Sequence[Keys]) -> bool:
    """Whether there are two values of one time and device."""
    count = sum([len(keys.times) for keys in found])
    if len({time for keys in found for time in keys.times}) == count:
        return False
    return len(set().union(*[zip(*keys, strict=True) for keys in found])) < count


def _held(bodies: _Bodies) -> dict[Series, _Held]:
    """The values that records leave, taken in the order in which they came."""
    found: dict[Series, _Held] = {}
    came = [(row, form) for form, own in bodies for row in form.unpack(own)]
    came.sort(key=lambda one: one[0][0])
    for (_order, time, device, *values), form in came:
        for series, cause, value in zip(form.series, form.causes, values, strict=True):
            if series is None:
                continue
            held = found.setdefault(series, {})
            if cause == GONE:
                held.pop((time, device), None)
            else:
                held[time, device] = cause or value
    return found


def _good(site: str, quantity: str, held: _Held, declared: Invalidations, others: _Others) -> Column:
    """The good values; the others are counted."""
    times, devices, values = [], [], []
    for (time, device), value in held.items():
        if declared.covers(site, quantity, time):
            others.invalid[quantity] += 1
        elif type(value) is int:
            causes = others.doubts.setdefault(quantity, {})
            causes[value] = causes.get(value, 0) + 1
        else:
            times.append(time)
            devices.append(device)
            values.append(value)
    return Keys(times, devices), values


def _ward(records: Sequence[Record], reader: Reader) -> str:
    """The one of the newest record."""
    wards = {ward for ward, _head, _bodies in records}
    if len(wards) == 1:
        return wards.pop()
    newest = [(*max(row[1:3] for row in reader.form(head).unpack(bodies)), ward) for ward, head, bodies in records]
    return str(max(newest)[-1])


class _Covered:
    """The mean over the parts of a span of the share of their slots, each `interval` long, that have a value."""

    def __init__(self, parts: Sequence[Span]) -> None:
        self._parts = parts
        self._known: dict[tuple[int, int], float] = {}

    def by(self, keys: Keys, interval: int) -> float:
        """What good values of these times stand for; columns of the same rows share their keys."""
        name = (id(keys), interval)
        found = self._known.get(name)
        if found is None:
            few = len(self._parts) == 1 and len(keys.times) * interval <= 4 * HOUR
            found = self._known[name] = (_few if few else _share)(keys.times, self._parts, interval)
        return found


def _few(times: Iterable[int], parts: Sequence[Span], interval: int) -> float:
    """What `_share` says of one part."""
    ((start, end),) = parts
    return len({(time - start) // interval for time in times}) / -((start - end) // interval)


def _share(times: Iterable[int], parts: Sequence[Span], interval: int) -> float:
    """The share of the slots that have any of these times, none of them before the first part."""
    times, shares, first = sorted(times), [], 0
    for start, end in parts:
        last, slots = bisect_left(times, end, first), -((start - end) // interval)
        if last - first < 2 * slots:
            filled = len({(time - start) // interval for time in times[first:last]})
        else:
            begins = range(start, end, interval)
            filled = len({last, *[bisect_left(times, begin, first, last) for begin in begins]}) - 1
        shares.append(filled / slots)
        first = last
    return fsum(shares) / len(shares)
