"""How often somebody is heard: learned from the times between, in one number and without trust in any single one.

Each time between two signs of life moves the number a little. A short one weighs as much as the time that it took, so
that a hundred within a burst weigh less than one ordinary one. A long one counts by steps: by a large one where nothing
is missing (whoever it is chose to be still: a sensor that speaks at night only once an hour), by a tiny one where
frames are missing, so that lost ones hardly stretch it. It falls slowly on purpose: who is quick by day and slow by
night is not held to be silent at dusk. It comes to lie at the longer ones of the usual times, not at their mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NEEDED = 4
"""Times between that are known before anybody is judged by them."""

FORGETS = 0.05
"""Of the time that passes, how much the usual time can shrink by. From an hour to 5 minutes takes most of a day."""

SURE = 0.99 / FORGETS
"""After how many intervals at most somebody has to be looked at again, so that it is never too late.

In a time t the usual time u shrinks by FORGETS * t at most. So it is 0 no sooner than after u / FORGETS, and whoever is
due k intervals after a sign of life at t or before is due then at t + min(k, 1 / FORGETS) * u at the earliest.
"""

LEAST = 1.0
"""Times shorter than this, s, are repetitions and copies: nothing is learned of them."""

_STILL = 0.5
"""By how much of itself the usual time grows at most by one longer one with nothing missing in between."""

_LOST = 0.02
"""Likewise where frames are missing in between: with three of ten lost it comes to be a quarter too long."""


NEARLY = 1.0 + _LOST
"""Up to so much of itself the usual time simply becomes the longer one, whatever is missing."""


def first(gaps: Sequence[float]) -> float:
    """The usual time of the first few: the second longest, so that neither a burst nor one long one is it."""
    return sorted(gaps)[-2]


def shorter(usual: float, gap: float, forgets: float = FORGETS) -> float:
    """The usual time after one that was shorter, s."""
    return usual - forgets * gap * (1.0 - gap / usual)


def longer(usual: float, gap: float, *, missing: bool) -> float:
    """The usual time after one that was longer, s."""
    return usual + min(gap - usual, usual * (_LOST if missing else _STILL))
