"""The gateways: when each was last alive, and whether it is held to be down.

Alive is who says how it is, says that it is connected, or has forwarded an uplink. How long it may be still is learned
of all these signs together, so that one that says nothing and hears an uplink an hour is not down after 5 minutes. One
that the broker says has left has no such grace.
"""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING, cast

import msgspec

from ingest.alerts import rhythm
from ingest.alerts.due import SPAN, Source
from ingest.alerts.found import Found
from ingest.alerts.rule import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GATEWAYS = 10_000
"""Gateways remembered; a tenth, the longest silent, gives way: else whoever may publish invents them without end."""

DOWN = 180_000_000_000
"""A gateway of which nothing came for so long, ns, is down at the earliest: so long its devices' silence is theirs."""

PATIENCE = 5.0
"""Usual times that one may be still. Of uplinks that come by chance five are some seventeen mean ones: e^-17."""

FORGETS = 0.002
"""As `rhythm.FORGETS`: hours, since who hears uplinks alone hears few of them at night."""

FOREVER = 1 << 62
"""A time that never comes, ns."""

_CALM = int(rhythm.LEAST * 1e9)
_MINUTE = 60_000_000_000

STALE = 1 << 31
"""Of a mask: something was told by marks that are no more."""


class Gateway:
    """One gateway.

    Attributes:
        source: where its last sign of life came from.
        last: when that was, ns UTC.
        usual: time between two signs, s; not known while `gaps` are gathered.
        offline: when it left by its broker's word; 0 where it has not.
        down: nothing came from it for so long that it is held to be.
        up: when it came back from that the last time, ns UTC.
        mask: the marks that were told, a bit each.
        span: in which it is to be looked at; 0: in none.
        muted: the devices that are silent because of it.
        grown: there are more of them than were told.
        taught: the last sign that something was learned of, ns UTC.
        calm: until then a sign of life changes nothing but `last`, ns UTC; 0 while any changes more.
    """

    __slots__ = (
        "calm", "down", "gaps", "grown", "index", "last", "mask", "muted",
        "name", "offline", "source", "span", "taught", "up", "usual",
    )  # fmt: skip

    def __init__(self, name: str, index: int, source: Source) -> None:
        self.name, self.index, self.source = name, index, source
        self.last = self.taught = self.offline = self.up = self.mask = self.span = 0
        self.usual = 0.0
        self.gaps: list[float] | None = []
        self.muted: set[str] = set()
        self.down = self.grown = False
        self.calm = 0

    @property
    def base(self) -> int:
        """Since when it has been silent."""
        return max(self.last, self.source.resumed)

    def due(self, after: int) -> int:
        """When it has been silent for so long, ns, and for longer than is usual; `FOREVER` if that is not known."""
        if self.offline:
            return max(self.base + after, self.offline)
        if self.gaps is not None:
            return FOREVER
        return self.base + max(after, int(PATIENCE * self.usual * 1e9))

    def settle(self) -> None:
        """Be calm, if there is no reason not to be."""
        well = self.gaps is None and not self.mask and not self.offline and not self.down
        self.calm = self.taught + _CALM if well else 0

    @property
    def kept(self) -> _Kept:
        """As it is stored."""
        name = self.source.name
        return _Kept(
            name, self.last, self.taught, self.usual, self.offline, self.down, self.up, self.mask, self.gaps, self.grown
        )

    def found(self, time: int, value: float) -> Found:
        """A sample of it, which tells of all that are silent with it."""
        self.grown = False
        return Found(Scope("gateway", self.name), self.source.name, time, value, tuple(sorted(self.muted)))


class _Kept(msgspec.Struct, array_like=True, gc=False):
    """A gateway as it is stored; the devices say themselves that they are muted."""

    source: str
    last: int
    taught: int
    usual: float
    offline: int
    down: bool
    up: int
    mask: int
    gaps: list[float] | None
    grown: bool


