"""Hours and days of a site, as tests need them."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from ingest.rollup.summary import Aggregate, Series, Summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HOUR = 3_600_000_000_000
DAY = 24 * HOUR
MIDNIGHT = 1_795_280_400_000_000_000
"""22 November 2026, 00:00 in Đà Nẵng."""


def of(value: float, *, low: float | None = None, high: float | None = None, coverage: float = 1.0) -> Aggregate:
    """What values come to that are all the same, or lie around it."""
    lowest, highest = value if low is None else low, value if high is None else high
    return Aggregate(value, lowest, highest, highest, nan, 4, coverage)


def amount(total: float, *, coverage: float = 1.0) -> Aggregate:
    """What amounts come to."""
    return Aggregate(total / 4, 0.0, total, total, total, 4, coverage)


def span(
    start: int,
    values: Mapping[Any, float | Aggregate | None],
    length: int = HOUR,
    site: str = "cau-cam-le",
    doubts: Mapping[str, Mapping[int, int]] | None = None,
) -> Summary:
    """An hour or a day, by quantity or by quantity and channel: a plain number is a mean with full coverage."""
    found = {
        Series(*((name, 0) if isinstance(name, str) else name)): one if isinstance(one, Aggregate) else of(one)
        for name, one in values.items()
        if one is not None
    }
    return Summary(site, "Cẩm Lệ", start, start + length, found, doubts or {})


def hours(values: Mapping[str, Sequence[float | Aggregate | None]], end: int) -> list[Summary]:
    """Hours that lead up to a time, oldest first, of the values of each quantity; they end together."""
    count = max(map(len, values.values()))
    rows = [
        {name: own[at - count + len(own)] for name, own in values.items() if at - count + len(own) >= 0}
        for at in range(count)
    ]
    return [span(end - (count - at) * HOUR, row) for at, row in enumerate(rows)]
