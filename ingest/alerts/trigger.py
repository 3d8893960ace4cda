"""When the numbers of a scope are too much: a machine (trigger, state, sample) -> state. Pure.

    bits    of the last `of` samples, which were too much: hysteresis is in them, the last one is the lowest bit
    since   the sample that made at least `n` of them too much; 0 while they are fewer
    met     that has lasted for `hold`

Samples come in the order of time. Time itself also moves the machine (`wait`): what is too much stays so until a sample
says otherwise, since a door that reports once that it is open is open until it reports again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from datetime import tzinfo

    from ingest.alerts.rule import Trigger

MOST = 63
"""The largest `of`: a state is stored with a number of 64 bits."""


class State(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a machine is.

    Attributes:
        value: of the last sample.
        worst: the value furthest beyond the threshold since `since`.
    """

    bits: int = 0
    since: int = 0
    met: bool = False
    value: float = 0.0
    worst: float = 0.0


IDLE = State()


class Machine:
    """A trigger, ready to be asked often.

    Args:
        trigger: with exactly one of `above` and `below`.
        zone: whose days and hours its `days` and `hours` are.

    Raises:
        ValueError: it can never be met, or looks back at more than `MOST` values.
    """

    __slots__ = ("_clear", "_days", "_hours", "_mask", "_n", "_sign", "_threshold", "_zone", "hold")

    def __init__(self, trigger: Trigger, zone: tzinfo) -> None:
        threshold = trigger.below if trigger.above is None else trigger.above
        if threshold is None or (trigger.above is not None and trigger.below is not None):
            raise ValueError("a trigger has one of above and below")
        if not 1 <= trigger.n <= trigger.of <= MOST:
            raise ValueError(f"n of a trigger is 1 to `of`, and that at most {MOST}")
        # Below is above with the numbers turned round: one machine for both.
        self._sign = 1.0 if trigger.below is None else -1.0
        self._threshold = threshold * self._sign
        self._clear = trigger.clear * self._sign
        self._n = trigger.n
        self._mask = (1 << trigger.of) - 1
        self.hold = trigger.hold
        self._hours = trigger.hours
        self._days = trigger.days
        self._zone = zone

    @property
    def bounds(self) -> tuple[float, float]:
        """Between these two, neither included, no value is too much."""
        if self._sign > 0:
            return float("-inf"), self._threshold
        return -self._threshold, float("inf")

    def too_much(self, value: float) -> bool:
        """Whether a value by itself is too much."""
        return value * self._sign >= self._threshold

    def worse(self, one: float, other: float) -> float:
        """Which of two values is further beyond the threshold."""
        return one if one * self._sign > other * self._sign else other

    def step(self, state: State, time: int, value: float) -> State:
        """Take a sample; `wait` up to its time comes first. What is not a number says nothing."""
        turned = value * self._sign
        if turned >= self._threshold:
            level = state.bits & 1 or int(self._may_begin(time))
        elif turned < self._clear:
            level = 0
        elif turned == turned:  # noqa: PLR0124  (not a number is what is not equal to itself)
            level = state.bits & 1
        else:
            return state
        bits = (state.bits << 1 | level) & self._mask
        if bits.bit_count() < self._n:
            return State(bits, value=value)
        if state.since:
            return State(bits, state.since, state.met, value, self.worse(value, state.worst))
        return State(bits, time, not self.hold, value, value)

    def wait(self, state: State, now: int) -> State:
        """Let time pass, with no sample before `now`."""
        if state.since and not state.met and now >= state.since + self.hold:
            return State(state.bits, state.since, True, state.value, state.worst)  # noqa: FBT003
        return state

    def met(self, state: State) -> State:
        """A state that is met, taken over from another trigger: all of the last samples were too much."""
        return State(self._mask, state.since, True, state.value, state.value)  # noqa: FBT003

    def _may_begin(self, time: int) -> bool:
        if self._hours is None and not self._days:
            return True
        local = datetime.fromtimestamp(time // 1_000_000_000, UTC).astimezone(self._zone)
        if self._days and local.weekday() not in self._days:
            return False
        if self._hours is None:
            return True
        since, until = self._hours
        minute = local.hour * 60 + local.minute
        return since <= minute < until if since < until else minute >= since or minute < until
