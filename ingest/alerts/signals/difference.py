"""A field at one site less the same at another: above and below a sluice, inside and outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ingest.alerts.signals.window import Window

if TYPE_CHECKING:
    from ingest.alerts.rule import Difference
    from ingest.alerts.sample import Sample

_Last = dict[str, tuple[int, str, float]]


class Pair(Window):
    """The newest values of two sites, neither much older than the other; a sample's `member` is its site."""

    def __init__(self, signal: Difference) -> None:
        self._sites = signal.site, signal.minus
        self._within = signal.within
        self._last: _Last = {}

    def push(self, sample: Sample) -> float | None:
        """Take one; see `Window`."""
        self._last[sample.member] = sample.time, sample.device, sample.value
        one, other = (self._last.get(site) for site in self._sites)
        if one is None or other is None or abs(one[0] - other[0]) > self._within:
            return None
        return one[2] - other[2]

    def devices(self) -> tuple[str, ...]:
        """Of both sites."""
        return tuple(sorted({device for _time, device, _value in self._last.values() if device}))

    def pack(self) -> object:
        """The newest of each site."""
        return self._last or None

    def load(self, packed: object) -> None:
        """See `Window`."""
        self._last = msgspec.convert(packed, _Last)
