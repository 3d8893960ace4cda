"""Broker, worker and city: begun in the order in which each needs the other, and ended so that nothing is lost."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from ingest.app import Worker
from ingest.config import Broker, Lns, Settings
from ingest.demo.broker_process import HOST, USER, BrokerProcess
from ingest.demo.latency import Sampler
from ingest.demo.traffic import Traffic
from ingest.errors import CityloraError
from ingest.observe.log import Lines
from ingest.observe.troubles import SUBSCRIBED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

NAME = "demo"
SINK = "store"

PATIENCE = 10.0
"""Seconds for the worker to subscribe, and at the end for the last uplinks to reach the store."""


class Stage:
    """What runs while the context is open.

    Args:
        broker: already on its way, since it takes as long to begin as all the rest.
        folder: the data directory.
        devices: how many there are in the city.
        rate: uplinks/s.
        log: where the worker's lines go.

    Attributes:
        before: events that the data directory held when the worker began.
    """

    def __init__(
        self, broker: BrokerProcess, folder: Path, devices: int, rate: float, log: Callable[[str], None]
    ) -> None:
        self.folder = folder
        port = broker.port()
        self.worker = Worker(
            _settings(folder, port), Lines(lambda line: None if line.startswith(SUBSCRIBED) else log(line))
        )
        self.before = self.worker.journal.given
        self.sampler = Sampler(lambda: max(0, self.worker.consumers[0].cursor.seq - self.before))
        self.traffic = Traffic(devices, rate, self.sampler.note)
        self._broker = broker
        self._port = port
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.worker.start()
            stack.callback(self.worker.stop)
            if not self.worker.subscribers[0].connected.wait(PATIENCE):
                raise CityloraError("the demo's broker does not take the worker's subscription")
            self.traffic.start(HOST, self._port, USER)
            stack.callback(self.traffic.stop)
            self.sampler.start()
            stack.callback(self.sampler.stop)
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def failure(self) -> str:
        """Why it cannot go on; "" while it can."""
        if not self._broker.alive:
            return "the demo's broker has ended"
        return self.worker.failed or self.traffic.failure

    def finish(self) -> None:
        """The city falls silent, then what it has said is taken to the store."""
        self.traffic.stop()
        deadline = time.monotonic() + PATIENCE
        while not (self._settled() or self.failure) and time.monotonic() < deadline:
            time.sleep(0.02)

    def _settled(self) -> bool:
        journal = self.worker.journal.last
        return journal - self.before >= self.traffic.acknowledged and self.worker.consumers[0].cursor.seq >= journal


def _settings(folder: Path, port: int) -> Settings:
    """The configuration, without the environment: what is set there, an InfluxDB above all, is for the real worker."""
    broker = Broker(
        name=NAME,
        host=HOST,
        port=port,
        username=USER,
        protocol="3.1.1",
        client_id=f"citylora-{NAME}-{os.getpid()}",  # a new one each time: this broker remembers no older session
    )
    return Settings.model_construct(data_dir=folder, broker=(broker,), lns=(Lns(name=NAME, broker=NAME),))
