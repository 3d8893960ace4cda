"""A small city with its own truth: regular devices, gateways that count what they hear, frames whose fate is known."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from gateways.rfc3339 import render
from gateways.uplink import Event
from ingest.intake.intake import Intake
from ingest.journal.entry import Cause
from tests.fakes.uplinks import START, uplink

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 3600 * SECOND
SOURCE, DEV_ADDR = "main", "01000101"
DEVICES, GATEWAYS, PERIOD, REPORT, LENGTH = 40, 4, 5 * MINUTE, 30 * SECOND, 8 * HOUR
DELAY = 200_000_000
"""From the gateway to the event: the server waits for further copies."""

Key = tuple[str, str, int]
"""DevEUI, DevAddr and frame counter."""

Note = Callable[[Intake], None]
"""What the pipeline tells intake between two events."""


@dataclass
class Frame:
    """One frame of a device.

    Attributes:
        at: when it was sent.
        heard: the gateways that received it.
        ns: when the server had it.
        fate: why it never came; None where it did.
    """

    device: int
    f_cnt: int
    at: int
    heard: tuple[int, ...]
    ns: int = 0
    fate: Cause | None = None

    @property
    def key(self) -> Key:
        return eui(self.device), DEV_ADDR, self.f_cnt


@dataclass
class World:
    """A city, and what happens to it.

    Attributes:
        stats: whether gateways report.
        mute: reports that do not come: from when to when, of which gateway (None: of all).
        extra: further things on the wire, with their times.
        drops: numbers of events that are dropped in our own process.
        foreign: frames of other people's devices that a gateway receives between two reports: how likely is one.
    """

    seed: int = 1
    stats: bool = True
    mute: list[tuple[int, int, int | None]] = field(default_factory=list)
    extra: list[tuple[int, Event | Note]] = field(default_factory=list)
    drops: list[range] = field(default_factory=list)
    foreign: float = 0.0

    def __post_init__(self) -> None:
        self.draw = Random(self.seed)
        self.frames = sorted(self._sent(), key=lambda frame: frame.at)

    def _sent(self) -> Iterator[Frame]:
        for device in range(DEVICES):
            near = device % GATEWAYS
            heard = (near,) if device % 3 else (near, (near + 1) % GATEWAYS)
            begin = START + self.draw.randrange(PERIOD)
            for f_cnt in range(LENGTH // PERIOD):
                at = begin + f_cnt * PERIOD + self.draw.randrange(2 * SECOND)
                yield Frame(device, f_cnt, at, heard, at)

    def between(self, since: int, until: int) -> list[Frame]:
        """The frames that are sent in a time, ns after the beginning."""
        return [frame for frame in self.frames if START + since <= frame.at < START + until]

    def lose(self, frames: Iterable[Frame], fate: Cause) -> None:
        """They never come."""
        for frame in frames:
            frame.fate = frame.fate or fate
            if fate is Cause.RADIO:
                frame.heard = ()

    def wire(self) -> Iterator[Event | Note]:
        """Everything in the order of its coming; what is dropped in our process is missing, and it is noted."""
        comes: list[tuple[int, Event | Note]] = [
            (frame.ns + DELAY, _up(frame)) for frame in self.frames if frame.fate in (None, Cause.LOST)
        ]
        comes += [*self._reports(), *self.extra]
        comes.sort(key=lambda one: one[0])
        dropped = {number: drop for drop in self.drops for number in drop}
        for number, (_, one) in enumerate(comes):
            if number not in dropped:
                yield one
            elif number == dropped[number][-1]:
                yield lost(len(dropped[number]))

    def _reports(self) -> Iterator[tuple[int, Event]]:
        if not self.stats:
            return
        for gateway in range(GATEWAYS):
            heard = sorted(frame.at for frame in self.frames if gateway in frame.heard)
            offset = self.draw.randrange(REPORT)
            place = 0
            for until in range(START + offset, START + LENGTH + PERIOD, REPORT):
                begin = place
                while place < len(heard) and heard[place] < until:
                    place += 1
                foreign = self.foreign > 0 and self.draw.random() < self.foreign
                if not self._muted(until, gateway):
                    yield until, _stats(gateway, until, place - begin + foreign)

    def _muted(self, at: int, gateway: int) -> bool:
        return any(since <= at - START < until and whose in (None, gateway) for since, until, whose in self.mute)


def eui(device: int) -> str:
    return f"02c17100000001{device:02x}"


def gateway_id(gateway: int) -> str:
    return f"02c171ffff0000{gateway:02x}"


def _up(frame: Frame) -> Event:
    links = [
        {"gatewayId": gateway_id(gateway), "nsTime": render(frame.ns), "rssi": -90, "snr": 5.0, "crcStatus": "CRC_OK"}
        for gateway in frame.heard
    ]
    return uplink(frame.f_cnt, f"{frame.f_cnt:08x}", at=frame.ns + DELAY, dev_eui=eui(frame.device), rxInfo=links)


def _gateway(gateway: int, level: str, at: int, said: dict[str, object]) -> Event:
    body = json.dumps({"gatewayId": gateway_id(gateway), **said}).encode()
    return Event(SOURCE, f"as923_2/gateway/{gateway_id(gateway)}/{level}", body, at)


def _stats(gateway: int, at: int, count: int) -> Event:
    said = {"time": render(at), "rxPacketsReceived": count + 1, "rxPacketsReceivedOk": count, "statsId": str(at)}
    return _gateway(gateway, "event/stats", at, said)


def conn(gateway: int, at: int, *, online: bool) -> Event:
    return _gateway(gateway, "state/conn", at, {"state": "ONLINE" if online else "OFFLINE"})


def reset_log(frame: Frame, at: int) -> Event:
    body = {
        "time": render(at),
        "deviceInfo": {"devEui": eui(frame.device)},
        "level": "WARNING",
        "code": "UPLINK_F_CNT_RESET",
        "context": {"f_cnt_up": str(frame.f_cnt), "deduplication_id": f"{frame.device:08x}-{frame.f_cnt}"},
    }
    return Event(SOURCE, f"application/a/device/{eui(frame.device)}/event/log", json.dumps(body).encode(), at)


def lost(events: int) -> Note:
    return lambda intake: intake.lost(SOURCE, events)
