"""From the records of a site to the summary of an hour or a day. Pure."""

from __future__ import annotations

from collections import Counter
from math import fsum
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ingest.derive.rules import RULES
from ingest.registry.invalid import Invalidations
from ingest.rollup.aggregate import WAYS, aggregate
from ingest.rollup.bucket import GONE, Form, Reader
from ingest.rollup.drift import Allowed, allowed_by
from ingest.rollup.spans import HOUR
from ingest.rollup.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ingest.registry.site import Site
    from ingest.rollup.bucket import Record
    from ingest.rollup.spans import Span
    from ingest.rollup.summary import Series

_Key: TypeAlias = "tuple[int, int]"
"""Time and device."""

_Held: TypeAlias = "dict[_Key, float | int]"
"""The values, or the number of its cause where one is doubtful: an int."""

_Column: TypeAlias = "tuple[Sequence[_Key], Sequence[float]]"
"""Good values, and of what they are."""


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


class _Rows(NamedTuple):
    """Records of one form: of each row time and device, and of each value its column."""

    form: Form
    orders: Sequence[int]
    keys: Sequence[_Key]
    columns: Sequence[Sequence[float]]


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
    rows = _by_form(records, reader)
    others = _Others({}, Counter())
    columns = None if places.invalid.concern(site) else _plain(rows)
    if columns is None:
        held = _held(rows)
        columns = {series: _good(site, series.quantity, held[series], places.invalid, others) for series in held}
    covered = _Covered(span, tuple(hours) or (span,))
    interval, by = places.interval, covered.by
    values = {
        series: aggregate(WAYS[series.quantity], column, span.end, by(column[0], interval(site, series.quantity)))
        for series in sorted(columns)
        if (column := columns[series])[0]
    }
    if not values and not others.doubts and not others.invalid:
        return None
    doubts = {quantity: dict(sorted(causes.items())) for quantity, causes in sorted(others.doubts.items())}
    return Summary(
        site, _ward(records, reader), span.start, span.end, values, doubts, dict(sorted(others.invalid.items()))
    )


def _by_form(records: Iterable[Record], reader: Reader) -> list[_Rows]:
    bodies: dict[bytes, list[bytes]] = {}
    for _ward, head, body in records:
        bodies.setdefault(head, []).append(body)
    found = []
    for head, own in bodies.items():
        form = reader.form(head)
        orders, times, devices, *columns = zip(*form.unpack(b"".join(own)), strict=True)
        found.append(_Rows(form, orders, [*zip(times, devices, strict=True)], columns))
    return found


def _plain(rows: Sequence[_Rows]) -> dict[Series, _Column] | None:
    """The values by series where all of them are good and none comes again, as it nearly always is; else None."""
    if not all(one.form.plain for one in rows):
        return None
    if len(set().union(*[one.keys for one in rows])) < sum([len(one.keys) for one in rows]):
        return None
    found: dict[Series, _Column] = {}
    for one in rows:
        for series, column in zip(one.form.series, one.columns, strict=True):
            known = found.get(series)  # type: ignore[arg-type]  # a plain form knows its series
            found[series] = (  # type: ignore[index]
                (one.keys, column) if known is None else ([*known[0], *one.keys], (*known[1], *column))
            )
    return found


def _held(rows: Iterable[_Rows]) -> dict[Series, _Held]:
    """The values that records leave, taken in the order in which they came."""
    found: dict[Series, _Held] = {}
    came = [
        (order, key, values, one.form)
        for one in rows
        for order, key, values in zip(one.orders, one.keys, zip(*one.columns, strict=True), strict=True)
    ]
    came.sort(key=itemgetter(0))
    for _order, key, values, form in came:
        for series, cause, value in zip(form.series, form.causes, values, strict=True):
            if series is None:
                continue
            held = found.setdefault(series, {})
            if cause == GONE:
                held.pop(key, None)
            else:
                held[key] = cause or value
    return found


def _good(site: str, quantity: str, held: _Held, declared: Invalidations, others: _Others) -> _Column:
    """The good values; the others are counted."""
    keys, values = [], []
    for key, value in held.items():
        if declared.covers(site, quantity, key[0]):
            others.invalid[quantity] += 1
        elif type(value) is int:
            causes = others.doubts.setdefault(quantity, {})
            causes[value] = causes.get(value, 0) + 1
        else:
            keys.append(key)
            values.append(value)
    return keys, values


def _ward(records: Sequence[Record], reader: Reader) -> str:
    """The one of the newest record."""
    wards = {ward for ward, _head, _bodies in records}
    if len(wards) == 1:
        return wards.pop()
    newest = [(*max(row[1:3] for row in reader.form(head).unpack(bodies)), ward) for ward, head, bodies in records]
    return str(max(newest)[-1])


class _Covered:
    """The mean over the parts of a span of the share of their slots, each `interval` long, that have a value."""

    def __init__(self, span: Span, parts: tuple[Span, ...]) -> None:
        self._start = span.start
        self._parts = parts
        self._known: dict[tuple[int, int], float] = {}

    def by(self, keys: Sequence[_Key], interval: int) -> float:
        """What good values of these times stand for; columns of the same rows share their keys."""
        name = (id(keys), interval)
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._share(keys, interval)
        return found

    def _share(self, keys: Sequence[_Key], interval: int) -> float:
        first = self._start
        if len(self._parts) == 1:
            end = self._parts[0].end
            return len({(time - first) // interval for time, _device in keys}) / -((first - end) // interval)
        if HOUR % interval == 0:
            each = HOUR // interval
            slots = [slot // each for slot in {(time - first) // interval for time, _device in keys}]
        else:
            slots = [after for after, _slot in {_slot(time - first, interval) for time, _device in keys}]
        there = Counter(slots)
        shares = [there[number] / -((start - end) // interval) for number, (start, end) in enumerate(self._parts)]
        return fsum(shares) / len(self._parts)


def _slot(after: int, interval: int) -> tuple[int, int]:
    """The hour of a day, and the slot in it, so long after the day began."""
    return after // HOUR, after % HOUR // interval
