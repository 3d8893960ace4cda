"""The fields of a row: measured and derived, each under its name or, where it is doubtful, beside it. Pure."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from ingest.decoding.point import SUSPECT, Point
from ingest.derive.cause import Cause

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.derive.about import About
    from ingest.derive.past import Seen
    from ingest.derive.plan import Plan

Fields: TypeAlias = "tuple[tuple[str, float | str], ...]"
Doubts: TypeAlias = "tuple[tuple[str, int], ...]"

_INPUT, _IMPLAUSIBLE = int(Cause.INPUT), int(Cause.IMPLAUSIBLE)


class Given(msgspec.Struct, frozen=True, gc=False):
    """What a row measured.

    Attributes:
        plan: of rows of these quantities.
        values: of the plan's fields, in their order, calibrated.
        time: of the row, ns UTC.
        about: the site and the model as of the row.
    """

    plan: Plan
    values: Sequence[float]
    time: int
    about: About


class _Suspects(dict[str, str]):
    def __missing__(self, quantity: str) -> str:
        self[quantity] = name = quantity + SUSPECT
        return name


_suspect = _Suspects()


def evaluate(given: Given, causes: Sequence[int], seen: Mapping[int, Seen]) -> tuple[Fields, Doubts]:
    """What a row holds, and which of it is doubtful.

    Args:
        given: what it measured.
        causes: what is to be said against each value; () where there is nothing.
        seen: what steps see of the values before the fields that they look back at, by the numbers of these.
    """
    fields, doubts = measured(given, causes)
    if not given.plan.steps:
        return fields, doubts
    more, doubtful = derived(given, causes, seen)
    return fields + more, doubts + doubtful


def by_themselves(given: Given, arrived: Sequence[int]) -> list[int]:
    """What is to be said against each value, by how it came (`arrived`) and by its value alone."""
    return [
        cause or (0 if one.low <= value <= one.high else _IMPLAUSIBLE)
        for one, value, cause in zip(given.plan.fields, given.values, arrived)  # noqa: B905  (`arrived` may be longer)
    ]


def measured(given: Given, causes: Sequence[int]) -> tuple[Fields, Doubts]:
    """The part of it that was measured."""
    fields: list[tuple[str, float | str]] = []
    doubts: list[tuple[str, int]] = []
    for field, value, cause in zip(given.plan.fields, given.values, causes or repeat(0)):  # noqa: B905
        if cause:
            fields.append((_suspect[field.quantity], value))
            doubts.append((field.quantity, cause))
        else:
            fields.append((field.quantity, value))
    return tuple(fields), tuple(doubts)


def derived(given: Given, causes: Sequence[int], seen: Mapping[int, Seen]) -> tuple[Fields, Doubts]:
    """What follows from the measured values, as `evaluate` has it; each step's result is an input of those after it."""
    fields: list[tuple[str, float | str]] = []
    doubts: list[tuple[str, int]] = []
    time, about = given.time, given.about
    known: list[float | None] = [None, *given.values]
    doubtful = {at for at, cause in enumerate(causes, 1) if cause} if causes else set()
    for compute, inputs, take, sees, gives in given.plan.steps:
        found = compute(take(known), time, seen.get(sees, ()), about)
        for which, name, suspect, low, high in gives:
            one = None if found is None else found[which]
            if one is None:
                known.append(None)
                continue
            value, cause = one
            if not cause:
                if doubtful and not doubtful.isdisjoint(inputs):
                    cause = _INPUT
                elif not low <= value <= high:
                    cause = _IMPLAUSIBLE
            if cause:
                doubtful.add(len(known))
                fields.append((suspect, value))
                doubts.append((name, cause))
            else:
                fields.append((name, value))
            known.append(value)
    return tuple(fields), tuple(doubts)


def stored(point: Point, fields: Fields, doubts: Doubts) -> Point:
    """The row as it is stored, in place of the row as it was decoded."""
    return Point(
        point.measurement, point.tags, fields, point.time, point.received_at, point.time_source, point.quality, doubts
    )
