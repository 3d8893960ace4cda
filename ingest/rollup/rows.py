"""From summaries to the rows of the second log, and what a summary that changes does to rows that are there. Pure."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from decoders.quantities import QUANTITIES
from ingest.decoding.point import Point
from ingest.rollup import drift

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ingest.rollup.summary import Summary

_NAMES = {
    name: tuple(f"{name}_{part}" for part in ("mean", "min", "max", "p95", "total", "count", "coverage"))
    for name in QUANTITIES
}
"""Of each quantity the field of each member of `Aggregate`, in their order."""

_DOMAIN = {name: quantity.domain for name, quantity in QUANTITIES.items()}

Meaning: TypeAlias = "Mapping[str, Mapping[str, float]]"
"""What a summary means: fields by domain."""


class Made(NamedTuple):
    """An hour or a day of a site, and what it means; the marks of what drifts stand there as a domain of their own."""

    summary: Summary
    meaning: Meaning

    @property
    def drifted(self) -> frozenset[str]:
        """The quantities that are marked to drift."""
        return frozenset(name.removesuffix(drift.MARK) for name in self.meaning.get(drift.DOMAIN, ()))


def made(summary: Summary, meaning: Meaning) -> Made:
    """The summary with what it means."""
    if not meaning:
        return Made(summary, meaning)
    indices = {name: value for fields in meaning.values() for name, value in fields.items()}
    return Made(msgspec.structs.replace(summary, indices=indices), meaning)


def count_of(one: Made) -> int:
    """How many rows a summary has."""
    found: set[tuple[str, int]] = {(_DOMAIN[quantity], channel) for quantity, channel in one.summary.values}
    found |= {(domain, 0) for domain in one.meaning if domain != drift.DOMAIN}
    return len(found)


def rows_of(one: Made, span: str) -> list[Point]:
    """The rows of a summary: one for each domain and channel; what a summary means is on channel 0.

    Args:
        one: the summary.
        span: `1h` or `1d`.
    """
    summary, drifted = one.summary, one.drifted
    found: dict[tuple[str, int], list[tuple[str, float]]] = {}
    for (quantity, channel), aggregate in summary.values.items():
        fields = found.setdefault((_DOMAIN[quantity], channel), [])
        own = [
            (name, float(value))
            for name, value in zip(_NAMES[quantity], aggregate, strict=True)
            if isfinite(value)  # what has no meaning for this kind is not there
        ]
        fields += drift.suspected(own, (quantity,))[0] if quantity in drifted else own
    for domain, values in one.meaning.items():
        if domain == drift.DOMAIN:
            continue
        found.setdefault((domain, 0), []).extend(values.items())
    return [
        Point(f"{domain}_{span}", (summary.site, summary.ward, str(channel)), tuple(fields), summary.start)
        for (domain, channel), fields in found.items()
        if fields
    ]


def changed(before: Iterable[Point], after: Iterable[Point], *, whole: bool = False) -> list[Point]:
    """What is to be written where rows are made again: those that differ, with the fields that they have no more.

    Args:
        before: the rows that are there.
        after: as they are to be.
        whole: those that are the same, too, for a sink that may have lost them.
    """
    old = {(row.measurement, row.tags): row for row in before}
    found = []
    for row in after:
        was = old.pop((row.measurement, row.tags), None)
        if was is None:
            found.append(row)
        elif was != row or whole:
            gone = _gone(was, row)
            found.append(msgspec.structs.replace(row, revises=True, gone=gone) if gone else row)
    found += [
        Point(row.measurement, row.tags, (), row.time, revises=True, gone=tuple([name for name, _value in row.fields]))
        for row in old.values()
    ]
    return found


def _gone(was: Point, row: Point) -> tuple[str, ...]:
    there = {name for name, _value in row.fields}
    return tuple([name for name, _value in was.fields if name not in there])
