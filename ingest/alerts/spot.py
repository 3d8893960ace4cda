"""What is not settled yet of a field at a scope, kept for the plain rules in case that one of them wakes.

A city that sends 1,000 uplinks a second has 75,000 such values at any time, each for a minute: so they are packed, in a
fifth of what objects take, and leave no holes among everything else that lives for longer or shorter.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from ingest.alerts.sample import Sample, place, remove

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.rule import Scope
    from ingest.alerts.watch import Watch

_RECORD = struct.Struct("<qdI")
"""Time, value, and which of the spot's devices it is of."""

_TIME = struct.Struct("<q")
_SIZE = _RECORD.size


class Spot:
    """A field at a scope, as the plain rules see it: together they keep what is not settled, each only when it wakes.

    Attributes:
        watches: of the rules that are not idle here, by the rule's id.
        taken_back: the newest time of which a sample was.
    """

    __slots__ = ("_devices", "_packed", "scope", "taken_back", "watches")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.watches: dict[str, Watch] = {}
        self.taken_back = 0
        self._packed = b""
        self._devices: tuple[str, ...] = ()

    def recent(self) -> list[Sample]:
        """Samples that the watermark had not passed when the last one came, in order; that one at least."""
        devices = self._devices
        return [Sample(time, devices[number], value) for time, value, number in _RECORD.iter_unpack(self._packed)]

    def is_news(self, time: int) -> bool:
        """Whether nothing as new as this is known here."""
        return time > self.taken_back and (not self._packed or time > self._newest())

    def keep(self, sample: Sample, watermark: int) -> None:
        """Have a sample there until the watermark has passed it."""
        packed = self._packed
        if not packed or (newest := self._newest()) < watermark:
            self._devices = (sample.device,)
            self._packed = _RECORD.pack(sample.time, sample.value, 0)
            return
        settled = 0
        while _TIME.unpack_from(packed, settled)[0] < watermark:
            settled += _SIZE
        self._packed = packed = packed[settled:]
        if sample.time > newest and sample.device in self._devices:
            self._packed = packed + _RECORD.pack(sample.time, sample.value, self._devices.index(sample.device))
        else:
            samples = self.recent()
            place(samples, sample)
            self._pack(samples)

    def take_back(self, time: int, device: str) -> bool:
        """Forget a sample; whether there was one."""
        samples = self.recent()
        found = remove(samples, time, device)
        if found:
            self._pack(samples)
            self.taken_back = max(self.taken_back, time)
        return found

    def _newest(self) -> int:
        return int(_TIME.unpack_from(self._packed, len(self._packed) - _SIZE)[0])

    def _pack(self, samples: Sequence[Sample]) -> None:
        numbers = {device: number for number, device in enumerate({sample.device: None for sample in samples})}
        self._packed = b"".join([_RECORD.pack(one.time, one.value, numbers[one.device]) for one in samples])
        self._devices = tuple(numbers)
