"""Everything that a city's network server publishes, in order: uplinks and all that happens beside them.

Some nine of ten messages are uplinks; the rest are joins, statuses, downlinks with their acknowledgements, locations,
the server's complaints, and what the gateways say of themselves. Frames may be lost on their way to the server and in
it; whoever asks is told which, and why. The same city, start and rate give the same messages in every run.
"""

from __future__ import annotations

import heapq
from itertools import count, cycle
from typing import TYPE_CHECKING, NamedTuple

from gateways.simulator import json_text, moments, protobuf
from gateways.simulator.events import KINDS, REGION, SECOND, Conn
from gateways.simulator.meter import Meter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gateways.simulator.city import City
    from gateways.simulator.events import OfDevice, OfGateway, Up
    from gateways.simulator.member import Member

__all__ = ["BURST", "KINDS", "RADIO", "Life", "Lost", "Publication"]

RADIO = "radio"
"""No gateway heard the frame."""

BURST = "burst"
"""Gateways heard the frame and count it in their stats; the server dropped it, since a newer one overtook it there."""

STATS_EVERY = 30.0
"""Seconds between two reports of a gateway."""

_FEWEST_BETWEEN = 10
"""Messages between two gateways' reports, at least: at a low rate a large city would publish nothing else."""

_IN_BURST = (2, 4)  # frames that a gateway's queue holds, at least and at most
_BURST_STEP = 20_000_000  # ns between two of them


class Publication(NamedTuple):
    """A message as the server, or a gateway, publishes it; `at` is when, ns UTC."""

    at: int
    topic: str
    payload: bytes
    retain: bool = False

    @property
    def kind(self) -> str:
        """The last level of the topic."""
        return self.topic.rpartition("/")[2]


class Lost(NamedTuple):
    """A frame that never became an event, between two of the same session that did.

    Attributes:
        cause: `RADIO` or `BURST`.
        dev_addr: the session, 8 hex digits: a join lets the counter begin again.
        at: when the device sent it, ns UTC.
    """

    dev_eui: str
    f_cnt: int
    cause: str
    dev_addr: str
    at: int


class _Later(NamedTuple):
    """Something that is due at a time; `number` keeps the order of what is due at once."""

    at: int
    number: int
    member: Member
    event: OfDevice


