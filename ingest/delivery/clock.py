"""Whether the wall clock goes evenly: a machine without a clock of its own begins in the past and is set on the way.

Rests and ages are kept in wall clock, since they outlive the process; the monotonic clock says when that one was set.
"""

from __future__ import annotations

STEADY = 6 * 3600.0
"""Seconds for which the clock must have gone evenly since it was set, also over a restart, before it is believed that
something has waited for too long: what was put before seems old, and is to be tried as often as anything else."""

_SECOND = 1_000_000_000

_EVEN = 60.0
"""Seconds by which the two may differ between two looks: a clock that is only adjusted was not set."""


class Clock:
    """The wall clock, as one thread sees it from look to look."""

    def __init__(self) -> None:
        self._last: tuple[int, float] | None = None
        self._since = 0.0

    def step(self, now: int, at: float) -> int:
        """By how much the clock was set since the last look, ns; 0 where it was not.

        Args:
            now: wall clock, ns UTC.
            at: seconds of `time.monotonic`.
        """
        if self._last is None:
            return 0
        by = now - self._last[0] - round((at - self._last[1]) * _SECOND)
        return by if abs(by) > _EVEN * _SECOND else 0

    def seen(self, now: int, at: float, was_set: int = 0) -> None:
        """This was a look.

        Args:
            now: wall clock, ns UTC.
            at: seconds of `time.monotonic`.
            was_set: when the clock was set before the first look, ns UTC; 0 where it never was.
        """
        if self._last is None:
            ago = (now - was_set) / _SECOND if was_set else STEADY
            self._since = at - max(0.0, ago)
        elif self.step(now, at):
            self._since = at
        self._last = now, at

    def steady(self, at: float) -> bool:
        """Whether it was not set for `STEADY`."""
        return self._last is not None and at - self._since >= STEADY

    @property
    def begins(self) -> bool:
        """Whether it was not looked at yet."""
        return self._last is None
