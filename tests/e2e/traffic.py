"""A city's events on their way to a real broker, and the account of which of them the broker has taken."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from chirpstack_api import integration

from gateways.simulator import City, Life
from gateways.simulator.publish import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.simulator import Device
    from gateways.simulator.publish import Event

HOST = "127.0.0.1"
SECOND = 1_000_000_000

RATE = 1000.0
"""Uplinks a second: the simulated clock of a city, and how fast it is published where nothing else is said."""


STRANGER = "city/unknown"
"""A model that has no decoder."""


class Key(NamedTuple):
    """What an uplink is known by in a sink: its row of `radio` has both."""

    dev_eui: str
    f_cnt: int


class Mark(NamedTuple):
    """How much a broker had taken at one moment."""

    published: int
    kinds: Counter[str]
    undecodable: int


class Traffic:
    """A city's uplinks, and which of them the broker has taken.

    Attributes:
        behind: seconds by which the network server's clock is behind.
        kinds: how many events of each kind the broker has taken; `published` has the uplinks of them.
    """

    def __init__(self, port: int, devices: int = 100, seed: int = 1, *, unknown_model: int = 0) -> None:
        """`unknown_model`: one uplink in so many is of a model that has no decoder; 0: none."""
        self.behind = 0
        self.published: list[Key] = []
        self.kinds: Counter[str] = Counter()
        self.undecodable = 0
        self._port = port
        self._devices = devices
        self._unknown_model = unknown_model
        self._city = City(devices, seed)
        self._began = time.time_ns()
        self._made = 0
        self._waiting: deque[Event] = deque()

    @property
    def devices(self) -> tuple[Device, ...]:
        """The city's devices, in the order in which they speak."""
        return self._city.devices

    def publish(self, count: int | None = None, rate: float | None = None, stop: threading.Event | None = None) -> int:
        """Publish so many events (or until `stop`); returns how many the broker has acknowledged: all of them."""
        taken: list[Event] = []
        acknowledged = publish(HOST, self._port, self._take(count, taken), rate, stop=stop)
        assert count is None or acknowledged == count
        assert len(taken) - acknowledged <= 1  # the publisher looks at `stop` with the next uplink in its hand
        self._waiting.extendleft(reversed(taken[acknowledged:]))
        for _, topic, payload, *_ in taken[:acknowledged]:
            kind = topic.rpartition("/")[2]
            self.kinds[kind] += 1
            if kind == "up":
                self.published.append(Key(topic.split("/")[3], f_cnt(payload)))
                self.undecodable += STRANGER.encode() in payload
        return acknowledged

    def mark(self) -> Mark:
        """What the broker has taken so far."""
        return Mark(len(self.published), self.kinds.copy(), self.undecodable)

    def forget(self, mark: Mark) -> None:
        """The broker has lost all that it took since then: nobody can be held to account for it."""
        del self.published[mark.published :]
        self.kinds, self.undecodable = mark.kinds.copy(), mark.undecodable

    def round(self) -> int:
        """Each device speaks once."""
        return self.publish(self._devices)

    @contextmanager
    def flowing(self, rate: float = RATE) -> Iterator[None]:
        """Publish in the background, until the end of the block."""
        stop = threading.Event()
        failures: list[BaseException] = []

        def run() -> None:
            try:
                self.publish(None, rate, stop)
            except BaseException as error:  # noqa: BLE001  (raised below, in the test's thread)
                failures.append(error)

        thread = threading.Thread(target=run, name="traffic")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
        if failures:
            raise failures[0]

    def _take(self, count: int | None, taken: list[Event]) -> Iterator[Event]:
        while count is None or len(taken) < count:
            taken.append(self._waiting.popleft() if self._waiting else self._next())
            yield taken[-1]

    def _next(self) -> Event:
        number, self._made = self._made, self._made + 1
        at = self._began + round(number * SECOND / RATE) - self.behind * SECOND
        topic, payload = self._city.uplink(number % self._devices, at)
        return at, topic, self._strange(number, payload)

    def _strange(self, number: int, payload: bytes) -> bytes:
        """The uplink, each so manyth of a model that nobody knows; but where it has no bytes, no decoder is missed."""
        if not self._unknown_model or number % self._unknown_model:
            return payload
        if not payload.startswith(b"{"):
            up = _protobuf(payload)
            if not up.data:
                return payload
            up.device_info.tags["model"] = STRANGER
            whole: bytes = up.SerializeToString()
            return whole
        event = json.loads(payload)
        if not event["data"]:
            return payload
        event["deviceInfo"]["tags"]["model"] = STRANGER
        return json.dumps(event).encode()


class Mixed(Traffic):
    """Everything that one ChirpStack server and its gateways publish, of every kind, in one of its encodings.

    Attributes:
        life: the city; it knows which frames it has lost.
    """

    def __init__(
        self,
        port: int,
        devices: int = 100,
        seed: int = 1,
        *,
        protobuf: bool = False,
        unknown_model: int = 0,
        radio_loss: float = 0.0,
        bursts: float = 0.0,
    ) -> None:
        super().__init__(port, devices, seed, unknown_model=unknown_model)
        self._city = City(devices, seed, protobuf=protobuf)
        self.life = Life(self._city, stats_every=1.0, radio_loss=radio_loss, bursts=bursts)
        self._stream = self.life.stream(self._began, RATE)

    def _next(self) -> Event:
        event = next(self._stream)
        if event.kind != "up":
            return event
        number, self._made = self._made, self._made + 1
        return event._replace(payload=self._strange(number, event.payload))


def f_cnt(payload: bytes) -> int:
    """The frame counter of an uplink in either encoding."""
    return int(json.loads(payload)["fCnt"] if payload.startswith(b"{") else _protobuf(payload).f_cnt)


def _protobuf(payload: bytes) -> Any:
    up: Any = integration.UplinkEvent()
    up.ParseFromString(payload)
    return up
