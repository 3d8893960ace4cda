"""The sum of a field's values in the last time, and the number of errors, of which each counts as one."""

from __future__ import annotations

from array import array
from bisect import bisect_right
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


_NO_TIMES, _NO_AMOUNTS = array("q"), array("d")
"""Of all sums that are of nothing; nobody puts anything into these."""


class _Packed(msgspec.Struct, array_like=True):
    """As it is stored; before version 3 of the file `amounts` was a list of pairs, and there were no `times`."""

    amounts: bytes | list[tuple[int, float]]
    last: dict[str, float]
    times: bytes = b""


class Sum(Window):
    """What came in the last `span`; it falls when something is older than that.

    Of a counter the increases are summed, each device's by itself; where it begins anew nothing is added: what it is
    then may be another meter's reading.

    Args:
        span: ns.
        scale: what the sum is multiplied by.
        name: of the field.
    """

    __slots__ = ("_amounts", "_counts", "_last", "_scale", "_span", "_times")

    def __init__(self, span: int, scale: float = 1.0, name: str = "") -> None:
        self._span = span
        self._scale = scale
        self._counts = name in COUNTERS
        # Pairs would be objects of their own: 14 kB of a device that is on the air each few seconds, and this is 1.6.
        self._times, self._amounts = _NO_TIMES, _NO_AMOUNTS
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
        times, amounts = self._times, self._amounts
        if not times:
            self._times, self._amounts = array("q", (time,)), array("d", (amount,))
        elif times[-1] // step == time // step:
            times[-1] = time
            amounts[-1] += amount
        else:
            times.append(time)
            amounts.append(amount)

    def due(self) -> int:
        """When the oldest amount does not count any more."""
        return self._times[0] + self._span if self._times else 0

    def at(self, time: int) -> float | None:
        """The sum without what is too old."""
        gone = bisect_right(self._times, time - self._span)
        if gone == len(self._times):
            self._times, self._amounts = _NO_TIMES, _NO_AMOUNTS
        elif gone:
            del self._times[:gone], self._amounts[:gone]
        return self._value()

    def pack(self) -> object:
        """The amounts; nothing where there was nothing to count."""
        if not self._times and not self._last:
            return None
        return _Packed(self._amounts.tobytes(), self._last, self._times.tobytes())

    def load(self, packed: object) -> None:
        """See `Window`."""
        found = msgspec.convert(packed, _Packed)
        self._last = found.last
        if isinstance(found.amounts, bytes):
            self._times, self._amounts = array("q", found.times), array("d", found.amounts)
        elif found.amounts:
            times, amounts = zip(*found.amounts, strict=True)
            self._times, self._amounts = array("q", times), array("d", amounts)

    def _value(self) -> float:
        """Summed exactly: nothing is left over where all that came has gone."""
        return fsum(self._amounts) * self._scale
