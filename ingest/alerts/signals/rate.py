"""How fast a field changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ingest.alerts.signals.counters import COUNTERS
from ingest.alerts.signals.window import Window

if TYPE_CHECKING:
    from ingest.alerts.rule import Rate
    from ingest.alerts.sample import Sample

_Values = dict[str, list[tuple[int, float]]]


class Climb(Window):
    """The last value of a device less the oldest one that is at most `span` before it, for the time between the two.

    Each device is by itself: two at a site may well differ, and nothing has changed. A counter that is smaller than it
    was has begun anew: what was before does not count.
    """

    __slots__ = ("_counts", "_per", "_seen", "_span")

    def __init__(self, signal: Rate) -> None:
        self._span = signal.span
        self._per = signal.per
        self._counts = signal.field.name in COUNTERS
        self._seen: _Values = {}

    def push(self, sample: Sample) -> float | None:
        """Take one; see `Window`."""
        seen = self._seen.setdefault(sample.device, [])
        if self._counts and seen and sample.value < seen[-1][1]:
            seen.clear()
        seen.append((sample.time, sample.value))
        oldest = sample.time - self._span
        settled = next(place for place, (time, _value) in enumerate(seen) if time >= oldest)
        del seen[:settled]
        since, value = seen[0]
        if since == sample.time:
            return None
        return (sample.value - value) * self._per / (sample.time - since)

    def pack(self) -> object:
        """Of each device its values."""
        return self._seen or None

    def load(self, packed: object) -> None:
        """See `Window`."""
        self._seen = msgspec.convert(packed, _Values)
