"""A real worker whose broker is away, with everything that watches it; the test says when something looks."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from prometheus_client import CollectorRegistry

from gateways.handover import Handover
from gateways.uplink import Event
from ingest.app import Worker
from ingest.config import Broker, Lns, Settings
from ingest.config.alerts import Alerts
from ingest.delivery.overview import endpoint_names
from ingest.observe.glimpse import Glimpse
from ingest.observe.health import Health
from ingest.observe.heartbeat import Heartbeat
from ingest.observe.log import Lines
from ingest.observe.metrics import Collector, registry
from ingest.observe.watch import Watch
from ingest.outlets import consumer_names


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def __call__(self) -> float:
        return self.now


class _Steady(threading.Event):
    """Stays set: the worker's own attempts to connect go on, and fail."""

    def clear(self) -> None:
        pass


class Watched(NamedTuple):
    """A worker whose broker is away, and what watches it; the test says when something looks."""

    worker: Worker
    health: Health
    watch: Watch
    glimpse: Glimpse
    registry: CollectorRegistry
    clock: Clock
    said: list[str]

    def take(self, *events: Event) -> None:
        """Have events kept and delivered."""
        before = self.worker.journal.last
        self.worker.pipeline.report(Handover("city", 0, list(events), [0] * len(events)))
        until(lambda: self.worker.journal.last == before + len(events))
        until(lambda: all(one.cursor.seq == self.worker.journal.last for one in self.worker.consumers))

    def value(self, name: str, **labels: str) -> float | None:
        """One sample now."""
        found: float | None = self.registry.get_sample_value(name, labels)
        return found

    def read_anew(self) -> None:
        """What was read for an earlier sample is too old."""
        self.glimpse._good_until = 0.0

    def connect(self) -> None:
        """As if the broker were there."""
        self.worker.subscribers[0].connected = _Steady()
        self.worker.subscribers[0].connected.set()
        self.look()

    def look(self, seconds: float = 0.0) -> None:
        """Let so much time pass, in which intake goes on, and look."""
        self.clock.now += seconds
        self.worker.pipeline.turns += 1
        self.watch.look()


def until(done: Callable[[], object]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def watched(folder: Path, alerts: Alerts | None = None) -> Iterator[Watched]:
    """A worker on that folder, started."""
    said: list[str] = []
    settings = Settings(
        data_dir=folder, broker=(Broker(name="city", host="127.0.0.1", port=1),), lns=(Lns(name="chirpstack"),),
        alerts=alerts or Alerts(),
    )  # fmt: skip
    worker = Worker(settings, Lines(said.append))
    glimpse, clock = Glimpse(folder, consumer_names(settings), lambda: endpoint_names(settings)), Clock()
    health = Health(worker, glimpse, clock)
    heartbeat = Heartbeat(settings.heartbeat, health.silent, lambda: "", worker.troubles.causes)
    made = registry(Collector(worker, glimpse, health, heartbeat))
    watch = Watch(worker, health, glimpse)
    watch.read()
    worker.start()
    until(lambda: worker.pipeline.room)
    try:
        yield Watched(worker, health, watch, glimpse, made, clock, said)
    finally:
        worker.stop()
