"""A subject at work under a steady load: started, subscribed, then published to from a process of its own."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from tests.bench import broker
from tests.bench.broker import Subscriptions
from tests.bench.load import Published
from tests.bench.process import Process
from tests.bench.subjects import make
from tests.servers import InfluxDB, Mosquitto

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.subjects import Subject

PREPARES_WITHIN = 120.0  # s: the publisher builds its city first
QUIET = 5.0  # s without a new row after which none is expected
LOOK = 0.25


class Load(NamedTuple):
    """Who is measured, and what is published to it.

    Attributes:
        rate: uplinks a second.
        recurring: the cheap publisher, for rates at which making events would take the CPU of who is measured.
        debian: the broker as Debian installs it.
        extra: further tables of citylora's configuration.
    """

    subject: str
    devices: int
    rate: float
    seconds: float
    recurring: bool = False
    debian: bool = False
    extra: str = ""

    def command(self, port: int) -> list[str]:
        """The publisher's command line."""
        return [
            *(sys.executable, "-m", "tests.bench.load", "--port", str(port), "--devices", str(self.devices)),
            *("--rate", str(self.rate), "--seconds", str(self.seconds), *["--recurring"] * self.recurring),
        ]


class Steady:
    """A running subject and a running publisher."""

    def __init__(self, load: Load, subject: Subject, process: Process, publisher: Process, printed: Path) -> None:
        self.load, self.subject, self.process = load, subject, process
        self._publisher, self._printed = publisher, printed

    def publishing(self) -> bool:
        """Whether the publisher is still at it; RuntimeError where the subject has ended."""
        self.process.check()
        return self._publisher.running()

    def published(self) -> Published:
        """What was published, once it all is."""
        self._publisher.wait(PREPARES_WITHIN + 2 * self.load.seconds)
        return Published(**json.loads(self._printed.read_text("utf-8")))

    def settle(self, rows: int) -> int:
        """Wait until so many rows can be queried, or until no more come; returns how many there are."""
        found, changed = self.subject.rows(), time.monotonic()
        while found < rows and time.monotonic() - changed < QUIET:
            time.sleep(LOOK)
            now = self.subject.rows()
            if now != found:
                found, changed = now, time.monotonic()
        return found


@contextmanager
def steady(folder: Path, load: Load) -> Iterator[Steady]:
    """Everything running; nothing of it afterwards."""
    config = "" if load.debian else broker.CONFIGURATION
    with (
        Mosquitto(folder / "mosquitto", config=config, debian_default=load.debian) as mosquitto,
        InfluxDB(folder / "influxdb") as influxdb,
    ):
        subject = make(load.subject, folder, mosquitto, influxdb, extra=load.extra)
        with Subscriptions(mosquitto.port) as subscriptions:
            process = subject.start()
            try:
                subscriptions.wait_for_another(process)
            except BaseException:
                process.kill()
                raise
        printed = folder / "published.json"
        publisher = Process(load.command(mosquitto.port), printed)
        try:
            yield Steady(load, subject, process, publisher, printed)
        finally:
            publisher.kill()
            process.kill()
