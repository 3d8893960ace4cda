"""Whether a value is believed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.derive.cause import Cause
from ingest.derive.rules import HOUR

if TYPE_CHECKING:
    from ingest.derive.past import Past
    from ingest.derive.rules import Rule

BELIEVED, IMPLAUSIBLE, SPIKE, STUCK, LATE, CLOCK = map(
    int, (Cause.NONE, Cause.IMPLAUSIBLE, Cause.SPIKE, Cause.STUCK, Cause.LATE, Cause.CLOCK)
)
"""Plain numbers, for what is done with every value: an enumeration's members are slow to get at."""

SAME = 3
"""How many values before have to be the same as well, however far apart they are, before one counts as stuck: two equal
values of a slow device are chance."""


def looks_back(rule: Rule) -> bool:
    """Whether a rule has to know the values before."""
    return rule.spike is not None or rule.stuck is not None


def judge(rule: Rule, value: float, time: int, past: Past) -> int:
    """What is to be said against a value, by itself and by the values before it: the number of a `Cause`."""
    if not rule.low <= value <= rule.high:
        return IMPLAUSIBLE
    if not past.values:
        return BELIEVED
    if value == past.values[-1]:
        return STUCK if _stuck(rule, value, time, past) else BELIEVED
    return SPIKE if _jumps(rule, value, time, past) else BELIEVED


def by_arrival(rule: Rule, quality: str, delay: int) -> int:
    """What is to be said against a value by how it came: the number of a `Cause`.

    Args:
        rule: of the value.
        quality: of its row (`Point.quality`).
        delay: from the row's time until the network had it, ns.
    """
    if rule.clock and quality != "ok":
        return CLOCK
    return LATE if delay > rule.late else BELIEVED


def _stuck(rule: Rule, value: float, time: int, past: Past) -> bool:
    if rule.stuck is None or value == rule.rest:
        return False
    return time - past.same_since >= rule.stuck and past.values[-SAME:] == (value,) * SAME


def _jumps(rule: Rule, value: float, time: int, past: Past) -> bool:
    """Far from the value just before, and from more than half of all that are seen.

    So a spike is doubted and the value after it is not, and a change that stays is believed from its second value on.
    What was implausible does not count; where nothing else is seen there is nothing to compare with. Whether the values
    before were believed is not asked: a doubt would rest on the doubts before it, and those on others without end.
    """
    if rule.spike is None:
        return False
    most = rule.spike * max(1.0, (time - past.times[-1]) / HOUR)
    if abs(value - past.values[-1]) <= most:
        return False
    near = [abs(value - before) <= most for before in past.values if rule.low <= before <= rule.high]
    return bool(near) and 2 * sum(near) < len(near)
