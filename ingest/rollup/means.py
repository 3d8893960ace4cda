"""What indices ask of hours: a quantity's mean hour by hour, with gaps where too little was measured. Pure."""

from __future__ import annotations

from math import ceil, fsum
from typing import TYPE_CHECKING

from ingest.indices.air import COVERAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.rollup.summary import Aggregate, Summary

HOUR = 3_600_000_000_000
DAY_HOURS = 24


def quantities(summary: Summary) -> set[str]:
    """Those that have good values."""
    return {series.quantity for series in summary.values}


def channels(summary: Summary, quantity: str, coverage: float = 0.0) -> list[Aggregate]:
    """What each channel of a quantity came to, where it was measured for so much of the time."""
    return [one for (name, _), one in summary.values.items() if name == quantity and one.coverage >= coverage]


def mean(summary: Summary, quantity: str, coverage: float = COVERAGE) -> float | None:
    """The mean over the channels; None where none was measured for three quarters of the time."""
    found = channels(summary, quantity, coverage)
    return found[0].mean if len(found) == 1 else average(one.mean for one in found)


def highest(summary: Summary, quantity: str) -> float | None:
    """The highest value of any channel."""
    return max((one.maximum for one in channels(summary, quantity)), default=None)


def average(values: Iterable[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    found = list(values)
    return fsum(found) / len(found) if found else None


def run(summaries: Iterable[Summary], end: int, span: int) -> list[Summary | None]:
    """The hours that lead up to a time, oldest first; None where one is missing.

    Args:
        summaries: hours in any order; what lies outside is left out.
        end: ns UTC; the last hour ends there.
        span: hours.
    """
    found: list[Summary | None] = [None] * span
    first = end - span * HOUR
    for one in summaries:
        place, off = divmod(one.start - first, HOUR)
        if not off and 0 <= place < span:
            found[place] = one
    return found


def means(hours: Iterable[Summary | None], quantity: str) -> list[float | None]:
    """The mean of each hour."""
    return [None if one is None else mean(one, quantity) for one in hours]


def enough(found: Sequence[object], span: int) -> bool:
    """Whether these are three quarters of the hours of a span."""
    return len(found) >= ceil(span * COVERAGE)
