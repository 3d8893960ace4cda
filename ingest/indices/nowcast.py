"""Nowcast: the mean of the last twelve hours that leans the more on the newest, the more the air changes.

Two forms that differ in one case. With w = 1/2 Decision 1459 prints a sum that is not divided by its weights, 1/2,
1/4, ... 1/4096. With all twelve hours it is 0.02 % below the divided one. With hours missing it would be far below
(100, -, 20 gives 52.5 instead of 84), which cannot be meant, since a missing hour "has weight 0": then we divide too.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from ingest.indices.exact import UNIT, Ratio, known
from ingest.indices.result import Why

if TYPE_CHECKING:
    from collections.abc import Sequence

HOURS = 12
_RECENT, _NEEDED = 3, 2  # at least two of the newest three


class Nowcast(NamedTuple):
    """Both forms, in the unit of the hours.

    Attributes:
        printed: as Decision 1459/QĐ-TCMT, 2.2.1 a, has it.
        divided: as the US EPA has it for particles (nepis.epa.gov P100X0J6), always divided by the weights.
    """

    printed: Ratio
    divided: Ratio


def nowcast(hours: Sequence[int | None]) -> Nowcast | Why:
    """Nowcast of a series, or why there is none: it takes two of the last three hours.

    Args:
        hours: means of an hour as of `exacts`, oldest first; the last is the current hour, None a missing one. Twelve
            are looked at.
    """
    if len(known(hours[-_RECENT:])) < _NEEDED:
        return Why.TOO_FEW_HOURS if known(hours[-HOURS:]) else Why.NO_DATA
    values = hours[-HOURS:]
    there = known(values)
    low, high = _weight(min(there), max(there))
    weighted, weights = _sums(values, low, high)
    divided = Ratio(weighted, weights * UNIT)
    if (low, high) == (1, 2) and len(there) == HOURS:  # the sums are 2 to the power of 11 times too great
        return Nowcast(Ratio(weighted, UNIT << HOURS), divided)
    return Nowcast(divided, divided)


def _weight(least: int, most: int) -> tuple[int, int]:
    """The least value by the highest one, as a fraction in its lowest terms; at least 1/2."""
    if 2 * least <= most:
        return (1, 2) if most else (1, 1)
    shrunk = gcd(least, most)
    return least // shrunk, most // shrunk


def _sums(values: Sequence[int | None], low: int, high: int) -> tuple[int, int]:
    """The sum of the weighed values, and that of the weights: both as many times too great, so that they are whole."""
    weighted = weights = 0
    power = 1
    for value in reversed(values):
        weighted *= high
        weights *= high
        if value is not None:
            weighted += value * power
            weights += power
        power *= low
    return weighted, weights
