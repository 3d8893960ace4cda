"""What befalls the worker, its brokers and InfluxDB, one fault at a time, in turn."""

from __future__ import annotations

import resource
import signal
import time
from itertools import cycle
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.harness import Site, Worker
    from tests.servers import InfluxDB, Mosquitto
    from tests.soak.watch import Watch

AWAY = 20.0  # s without InfluxDB
SILENT = 5.0  # s without a broker
HUNG = 10.0  # s that the worker stands still
FULL = 10.0  # s that no file may grow
KILL = "kill_the_worker"
FAULTS = (
    "stop_influxdb", "kill_influxdb", "stop_a_broker", "kill_a_broker", "hang_the_worker", "hang_up", "full_disk",
)  # fmt: skip
"""Methods of `Stage`: what a worker lives through."""

NEAR = 2.0
"""Seconds of traffic that may be pending where all is well again."""


class Fault(NamedTuple):
    """One that is over: when it began, how long it took, and how long until nothing was behind any more.

    `well_after` is None where something still was when the next one was due.
    """

    name: str
    at: float
    seconds: float
    well_after: float | None
    worst_pending: int


class Stage:
    """The worker and all that it needs, and what can be done to them. Belongs to the main thread.

    Attributes:
        worker: the process of the moment.
        broker_kills: (which of the brokers, when in seconds since 1970).
    """

    def __init__(
        self, site: Site, brokers: tuple[Mosquitto, Mosquitto], influxdb: InfluxDB, watch: Watch, rate: float
    ) -> None:
        self._site, self._brokers, self._influxdb = site, brokers, influxdb
        self._watch, self._rate = watch, rate
        self.broker_kills: list[tuple[int, float]] = []
        self.worker: Worker = self._start()

    def befall(self, kills: Callable[[], bool]) -> Iterator[Callable[[float], Fault]]:
        """Faults without end; each takes the seconds that it may wait for all to be well again.

        Args:
            kills: whether the worker may be killed now.
        """
        for name in cycle((KILL, *FAULTS)):
            if name != KILL or kills():
                yield lambda patience, name=name: self._run(name, patience)  # type: ignore[misc]

    def _run(self, name: str, patience: float) -> Fault:
        at = self._watch.seconds
        getattr(self, name)()
        over = self._watch.seconds
        while not self._well() and self._watch.seconds < over + patience:
            time.sleep(0.2)
        well = self._watch.seconds - over if self._well() else None
        return Fault(
            name.replace("_", " "),
            round(at, 1),
            round(over - at, 1),
            None if well is None else round(well, 1),
            self._watch.worst_pending(at),
        )

    def _well(self) -> bool:
        return self.worker.subscribed and self._site.state().identity.pending < NEAR * self._rate

    def kill(self) -> None:
        """The worker of the moment."""
        self.worker.kill()

    def kill_the_worker(self) -> None:
        """SIGKILL; another one follows a second later."""
        self._watch.follow(0)
        self.worker.kill()
        time.sleep(1)
        self.worker = self._start()

    def stop_influxdb(self) -> None:
        """It is away for a while."""
        self._influxdb.stop()
        time.sleep(AWAY)
        self._influxdb.start()

    def kill_influxdb(self) -> None:
        """SIGKILL, in the middle of writes."""
        self._influxdb.kill()
        self._influxdb.start()

    def stop_a_broker(self) -> None:
        """SIGTERM: it writes down what it has."""
        self._brokers[0].stop()
        time.sleep(SILENT)
        self._brokers[0].start()

    def kill_a_broker(self) -> None:
        """SIGKILL: what it took and had not handed over goes with it."""
        self.broker_kills.append((1, time.time()))
        self._brokers[1].kill()
        time.sleep(SILENT)
        self._brokers[1].start()

    def hang_the_worker(self) -> None:
        """SIGSTOP, then SIGCONT."""
        self.worker.send(signal.SIGSTOP)
        time.sleep(HUNG)
        self.worker.send(signal.SIGCONT)

    def hang_up(self) -> None:
        """SIGHUP: it reads again what may change."""
        self.worker.send(signal.SIGHUP)

    def full_disk(self) -> None:
        """No file of the worker may grow (RLIMIT_FSIZE): writes fail as on a full disk."""
        largest = max(path.stat().st_size for path in self._site.data.iterdir())
        for limit in (largest, resource.RLIM_INFINITY):
            resource.prlimit(self.worker.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            time.sleep(FULL if limit == largest else 0)

    def _start(self) -> Worker:
        worker = self._site.worker().until_subscribed()
        self._watch.follow(worker.pid)
        return worker