class Life:
    """A city's messages.

    Args:
        city: whose devices speak; nobody else may let them speak meanwhile.
        kinds: which are published; what is left out happens all the same.
        radio_loss: of all frames, how many no gateway hears; below 1.
        bursts: of all turns of a device, at how many its gateway hands over several frames at once, of which the
            server keeps the newest alone. Of about half of the others it says so in a `log`.
        stats_every: seconds between two reports of a gateway.

    Attributes:
        lost: the frames that are missing so far, each once an uplink of the same session has come after it.
    """

    def __init__(
        self,
        city: City,
        *,
        kinds: Collection[str] = KINDS,
        radio_loss: float = 0.0,
        bursts: float = 0.0,
        stats_every: float = STATS_EVERY,
    ) -> None:
        if unknown := set(kinds) - set(KINDS):
            raise ValueError(f"no kind of event: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
        if not 0 <= radio_loss < 1:
            raise ValueError("radio_loss is a share of the frames, from 0 to below 1")
        self.lost: list[Lost] = []
        self._city, self._kinds = city, frozenset(kinds)
        self._radio_loss, self._bursts, self._stats_every = radio_loss, bursts, stats_every
        self._draw = city.random("life")
        self._moments = moments.Moments(self._draw)
        self._meters = {gateway.gateway_id: Meter(gateway) for gateway in city.gateways}
        self._later: list[_Later] = []
        self._numbers = count()
        self._missing: dict[int, list[Lost]] = {}  # by member; what no uplink has come after yet
        self._heard: set[int] = set()  # members of whose session an uplink has come

    def stream(self, start_ns: int, rate: float) -> Iterator[Publication]:
        """Messages from `start_ns` on, `rate` a second of all kinds together: without end where there is one.

        Gateways report every `stats_every` seconds, or so seldom that nine of ten messages are of devices.
        Two messages of one frame stand at the same time.
        """
        yield from self._connections(start_ns)
        if self._kinds == {"conn"}:
            return
        turn = 0
        order = cycle(self._city.order())
        reports = self._reports(start_ns, rate)
        due, meter = next(reports)
        while True:
            at = start_ns + round(turn * SECOND / rate)
            if at >= due:
                said: list[Publication | None] = [self._gateway(meter.report(at, self._draw), at)]
                due, meter = next(reports)
            elif self._later and self._later[0].at <= at:
                later = heapq.heappop(self._later)
                said = [self._device(later.member, later.event, at)]
            else:
                said = [self._device(member, event, at) for member, event in self._speak(next(order), at)]
            turn += len(said)
            yield from filter(None, said)

    def _connections(self, start_ns: int) -> Iterator[Publication]:
        yield from filter(
            None, (self._gateway(Conn(gateway, online=True), start_ns) for gateway in self._city.gateways)
        )

    def _reports(self, start_ns: int, rate: float) -> Iterator[tuple[int, Meter]]:
        """Whose report is due when: the gateways in turn."""
        every = round(SECOND * max(self._stats_every / len(self._meters), _FEWEST_BETWEEN / rate))
        for number, meter in enumerate(cycle(self._meters.values()), 1):
            yield start_ns + number * every, meter

    def _speak(self, index: int, at: int) -> list[tuple[Member, OfDevice]]:
        """What a device's turn brings; nothing where its frame is lost."""
        member = self._city.members[index]
        if index in self._heard:
            if self._radio_loss and self._draw.random() < self._radio_loss:
                self._lose(index, member.speak(at), at, RADIO)
                return []
            if self._bursts and self._draw.random() < self._bursts:
                return self._burst(index, at)
        said = self._moments.draw(member, at, may_join=index not in self._missing)
        return [(member, event) for event in self._happen(index, member, said)]

    def _happen(self, index: int, member: Member, said: moments.Said) -> list[OfDevice]:
        for up in said.frames:
            self._count(member, up)
        for gateway_id, status in said.downlinks:
            self._meters[gateway_id].told(status)
        for event in said.later:
            heapq.heappush(self._later, _Later(event.time, next(self._numbers), member, event))
        if said.joined:
            self._heard.discard(index)
        elif said.up:
            self._heard.add(index)
            self.lost += self._missing.pop(index, ())
        return said.events

    def _burst(self, index: int, at: int) -> list[tuple[Member, OfDevice]]:
        """A gateway's queue is emptied: the newest frame wins."""
        member = self._city.members[index]
        size = self._draw.randint(*_IN_BURST)
        logs: list[OfDevice] = []
        for before in range(size - 1, 0, -1):
            up = member.speak(at - before * _BURST_STEP)
            self._count(member, up)
            self._lose(index, up, at, BURST)
            if self._draw.random() < 0.5:  # noqa: PLR2004  (half of them)
                logs.append(moments.frame_counter_log("UPLINK_F_CNT_RESET", up))
        said = moments.only(member.speak(at))
        events = [*logs, *self._happen(index, member, said)]
        self._draw.shuffle(events)
        return [(member, event) for event in events]

    def _lose(self, index: int, up: Up, at: int, cause: str) -> None:
        member = self._city.members[index]
        lost = Lost(member.device.dev_eui, up.f_cnt, cause, f"{up.dev_addr:08x}", at)
        self._missing.setdefault(index, []).append(lost)

    def _count(self, member: Member, up: Up) -> None:
        for heard in up.receptions:
            gateway_id = member.receptions[heard.link].gateway.gateway_id
            self._meters[gateway_id].heard(heard, up.frequency, up.spreading_factor)

    def _device(self, member: Member, event: OfDevice, at: int) -> Publication | None:
        if event.kind not in self._kinds:
            return None
        return Publication(at, member.topic + event.kind, member.encoder.encode(event))

    def _gateway(self, event: OfGateway, at: int) -> Publication | None:
        if event.kind not in self._kinds:
            return None
        level = "state" if isinstance(event, Conn) else "event"
        topic = f"{self._city.prefix}{REGION}/gateway/{event.gateway.gateway_id}/{level}/{event.kind}"
        payload = (protobuf if self._city.protobuf else json_text).gateway(event)
        return Publication(at, topic, payload, retain=isinstance(event, Conn))
