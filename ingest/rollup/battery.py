"""How many days a battery has left, from the days before. Pure.

A site's roll-up does not tell its devices apart, so it is the lowest battery of the site that is looked at: the one
that somebody has to go for first. Voltage is left out: how it falls, and where a device stops, differs by cell.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from ingest.rollup import means

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.rollup.summary import Summary

DAY = 24 * means.HOUR
NEEDED = 7
"""Days with a value, since the battery was new."""
REPLACED = 20.0
"""A battery that has so many percent more than before, and keeps them, is another one."""
MOST = 3650.0
"""Days; what falls more slowly says no more than that."""

_AROUND = 3  # days before and after that have to agree that it was replaced: one odd value does not


def battery_days(day: Summary, earlier: Sequence[Summary]) -> float | None:
    """Days until the site's lowest battery is at 0 %.

    The fall is that from the median of the first third of the days to that of the last one: a value that strays, and
    the steps of a coarse gauge, hardly move it.

    Args:
        day: the day asked for.
        earlier: up to 60 days before, any order.

    Returns:
        None with fewer than seven days since the battery was replaced, or where it does not fall.
    """
    found = [(one.start, lowest) for one in (*earlier, day) if (lowest := lowest_battery(one)) is not None]
    if not found or max(found)[0] != day.start:
        return None
    found.sort()
    found = found[_replaced([value for _, value in found]) :]
    if len(found) < NEEDED:
        return None
    third = -(-len(found) // 3)
    fall = _middle(found[:third], 1) - _middle(found[-third:], 1)
    days = (_middle(found[-third:], 0) - _middle(found[:third], 0)) / DAY
    if fall <= 0:
        return None
    return min(MOST, _middle(found[-third:], 1) * days / fall)


def lowest_battery(span: Summary) -> float | None:
    """The lowest charge of any device in percent."""
    return min((one.minimum for one in means.channels(span, "battery")), default=None)


def _replaced(values: Sequence[float]) -> int:
    """Since which day the battery is the one that is there now."""
    for at in range(len(values) - 1, 0, -1):
        if min(values[at : at + _AROUND]) - max(values[max(0, at - _AROUND) : at]) >= REPLACED:
            return at
    return 0


def _middle(found: Sequence[tuple[int, float]], which: int) -> float:
    return median(one[which] for one in found)
