"""Arithmetic in decimals, since decrees round half up and print decimals.

In binary 55.7 µg/m³ of PM2.5 come to 109.49999999999999, and 109 would be shown where the decision prints 110. So
numbers are taken as they are printed, and the residue of earlier arithmetic, beyond the ninth decimal, is dropped.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from decoders.bands import Curve

DECIMALS = 9
"""No sensor is that fine."""

_MOST = 1e15  # beyond every scale; a double has no ninth decimal left long before
CONTEXT = Context(prec=50)  # exact for a sum of such numbers; and no caller's context changes a result


def exact(value: float | None) -> Decimal | None:
    """A concentration as a decimal; None where it is missing, not finite, or below zero."""
    if value is None or not math.isfinite(value) or value < 0:
        return None
    return rounded(min(value, _MOST))


def shaved(value: float) -> float:
    """The same without residue, to be compared with a limit: a mean of 45.000000000000007 has not exceeded 45."""
    return round(value, DECIMALS)


@lru_cache(maxsize=1024)  # several indices ask for the same hours
def rounded(value: float) -> Decimal:
    """A finite number as it is printed, to nine decimals."""
    return Decimal(repr(round(float(value), DECIMALS)))


def exacts(values: Iterable[float | None]) -> list[Decimal | None]:
    """Each of them."""
    return [exact(value) for value in values]


def known(values: Iterable[Decimal | None]) -> list[Decimal]:
    """Those that are there."""
    return [value for value in values if value is not None]


def mean(values: Sequence[Decimal]) -> Decimal:
    """The arithmetic mean of at least one value."""
    return CONTEXT.divide(total(values), Decimal(len(values)))


def total(values: Iterable[Decimal]) -> Decimal:
    """Their sum."""
    result = Decimal(0)
    for value in values:
        result = CONTEXT.add(result, value)
    return result


def half_up(value: Decimal) -> int:
    """The nearest integer; a half goes up, as the decisions' own examples do."""
    return int(value.to_integral_value(rounding=ROUND_HALF_UP, context=CONTEXT))


def interpolate(curve: Curve, at: Decimal) -> Decimal:
    """The index of a concentration on a curve."""
    points = curve.points
    if at < points[0].at:
        return curve.under
    behind = bisect_right(points, at, key=lambda point: point.at)
    low = points[behind - 1]
    if behind == len(points):
        return low.value if at == low.at else curve.over
    high = points[behind]
    rise = CONTEXT.multiply(CONTEXT.subtract(high.value, low.value), CONTEXT.subtract(at, low.at))
    return CONTEXT.add(low.value, CONTEXT.divide(rise, CONTEXT.subtract(high.at, low.at)))
