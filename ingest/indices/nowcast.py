"""Nowcast: the mean of the last twelve hours that leans the more on the newest, the more the air changes.

Two forms that differ in one case. With w = 1/2 Decision 1459 prints a sum that is not divided by its weights, 1/2,
1/4, ... 1/4096. With all twelve hours it is 0.02 % below the divided one. With hours missing it would be far below
(100, -, 20 gives 52.5 instead of 84), which cannot be meant, since a missing hour "has weight 0": then we divide too.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate, repeat
from typing import TYPE_CHECKING

from ingest.indices.exact import CONTEXT, known, total

if TYPE_CHECKING:
    from collections.abc import Sequence

HOURS = 12
_RECENT, _NEEDED = 3, 2  # at least two of the newest three
_HALF = Decimal("0.5")


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
    newest_first = list(reversed(hours[-HOURS:]))
    values = known(newest_first)
    if len(known(newest_first[:_RECENT])) < _NEEDED:
        return None
    steadiness = CONTEXT.divide(min(values), max(values)) if max(values) else Decimal(1)
    weight = max(steadiness, _HALF)
    weights = accumulate(repeat(weight, len(newest_first) - 1), CONTEXT.multiply, initial=Decimal(1))
    pairs = [(factor, value) for factor, value in zip(weights, newest_first, strict=True) if value is not None]
    weighted = total(CONTEXT.multiply(factor, value) for factor, value in pairs)
    if steadiness <= _HALF and len(values) == HOURS and not divided:
        return CONTEXT.multiply(_HALF, weighted)
    return CONTEXT.divide(weighted, total(factor for factor, _ in pairs))
