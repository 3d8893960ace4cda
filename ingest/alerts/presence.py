"""Who has fallen silent: devices and gateways, judged by the time of their source and never by the clock.

    uplinks, joins, states ──▶ hear ──▶ who is heard again (value 0)
    watermarks             ──▶ look ──▶ who has reached a mark of silence since

The caller is given samples for triggers, and only those that can change one: it says at which silences it wants to be
told (`marks`, one for each threshold of its rules). It is told once when each is reached, and once with value 0 when
there is life again. Between two of them the last value stands: a trigger that wants to have it for a while (`hold`)
counts from the first. `n of m` has no meaning here.

    three intervals warn, ten are a danger:     marks=[Mark(signal, 3.0), Mark(signal, 10.0)]
    another signal (declared interval, least):  Mark(other, 2.0): its samples name it (`Found.signal`)
    gateways, after 5 minutes and an hour:      gateway_above=[300.0, 3600.0]

`Found.time` of a mark is when it was reached. That lies before the watermark, by as much as it moved at once, and is
never too late to be taken. After a restart with other marks whoever is silent is told of again by the new ones.

Of a silence that has a cause of its own nothing is told. Of a device, where none of the gateways that heard it lately
is alive: the gateway's sample lists it, and is given again, once a minute at most, when the list grows. Of anybody,
where the source was away: its time stood still, and where it jumps (`due.STALL`) all silences begin anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ingest.alerts.beacons import Beacons, Gateway
from ingest.alerts.due import SPAN, STALL, Source
from ingest.alerts.fleet import Fleet
from ingest.alerts.found import Found, Mark
from ingest.alerts.keeping import Keeping

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.alerts.heard import Heard
    from ingest.alerts.rule import Silence, Where
    from ingest.decoding.point import Point

__all__ = ["Found", "Mark", "Presence"]

STEP: Final = 1_000_000_000
"""A watermark that has moved by less than this, ns, is not looked at."""

MINUTE: Final = 60_000_000_000
"""How often at most a longer list of devices is told of, ns."""


class Presence:
    """Who is there.

    Args:
        silence: how devices are judged, where `marks` do not say it; None: they are not, if `marks` is empty too.
        gateway: whether gateways are judged; where not, no device is muted by one.
        states: what `take_states` gave.
        marks: the silences of devices to tell of; empty: one interval of `silence`.
        gateway_above: the silences of gateways to tell of, s.
        places: where those look who are told; where that changes whoever is silent is told of again.
    """

    def __init__(
        self,
        silence: Silence | None,
        gateway: bool,  # noqa: FBT001  (one of the two things there are)
        states: Mapping[str, bytes] = {},
        *,
        marks: Sequence[Mark] = (),
        gateway_above: Sequence[float] = (300.0,),
        places: Sequence[Where] = (),
    ) -> None:
        wanted = tuple(dict.fromkeys(marks)) or ((Mark(silence, 1.0),) if silence is not None else ())
        self._sources: dict[str, Source] = {}
        self._numbered: list[Source] = []
        self._beacons = Beacons(gateway_above) if gateway else None
        numbered = self._beacons.numbered if self._beacons else ()
        self._fleet = Fleet(wanted, self._numbered, numbered) if wanted else None
        self._keeping = Keeping(self._fleet, self._beacons, self._source, (wanted, tuple(gateway_above), tuple(places)))
        self._keeping.restore(states)

    def hear(self, heard: Heard) -> list[Found]:
        """Proof of life: an uplink, a join, a device's status, a gateway's word. Who is heard again, with value 0."""
        points = heard.points
        if not points or points[-1].measurement != "radio":
            return self._other(heard)
        at, found, row = heard.received_at, [], -1
        source = self._sources.get(heard.source) or self._source(heard.source)
        if 0 < at - source.newest <= STALL:
            source.newest = at
        else:
            source.reach(at)
        fleet, beacons = self._fleet, self._beacons
        if fleet is not None:
            row = fleet.uplink(source, at, heard.dev_eui, points[-1])
            if fleet.over:
                found, fleet.over = fleet.over, found
        if beacons is None:
            return found
        for name in heard.gateways:
            gateway = beacons.named.get(name) or beacons.meet(name, source)
            if at >= gateway.calm or gateway.source is not source:
                found += self._alive(gateway, source, at)
            elif at > gateway.last:
                gateway.last = at
                beacons.changed.add(name)
            if row >= 0 and fleet is not None:
                fleet.roster.heard_by(row, gateway.index)
        return found

    def look(self, watermarks: Mapping[str, int]) -> list[Found]:
        """What has become due since.

        Args:
            watermarks: by source: up to when, ns UTC, everything has been heard.
        """
        found: list[Found] = []
        for name, watermark in watermarks.items():
            source = self._sources.get(name)
            if source is not None and watermark >= source.watermark + STEP:
                minutes = watermark // MINUTE - source.watermark // MINUTE
                source.watermark = watermark
                source.reach(watermark)
                found += self._due(source, watermark)
                found += self._grown(source) if minutes else []
        return found

    def take_states(self) -> dict[str, bytes]:
        """What changed since it was asked last, by key; b"" of what is forgotten."""
        if self._beacons is not None and self._fleet is not None:
            self._beacons.changed |= self._fleet.grown
            self._fleet.grown.clear()
        return self._keeping.take(self._numbered)

    def _other(self, heard: Heard) -> list[Found]:
        """An event that is no uplink, or an uplink whose own rows do not come last."""
        for point in heard.points:
            if point.measurement == "radio":
                return self.hear(heard._replace(points=(point,)))
        if not heard.points:
            return []
        point, at = heard.points[0], heard.received_at
        if point.measurement == "gateway" and self._beacons is not None:
            source = self._sources.get(heard.source) or self._source(heard.source)
            source.reach(at)
            return self._gateway(source, at, point.tags[0], dict(point.fields))
        if self._fleet is not None and heard.dev_eui and _lives(point):
            source = self._sources.get(heard.source) or self._source(heard.source)
            source.reach(at)
            return self._fleet.alive(source, at, heard.dev_eui, point.tags[1:4])
        return []

    def _gateway(self, source: Source, at: int, name: str, fields: Mapping[str, float | str]) -> list[Found]:
        """What a gateway, or its broker, says of it."""
        assert self._beacons is not None  # noqa: S101
        gateway = self._beacons.named.get(name) or self._beacons.meet(name, source)
        if fields.get("online") == 0.0:
            self._beacons.left(gateway, source, at)
            return []
        return self._alive(gateway, source, at)

    def _alive(self, gateway: Gateway, source: Source, at: int) -> list[Found]:
        assert self._beacons is not None  # noqa: S101
        found = self._beacons.alive(gateway, source, at)
        if gateway.muted and not gateway.down and self._fleet is not None:
            self._fleet.wake(gateway)
        return found

    def _due(self, source: Source, watermark: int) -> list[Found]:
        """Gateways first, which have negative numbers: a device may be silent because of them."""
        waiting = [(span, who) for span, some in source.wheel.take(watermark >> SPAN) for who in some]
        found: list[Found] = []
        for span, who in waiting:
            if who < 0:
                found += self._look_at_gateway(-who, span, source, watermark)
        if self._fleet is not None:
            for span, who in waiting:
                if who >= 0:
                    found += self._fleet.look(who, span, source, watermark)
        return sorted(found, key=lambda one: (one.time, one.scope.key)) if found else found

    def _look_at_gateway(self, index: int, span: int, source: Source, watermark: int) -> list[Found]:
        assert self._beacons is not None  # noqa: S101
        gateway = self._beacons.numbered[index]
        if gateway is None or gateway.span != span or gateway.source is not source:
            return []
        found = self._beacons.look(gateway, watermark)
        if not found or self._fleet is None:
            return found
        behind = self._fleet.behind(gateway)  # those that are not due yet, too: whoever goes there wants to know them
        return [one._replace(devices=behind) for one in found]

    def _grown(self, source: Source) -> list[Found]:
        """Gateways that were told, and by which more devices are silent than was told."""
        return self._beacons.grown(source) if self._beacons is not None else []

    def _source(self, name: str, newest: int = 0, resumed: int = 0, watermark: int = 0) -> Source:
        known = self._sources.get(name)
        if known is None:
            known = self._sources[name] = Source(name, len(self._numbered), newest, resumed)
            known.watermark = watermark
            self._numbered.append(known)
        return known


def _lives(point: Point) -> bool:
    """Whether a device's event shows that it has sent something: a join, or a status that it was asked for."""
    if point.measurement == "lns_event":
        return point.tags[4] == "join"
    return point.measurement == "device" and any(name == "margin" for name, _ in point.fields)
