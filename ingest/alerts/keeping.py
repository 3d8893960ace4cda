"""What `Presence` knows, as bytes by key: only what changed is written, and a restart anywhere changes nothing.

`device|<DevEUI>` and `gateway|<id>`; beside them `device|@<source>`, the time of a source, and `device|#`, the marks by
which the others were told: where those are others now, nothing was told yet. When whom to look at is not kept, it
follows from the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

from ingest.alerts.beacons import STALE
from ingest.alerts.roster import LEARNING, MUTED, TOLD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ingest.alerts.beacons import Beacons
    from ingest.alerts.due import Source
    from ingest.alerts.fleet import Fleet
    from ingest.alerts.found import Mark
    from ingest.alerts.rule import Where

_DEVICE, _GATEWAY, _SOURCE, _MARKS = "device|", "gateway|", "device|@", "device|#"


class _Device(msgspec.Struct, array_like=True, gc=False):
    """A device; its gateways by name, since numbers do not outlive a process."""

    source: str
    last: int
    usual: float
    gaps: list[float]
    about: tuple[str, ...]
    mask: int
    muted: bool
    count: int
    gateways: list[tuple[str, int]]


class Keeping:
    """Writes and reads states.

    Args:
        fleet: the devices.
        beacons: the gateways.
        source: finds a source, or makes it: name, newest, resumed, watermark.
        marks: of devices and of gateways, which are told; and where those look who are told.
    """

    def __init__(
        self,
        fleet: Fleet | None,
        beacons: Beacons | None,
        source: Callable[..., Source],
        marks: tuple[Sequence[Mark], Sequence[float], Sequence[Where]],
    ) -> None:
        self._fleet, self._beacons, self._source = fleet, beacons, source
        self._marks = _sorted(marks)
        self._saved = False
        self._times: dict[str, tuple[int, int, int]] = {}

    def restore(self, states: Mapping[str, bytes]) -> None:
        """Take what was written up."""
        self._saved = states.get(_MARKS) == self._marks
        anew = not self._saved
        for name, state in states.items():
            if name.startswith(_SOURCE):
                self._source(name.removeprefix(_SOURCE), *_decode_times(state))
        if self._beacons is not None:
            for name, state in states.items():
                if name.startswith(_GATEWAY):
                    self._beacons.restore(name.removeprefix(_GATEWAY), state, self._source, anew=anew)
        if self._fleet is not None:
            for name, state in states.items():
                if name.startswith(_DEVICE) and not name.startswith((_SOURCE, _MARKS)):
                    self._restore(self._fleet, name.removeprefix(_DEVICE), _decode_device(state), anew=anew)

    def take(self, sources: Sequence[Source]) -> dict[str, bytes]:
        """What changed since."""
        states = {}
        if not self._saved:
            states[_MARKS], self._saved = self._marks, True
        for source in sources:
            times = (source.newest, source.resumed, source.watermark)
            if self._times.get(source.name) != times:
                self._times[source.name] = times
                states[_SOURCE + source.name] = _encode(times)
        if self._beacons is not None:
            states.update({_GATEWAY + name: state for name, state in self._beacons.take_states().items()})
        if self._fleet is not None:
            states.update({_DEVICE + name: b"" for name in self._fleet.forgotten})
            states.update([self._device(self._fleet, sources, row) for row in self._fleet.changed])
            self._fleet.forgotten.clear()
            self._fleet.changed.clear()
        return states

    def _device(self, fleet: Fleet, sources: Sequence[Source], row: int) -> tuple[str, bytes]:
        roster = fleet.roster
        kept = _Device(
            sources[roster.source[row]].name,
            roster.last[row],
            roster.usual[row],
            roster.gaps.get(row, []),
            roster.tags(row),
            roster.mask[row],
            bool(roster.why[row] & MUTED),
            roster.count[row],
            self._gateways(roster.slots(row)),
        )
        return _DEVICE + roster.name(row), _encode(kept)

    def _gateways(self, slots: Sequence[tuple[int, int]]) -> list[tuple[str, int]]:
        if self._beacons is None:
            return []
        known = [(self._beacons.numbered[index], stamp) for index, stamp in slots]
        return [(gateway.name if gateway else "", stamp) for gateway, stamp in known]

    def _restore(self, fleet: Fleet, dev_eui: str, kept: _Device, *, anew: bool) -> None:
        roster, source = fleet.roster, self._source(kept.source)
        row = roster.begin(dev_eui)
        roster.last[row], roster.usual[row], roster.source[row] = kept.last, kept.usual, source.index
        roster.why[row] = TOLD if kept.mask else 0
        if kept.usual:
            roster.learned(row, kept.usual)
        else:
            roster.gaps[row], roster.why[row] = kept.gaps, roster.why[row] | LEARNING
        roster.mask[row] = STALE if anew and kept.mask else kept.mask
        roster.describe(row, kept.about)
        if self._beacons is not None:
            named = self._beacons.named
            slots = [(named[name].index if name in named else 0, stamp) for name, stamp in kept.gateways]
            roster.restore(row, kept.count, slots)
        if kept.muted and self._beacons is not None:
            fleet.mute(row, again=True)
        else:
            fleet.schedule(row, source, max(kept.last, source.resumed))


_encode = msgspec.msgpack.Encoder().encode
_sorted = msgspec.msgpack.Encoder(order="sorted").encode
_decode_device = cast("Callable[[bytes], _Device]", msgspec.msgpack.Decoder(_Device).decode)
_decode_times = cast("Callable[[bytes], tuple[int, int, int]]", msgspec.msgpack.Decoder(tuple[int, int, int]).decode)
