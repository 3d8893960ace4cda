"""Exact arithmetic, since decrees round half up and print decimals.

In binary 55.7 µg/m³ of PM2.5 come to 109.49999999999999, and 109 would be shown where the decision prints 110. So
numbers are taken as they are printed, and the residue of earlier arithmetic, beyond the ninth decimal, is dropped.

Whatever is measured or stands in a table is in whole billionths, and what follows from it is a ratio of whole numbers:
that is exact to the end, and several times quicker than decimals.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from decimal import Context, Decimal
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from decoders.bands import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from decoders.bands import Curve

DECIMALS = 9
"""No sensor is that fine."""

UNIT = 1_000_000_000
"""What 1 is in billionths."""

CONTEXT = Context(prec=50)
"""For decimals: exact for such numbers, and no caller's context changes a result."""

_MOST = 1e9  # beyond every scale; its billionths have room in 64 bits
_SURE = 1e6  # below, a double with nine decimals is off by an eighth of a billionth at most, and so is its product


class Ratio(msgspec.Struct, frozen=True, gc=False):
    """One whole number by another, above zero. Not in its lowest terms: finding them would cost more than they save."""

    numerator: int
    denominator: int

    def __float__(self) -> float:
        """The nearest double."""
        return self.numerator / self.denominator


class Line(msgspec.Struct, frozen=True):
    """A curve in billionths.

    Attributes:
        at: where its points are, ascending.
        index: what it is there.
        under, over: and before the first and after the last one.
    """

    at: tuple[int, ...]
    index: tuple[int, ...]
    under: int
    over: int


def exact(value: float | None) -> Ratio | None:
    """A concentration; None where it is missing, not finite, or below zero."""
    found = billionths(value)
    return None if found is None else Ratio(found, UNIT)


def billionths(value: float | None) -> int | None:
    """The same in billionths."""
    return None if value is None or not math.isfinite(value) or value < 0 else _whole(value)


def exacts(values: Iterable[float | None]) -> list[int | None]:
    """A series of them, each in billionths."""
    return [billionths(value) for value in values]


def shaved(value: float) -> float:
    """The same without residue, to be compared with a limit: a mean of 45.000000000000007 has not exceeded 45."""
    return round(value, DECIMALS)


def known(values: Iterable[int | None]) -> list[int]:
    """Those that are there."""
    return [value for value in values if value is not None]


def mean(values: Sequence[int]) -> Ratio:
    """The arithmetic mean of at least one value in billionths."""
    return Ratio(sum(values), len(values) * UNIT)


def half_up(value: Ratio) -> int:
    """The nearest integer; a half goes up, as the decisions' own examples do."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


@cache
def lines(key: str) -> Mapping[str, Line]:
    """The curves of a table.

    Raises:
        KeyError: there is no such table.
    """
    return MappingProxyType({name: _line(curve) for name, curve in table(key).curves.items()})


def interpolate(line: Line, value: Ratio) -> Ratio:
    """The index of a concentration on a curve."""
    over, under = value.numerator * UNIT, value.denominator
    behind = bisect_right(line.at, over // under)
    if not behind:
        return Ratio(line.under, UNIT)
    at, index = line.at[behind - 1], line.index[behind - 1]
    if behind == len(line.at):
        return Ratio(index if over == at * under else line.over, UNIT)
    width = (line.at[behind] - at) * under
    return Ratio(index * width + (line.index[behind] - index) * (over - at * under), width * UNIT)


def ratio(value: float) -> Ratio:
    """A finite number that is not below zero."""
    return Ratio(_whole(value), UNIT)


def rounded(value: float) -> Decimal:
    """Any finite number as a decimal, as it is printed, to nine decimals."""
    return Decimal(repr(round(float(value), DECIMALS)))


def _whole(value: float) -> int:
    if value < _SURE:
        return round(round(value, DECIMALS) * UNIT)
    return int(rounded(min(value, _MOST)).scaleb(DECIMALS, CONTEXT))


def _line(curve: Curve) -> Line:
    at = tuple([int(point.at * UNIT) for point in curve.points])
    index = tuple([int(point.value * UNIT) for point in curve.points])
    return Line(at, index, int(curve.under * UNIT), int(curve.over * UNIT))
