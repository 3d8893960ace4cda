"""The sum of a field's values in the last time, and the number of errors, of which each counts as one."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

import msgspec

from ingest.alerts.signals.counters import COUNTERS
from ingest.alerts.signals.window import Window

if TYPE_CHECKING:
    from ingest.alerts.sample import Sample


STEPS = 100
"""Amounts that come within so small a part of the span count as one, from the last of them on: so a device that
reports every second is remembered, summed and stored no dearer than others, and its sum falls at most 1 % of the span
late."""


class _Packed(msgspec.Struct, array_like=True):
    amounts: list[tuple[int, float]]
    last: dict[str, float]


class Sum(Window):
    """What came in the last `span`; it falls when something is older than that.

    Of a counter the increases are summed, each device's by itself; where it begins anew nothing is added: what it is
    then may be another meter's reading.

    Args:
        span: ns.
        scale: what the sum is multiplied by.
        name: of the field.
    """

    __slots__ = ("_amounts", "_counts", "_last", "_scale", "_span")

    def __init__(self, span: int, scale: float = 1.0, name: str = "") -> None:
        self._span = span
        self._scale = scale
        self._counts = name in COUNTERS
        self._amounts: list[tuple[int, float]] = []  # a deque takes 0.8 kB when it is empty
        self._last: dict[str, float] = {}

    def push(self, sample: Sample) -> float | None:
        """Take one; see `Window`."""
        amount = sample.value
        if self._counts:
            before = self._last.get(sample.device, amount)
            self._last[sample.device] = amount
            amount = max(0.0, amount - before)
        if amount:
            self._add(sample.time, amount)
        return self._value()

    def _add(self, time: int, amount: float) -> None:
        step = max(1, self._span // STEPS)
        if self._amounts and self._amounts[-1][0] // step == time // step:
            amount += self._amounts.pop()[1]
        self._amounts.append((time, amount))

    def due(self) -> int:
        """When the oldest amount does not count any more."""
        return self._amounts[0][0] + self._span if self._amounts else 0

    def at(self, time: int) -> float | None:
        """The sum without what is too old."""
        while self._amounts and self._amounts[0][0] <= time - self._span:
            del self._amounts[0]  # of some 100
        return self._value()

    def pack(self) -> object:
        """The amounts; nothing where there was nothing to count."""
        return _Packed(self._amounts, self._last) if self._amounts or self._last else None

    def load(self, packed: object) -> None:
        """See `Window`."""
        found = msgspec.convert(packed, _Packed)
        self._amounts, self._last = found.amounts, found.last

    def _value(self) -> float:
        """Summed exactly: nothing is left over where all that came has gone."""
        return fsum([amount for _time, amount in self._amounts]) * self._scale
