"""A city's uplinks on their way to a real broker, and the account of which of them the broker has taken."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from gateways.simulator import City
from gateways.simulator.publish import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.simulator.city import Device

HOST = "127.0.0.1"
SECOND = 1_000_000_000

RATE = 1000.0
"""Uplinks a second: the simulated clock of a city, and how fast it is published where nothing else is said."""


class Key(NamedTuple):
    """What an uplink is known by in a sink: its row of `radio` has both."""

    dev_eui: str
    f_cnt: int


class Traffic:
    """A city's uplinks, and which of them the broker has taken.

    Attributes:
        behind: seconds by which the network server's clock is behind.
    """

    def __init__(self, port: int, devices: int = 100, seed: int = 1, *, unknown_model: int = 0) -> None:
        """`unknown_model`: one uplink in so many is of a model that has no decoder; 0: none."""
        self.behind = 0
        self.published: list[Key] = []
        self.undecodable = 0
        self._port = port
        self._devices = devices
        self._unknown_model = unknown_model
        self._city = City(devices, seed)
        self._began = time.time_ns()
        self._made = 0
        self._waiting: deque[tuple[int, str, bytes]] = deque()

    @property
    def devices(self) -> tuple[Device, ...]:
        """The city's devices, in the order in which they speak."""
        return self._city.devices

    def publish(self, count: int | None = None, rate: float | None = None, stop: threading.Event | None = None) -> int:
        """Publish so many uplinks (or until `stop`); returns how many the broker has acknowledged: all of them."""
        taken: list[tuple[int, str, bytes]] = []
        acknowledged = publish(HOST, self._port, self._take(count, taken), rate, stop=stop)
        assert count is None or acknowledged == count
        assert len(taken) - acknowledged <= 1  # the publisher looks at `stop` with the next uplink in its hand
        self._waiting.extendleft(reversed(taken[acknowledged:]))
        for _, topic, payload in taken[:acknowledged]:
            self.published.append(Key(topic.split("/")[3], json.loads(payload)["fCnt"]))
            self.undecodable += b"city/unknown" in payload
        return acknowledged

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

    def _take(self, count: int | None, taken: list[tuple[int, str, bytes]]) -> Iterator[tuple[int, str, bytes]]:
        while count is None or len(taken) < count:
            taken.append(self._waiting.popleft() if self._waiting else self._next())
            yield taken[-1]

    def _next(self) -> tuple[int, str, bytes]:
        number, self._made = self._made, self._made + 1
        at = self._began + round(number * SECOND / RATE) - self.behind * SECOND
        topic, payload = self._city.uplink(number % self._devices, at)
        if self._unknown_model and number % self._unknown_model == 0:
            event = json.loads(payload)
            event["deviceInfo"]["tags"]["model"] = "city/unknown"
            payload = json.dumps(event).encode()
        return at, topic, payload
