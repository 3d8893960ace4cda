"""What an hour or a day of a site comes to: the types that this package's files hand each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping


class Aggregate(NamedTuple):
    """The good values of one quantity and channel in a span of time, in the quantity's unit.

    Attributes:
        mean: of an angle the mean direction; of a state weighted by how long it lasted.
        p95: the value that 95 % of the values do not exceed: the nearest rank.
        total: the sum; of amounts (`event_count`) it is what fell, passed or was used.
        count: how many there are.
        coverage: the part of the span that they stand for, 0 to 1.
    """

    mean: float
    minimum: float
    maximum: float
    p95: float
    total: float
    count: int  # type: ignore[assignment]  # tuple.count is not missed
    coverage: float


class Series(NamedTuple):
    """What an aggregate is of."""

    quantity: str
    channel: int


class Summary(msgspec.Struct, frozen=True):
    """An hour or a day of a site.

    Attributes:
        start: ns UTC; of an hour and a day in local time.
        end: not included.
        values: of the good values.
        doubts: how many doubtful values there were of a quantity, by the number of their cause (`derive.cause.Cause`).
        invalid: how many values an operator has declared invalid, by quantity.
        indices: what follows from it (`meaning.py`), by field name, such as `vn_aqi`.
    """

    site: str
    ward: str
    start: int
    end: int
    values: Mapping[Series, Aggregate] = {}
    doubts: Mapping[str, Mapping[int, int]] = {}
    invalid: Mapping[str, int] = {}
    indices: Mapping[str, float] = {}
