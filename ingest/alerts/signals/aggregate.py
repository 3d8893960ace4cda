"""One number of many sites: how a ward is."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from ingest.alerts.signals.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ingest.alerts.rule import Aggregate
    from ingest.alerts.sample import Sample

MINUTE = 60_000_000_000

_Members = dict[str, tuple[int, str, float]]


class _Packed(msgspec.Struct, array_like=True):
    members: _Members
    due: int


class Newest(Window):
    """The newest value of each site, looked at together at each full minute; a sample's `member` is its site.

    A site counts until its value is older than `span`. Where too few are left, nothing is known, and nothing changes.
    """

    def __init__(self, signal: Aggregate) -> None:
        self._signal = signal
        self._function = _FUNCTIONS.get(signal.function, self._share)
        self._members: _Members = {}
        self._due = 0

    def push(self, sample: Sample) -> float | None:
        """Take one; the value is that of the next minute."""
        self._members[sample.member] = sample.time, sample.device, sample.value
        self._due = self._due or (sample.time // MINUTE + 1) * MINUTE
        return None

    def due(self) -> int:
        """At the next minute, while there is a site whose value counts."""
        return self._due

    def at(self, time: int) -> float | None:
        """What the sites come to at this minute, without samples of it and after it."""
        oldest = time - self._signal.span
        if any(one[0] < oldest for one in self._members.values()):
            self._members = {member: one for member, one in self._members.items() if one[0] >= oldest}
        self._due = time + MINUTE if self._members else 0
        if len(self._members) < max(1, self._signal.least):
            return None
        return self._function([one[2] for one in self._members.values()])

    def devices(self) -> tuple[str, ...]:
        """All whose values count."""
        return tuple(sorted({device for _time, device, _value in self._members.values() if device}))

    def pack(self) -> object:
        """The newest of each site."""
        return _Packed(self._members, self._due) if self._members else None

    def load(self, packed: object) -> None:
        """See `Window`."""
        found = msgspec.convert(packed, _Packed)
        self._members, self._due = found.members, found.due

    def _share(self, values: Sequence[float]) -> float:
        return 100.0 * sum([value >= self._signal.level for value in values]) / len(values)


_Function: TypeAlias = "Callable[[Sequence[float]], float]"

_FUNCTIONS: Mapping[str, _Function] = {
    "mean": lambda values: fsum(values) / len(values),
    "min": min,
    "max": max,
    "sum": fsum,
    "count": lambda values: float(len(values)),
}