class Beacons:
    """All gateways.

    Args:
        above: silences that are told, s.

    Attributes:
        named: by id.
        numbered: by index; 0 is nobody's.
        down: those that are.
        changed: ids of those that are to be stored, or forgotten.
    """

    def __init__(self, above: Sequence[float]) -> None:
        self._above = [(1 << at, value, int(value * 1e9)) for at, value in enumerate(sorted(above))]
        self.named: dict[str, Gateway] = {}
        self.numbered: list[Gateway | None] = [None]
        self._free: list[int] = []
        self.down: set[Gateway] = set()
        self.changed: set[str] = set()

    def meet(self, name: str, source: Source) -> Gateway:
        """A gateway that was not known."""
        if len(self.named) >= GATEWAYS:
            self._give_way()
        if not self._free:
            self._free.append(len(self.numbered))
            self.numbered.append(None)
        gateway = Gateway(name, self._free.pop(), source)
        self.named[name] = self.numbered[gateway.index] = gateway
        return gateway

    def alive(self, gateway: Gateway, source: Source, at: int) -> list[Found]:
        """A sign of life. Whoever is muted by it is the caller's to wake."""
        if at <= gateway.last:
            return []
        moved = gateway.source is not source
        if moved or gateway.last <= source.resumed:
            gateway.taught = at
        self._learn(gateway, at)
        gateway.source, gateway.last = source, at
        anew = moved or not gateway.span or gateway.mask or gateway.down or gateway.offline
        if at > gateway.offline:
            gateway.offline = 0
        if gateway.down:
            gateway.down, gateway.up, gateway.grown = False, at, False
            self.down.discard(gateway)
        found = []
        if gateway.mask:
            gateway.mask = 0
            found.append(gateway.found(max(at, source.watermark), 0.0)._replace(devices=()))
        if anew:
            self._schedule(gateway)
        gateway.settle()
        self.changed.add(gateway.name)
        return found

    def left(self, gateway: Gateway, source: Source, at: int) -> None:
        """Its broker says that it has gone."""
        if at > gateway.last and not gateway.offline:
            gateway.source, gateway.offline, gateway.calm = source, at, 0
            self._schedule(gateway)
            self.changed.add(gateway.name)

    def look(self, gateway: Gateway, watermark: int) -> list[Found]:
        """What has become of it by now."""
        found = []
        if not gateway.down and gateway.due(DOWN) <= watermark:
            gateway.down, gateway.calm = True, 0
            self.down.add(gateway)
            self.changed.add(gateway.name)
        for bit, value, after in self._above:
            due = gateway.due(after)
            if due <= watermark and not gateway.mask & bit:
                gateway.mask |= bit
                gateway.calm = 0
                found.append(gateway.found(due, max(value, (due - gateway.base) / 1e9)))
                self.changed.add(gateway.name)
        self._schedule(gateway)
        return found

    def grown(self, source: Source) -> list[Found]:
        """Those that were told, and by which more devices are silent than was told."""
        found = []
        for gateway in sorted(self.down, key=lambda one: one.name):
            told = max([value for bit, value, _ in self._above if gateway.mask & bit], default=0.0)
            if told and gateway.grown and gateway.source is source:
                # Where its clock began anew since, it is still as silent as was told.
                at = source.watermark // _MINUTE * _MINUTE  # whenever in it that was looked at
                found.append(gateway.found(at, max(told, (at - gateway.base) / 1e9)))
                self.changed.add(gateway.name)
        return found

    def take_states(self) -> dict[str, bytes]:
        """Those that changed, by name; b"" of those that are forgotten."""
        states = {}
        for name in self.changed:
            one = self.named.get(name)
            states[name] = b"" if one is None else _encode(one.kept)
        self.changed.clear()
        return states

    def restore(self, name: str, state: bytes, source: Callable[[str], Source], *, anew: bool) -> None:
        """As it was stored; `anew` where other marks are told now."""
        kept = _decode(state)
        gateway = self.meet(name, source(kept.source))
        gateway.last, gateway.taught, gateway.usual = kept.last, kept.taught, kept.usual
        gateway.offline, gateway.down, gateway.up = kept.offline, kept.down, kept.up
        gateway.mask = STALE if anew and kept.mask else kept.mask
        gateway.gaps, gateway.grown = kept.gaps, kept.grown
        if kept.down:
            self.down.add(gateway)
        gateway.settle()
        self._schedule(gateway)

    def _learn(self, gateway: Gateway, at: int) -> None:
        gap = (at - gateway.taught) / 1e9
        if gap < rhythm.LEAST:
            return
        gateway.taught = at
        if gateway.gaps is not None:
            gateway.gaps.append(gap)
            if len(gateway.gaps) == rhythm.NEEDED:
                gateway.usual, gateway.gaps = rhythm.first(gateway.gaps), None
        elif gap < gateway.usual:
            gateway.usual = rhythm.shorter(gateway.usual, gap, FORGETS)
        else:
            gateway.usual = rhythm.longer(gateway.usual, gap, missing=False)

    def _schedule(self, gateway: Gateway) -> None:
        """What is learned later can only put off what is next: by PATIENCE * FORGETS < 1, as `rhythm.SURE` says."""
        waits = [gateway.due(after) for bit, _, after in self._above if not gateway.mask & bit]
        if not gateway.down:
            waits.append(gateway.due(DOWN))
        due = min(waits, default=FOREVER)
        gateway.span = 0
        if due < FOREVER:
            gateway.span = due >> SPAN
            gateway.source.wheel.put(gateway.span, -gateway.index)

    def _give_way(self) -> None:
        """Those of whom nothing was told go first."""
        oldest = nsmallest(GATEWAYS // 10, self.named.values(), key=lambda one: (one.mask != 0, one.last))
        for gateway in oldest:
            del self.named[gateway.name]
            self.down.discard(gateway)
            self.numbered[gateway.index] = None
            self._free.append(gateway.index)
            self.changed.add(gateway.name)


_encode = msgspec.msgpack.Encoder().encode
_decode = cast("Callable[[bytes], _Kept]", msgspec.msgpack.Decoder(_Kept).decode)
