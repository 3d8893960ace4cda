"""Nowcast: the mean of the last twelve hours that leans the more on the newest, the more the air changes.

Two forms that differ in one case. With w = 1/2 Decision 1459 prints a sum that is not divided by its weights, 1/2,
1/4, ... 1/4096. With all twelve hours it is 0.02 % below the divided one. With hours missing it would be far below
(100, -, 20 gives 52.5 instead of 84), which cannot be meant, since a missing hour "has weight 0": then we divide too.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from ingest.indices.exact import CONTEXT, DECIMALS, known

if TYPE_CHECKING:
    from collections.abc import Sequence

HOURS = 12
RECENT, _NEEDED = 3, 2  # at least two of the newest three


def vn_nowcast(hours: Sequence[Decimal | None]) -> Decimal | None:
    """Nowcast of Decision 1459/QĐ-TCMT, 2.2.1 a.

    Args:
        hours: means of an hour, oldest first; the last is the current hour, None a missing one. Twelve are looked at.

    Returns:
        None where fewer than two of the last three hours are there.
    """
    return _nowcast(hours, divided=False)


def epa_nowcast(hours: Sequence[Decimal | None]) -> Decimal | None:
    """NowCast of the US EPA for particles (nepis.epa.gov P100X0J6), always divided by the weights; as `vn_nowcast`."""
    return _nowcast(hours, divided=True)


def _nowcast(hours: Sequence[Decimal | None], *, divided: bool) -> Decimal | None:
    found = _sums(tuple(hours[-HOURS:]))
    if found is None:
        return None
    if found.whole and not divided:
        return CONTEXT.divide(Decimal(found.weighted), Decimal(found.unit << HOURS))
    return CONTEXT.divide(Decimal(found.weighted), Decimal(found.weights * found.unit))


class _Sums(NamedTuple):
    """Of weights and of what they weigh, both as many times too great, in whole numbers, which are exact and quick.

    Attributes:
        unit: how often a value of 1 is in `weighted`, beside that.
        whole: all hours are there and w = 1/2; then 2 to the power of 11 times too great.
    """

    weighted: int
    weights: int
    unit: int
    whole: bool


@lru_cache(maxsize=64)  # both forms are asked for one after the other
def _sums(hours: tuple[Decimal | None, ...]) -> _Sums | None:
    if len(known(hours[-RECENT:])) < _NEEDED:
        return None
    unit = 10**DECIMALS
    values = [None if value is None else int(CONTEXT.multiply(value, unit)) for value in reversed(hours)]
    there = [value for value in values if value is not None]
    least, most = min(there), max(there)
    low, high = (least, most) if 2 * least > most else (1, 2) if most else (1, 1)  # w, as a fraction
    shrunk = gcd(low, high)
    low, high = low // shrunk, high // shrunk
    weighted = weights = 0
    power = 1
    for value in values:
        weighted, weights = weighted * high, weights * high
        if value is not None:
            weighted, weights = weighted + value * power, weights + power
        power *= low
    return _Sums(weighted, weights, unit, whole=(low, high) == (1, 2) and len(there) == HOURS)
