"""The simulated city at work: its devices speak in turn, and two of them have a fault on purpose.

Each event is made at the moment when it is published, so the times in it are true.
"""

from __future__ import annotations

import random
import re
import threading
import time
from itertools import cycle
from typing import TYPE_CHECKING, NamedTuple

from gateways.simulator import WIDE, City
from gateways.simulator.publish import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateways.simulator import Device

FEWEST_FOR_FAULTS = 10
"""In a smaller city every device is well."""

UNKNOWN_MODEL = "prototype/tide-gauge"
WRONG_PORT = 224
"""LoRaWAN's test protocol: no model sends measurements there, also where its owner can set the port."""

_CATCH_UP = 1.0  # s: a longer stall is not made up for


class Sent(NamedTuple):
    """How far the city has spoken: uplinks, their bytes of JSON, and when the last one went out (monotonic, s)."""

    uplinks: int = 0
    size: int = 0
    at: float = 0.0


class Traffic:
    """Publishes uplinks from `start` to `stop`.

    Args:
        devices: how many there are in the city.
        rate: uplinks/s.
        on_sent: called as each goes out, in a thread of the city's own.

    Attributes:
        faulty: how many devices have a fault.
        sent: what was given to the MQTT client; replaced, never changed.
        acknowledged: how many the broker has taken; known after `stop`.
        seconds: how long it published; likewise.
        failure: why it ended by itself; "" where it did not.
    """

    def __init__(self, devices: int, rate: float, on_sent: Callable[[Sent], None]) -> None:
        self.city = City(devices, models=WIDE)
        self.sent = Sent()
        self.acknowledged = 0
        self.seconds = 0.0
        self.failure = ""
        self._on_sent = on_sent
        self._interval = 1 / rate
        self._faults = _faults(self.city.devices)
        self.faulty = len(self._faults)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="city")
        self._address = ("", 0, "")

    def start(self, host: str, port: int, user: str) -> None:
        """Begin to publish; returns at once."""
        self._address = (host, port, user)
        self._thread.start()

    def stop(self) -> None:
        """Publish no more, and wait for the broker's acknowledgements."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        host, port, user = self._address
        began = time.monotonic()
        try:
            self.acknowledged = publish(host, port, self._uplinks(), stop=self._stop, username=user)
        except OSError as error:
            self.failure = f"the city cannot publish: {error}"
        self.seconds = (self.sent.at or began) - began

    def _uplinks(self) -> Iterator[tuple[int, str, bytes]]:
        """(at, topic, payload) of each uplink, when it is due."""
        order = random.Random(0).sample(range(len(self.city.devices)), len(self.city.devices))  # noqa: S311
        due = time.monotonic()
        for index in cycle(order):
            if self._stop.wait(max(0.0, due - time.monotonic())):
                return
            at = time.time_ns()
            topic, payload = self.city.uplink(index, at)
            if index in self._faults:
                payload = self._faults[index](payload)
            self.sent = Sent(self.sent.uplinks + 1, self.sent.size + len(payload), time.monotonic())
            self._on_sent(self.sent)
            yield at, topic, payload
            due = max(due + self._interval, time.monotonic() - _CATCH_UP)


def _faults(devices: tuple[Device, ...]) -> dict[int, Callable[[bytes], bytes]]:
    """What is wrong with which device: one is of a model without decoder, another one speaks on a wrong port."""
    if len(devices) < FEWEST_FOR_FAULTS:
        return {}
    stranger = len(devices) - 1
    model = f'"model":"{devices[stranger].model}"'.encode()
    return {
        stranger: lambda payload: payload.replace(model, f'"model":"{UNKNOWN_MODEL}"'.encode()),
        stranger - 1: lambda payload: re.sub(rb'"fPort":[0-9]+', b'"fPort":%d' % WRONG_PORT, payload),
    }
