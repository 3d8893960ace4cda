"""What indices ask of hours: a quantity's mean hour by hour, with gaps where too little was measured. Pure."""

from __future__ import annotations

from math import ceil, fsum
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ingest.indices.air import COVERAGE
from ingest.indices.exact import billionths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.rollup.summary import Aggregate, Summary

HOUR = 3_600_000_000_000
DAY_HOURS = 24


class Trace(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the indices of later hours ask of an hour.

    Attributes:
        start: ns UTC.
        pm2_5, pm10: the mean in billionths of µg/m³ (`exact.billionths`).
        rain: in mm.
        doubtful: some of its rain was.
    """

    start: int
    pm2_5: int | None
    pm10: int | None
    rain: float | None
    doubtful: bool


_Hour = TypeVar("_Hour", "Summary", Trace)


def trace(hour: Summary) -> Trace:
    """The same of an hour at hand."""
    return Trace(
        hour.start, billionths(mean(hour, "pm2_5")), billionths(mean(hour, "pm10")), rain(hour), "rain" in hour.doubts
    )


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


def rain(summary: Summary) -> float | None:
    """What fell, in mm: the mean over the gauges."""
    return average(each.total for each in channels(summary, "rain"))


def highest(summary: Summary, quantity: str) -> float | None:
    """The highest value of any channel."""
    return max((one.maximum for one in channels(summary, quantity)), default=None)


def average(values: Iterable[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    found = list(values)
    return fsum(found) / len(found) if found else None


def run(hours: Iterable[_Hour], end: int, span: int) -> list[_Hour | None]:
    """The hours that lead up to a time, oldest first; None where one is missing.

    Args:
        hours: in any order; what lies outside is left out.
        end: ns UTC; the last hour ends there.
        span: hours.
    """
    found: list[_Hour | None] = [None] * span
    first = end - span * HOUR
    for one in hours:
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
