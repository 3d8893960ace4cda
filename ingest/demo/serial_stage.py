"""Modem, worker and city: the demo without broker or network server, at a simulated serial port."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Self

from gateways.simulator.modems import Rn2903Modem
from gateways.simulator.modems.plugged import Plugged
from ingest.app import Worker
from ingest.config import Network, Serial, Settings
from ingest.data_dir import make
from ingest.demo.air import AirTraffic
from ingest.demo.latency import Sampler
from ingest.demo.stage import NAME, PATIENCE, Stage
from ingest.errors import CityloraError
from ingest.observe.log import Lines
from ingest.observe.troubles import SUBSCRIBED
from ingest.radio import store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PORT = "demo-modem"
KEY = "demo-network.key"
CHANNEL = "921.4 SF7"


class SerialStage(Stage):
    """What runs while the context is open; see `Stage`.

    Args:
        folder: the data directory; the port and the network key stand in it.
        devices: how many there are in the city.
        rate: uplinks/s.
        log: where the worker's lines go.
    """

    traffic: AirTraffic

    def __init__(self, folder: Path, devices: int, rate: float, log: Callable[[str], None]) -> None:
        self.folder = folder
        self._plugged = Plugged(Rn2903Modem(), folder / PORT)
        settings = _settings(folder)
        self.sampler = Sampler(lambda: max(0, self.worker.consumers[0].cursor.seq - self.before))
        self.traffic = AirTraffic(devices, rate, self.sampler.note)
        with closing(store(settings)) as enrolled:
            for member in self.traffic.members:
                enrolled.add(member.device, member.session)
        self.worker = Worker(settings, Lines(lambda line: None if line.startswith(SUBSCRIBED) else log(line)))
        self.before = self.worker.journal.given
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._plugged)
            self.worker.start()
            stack.callback(self.worker.stop)
            radio = self.worker.radio
            if radio is None or not radio.sources[0].connected.wait(PATIENCE):
                raise CityloraError("the demo's modem does not answer")
            self.traffic.listen(self._plugged)
            stack.callback(self.traffic.stop)
            self.sampler.start()
            stack.callback(self.sampler.stop)
            self._open = stack.pop_all()
        return self

    @property
    def failure(self) -> str:
        """See `Stage`."""
        return self.worker.failed or self.traffic.failure


def _settings(folder: Path) -> Settings:
    """The configuration; the environment's is for the real worker, except a network key."""
    make(folder)
    key = folder / KEY
    if not key.exists():
        key.touch(0o600)
        key.write_text(os.urandom(32).hex(), "utf-8")
    (folder / PORT).unlink(missing_ok=True)  # of a demo that was killed
    modem = Serial(name=NAME, modem="rn2903", port=str(folder.absolute() / PORT), listen=(CHANNEL,))
    return Settings.model_construct(data_dir=folder, serial=(modem,), network=Network(name=NAME, key_file=key))
