"""A modem at a serial port and no network server: a real worker between pseudo-terminals and the embedded store."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from gateways.network.store import SessionStore
from gateways.simulator.modems import MODEMS
from gateways.simulator.modems.modem import Air
from gateways.simulator.modems.plugged import Faults, Plugged
from ingest.data_dir import make, open_network
from tests.e2e.harness import Site as BrokerSite
from tests.e2e.harness import Worker, same, until
from tests.e2e.traffic import Key
from tests.fakes.lorawan_device import NETWORK_KEY, Sensor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAYLOAD = bytes.fromhex("01756403671901046873057d6704")
FAMILIES = {"attic": "rn2903", "roof": "sketch"}


@dataclass
class SerialSite(BrokerSite):
    """A worker with two modems at simulated ports, and one device."""

    sensor: Sensor = field(default_factory=lambda: Sensor(1))
    modems: dict[str, Plugged] = field(default_factory=dict)

    def config(self) -> Path:
        key = self.folder / "network.key"
        if not key.exists():
            key.touch(0o600)
            key.write_text(NETWORK_KEY.hex())
            make(self.data)
        ports = "".join(
            f'[[serial]]\nname = "{name}"\nmodem = "{FAMILIES[name]}"\nport = "{modem.path}"\nlisten = ["921.4 SF7"]\n'
            for name, modem in self.modems.items()
        )
        path = self.folder / "citylora.toml"
        path.write_text(
            f'data_dir = "{self.data}"\n{ports}[network]\nkey_file = "network.key"\n'
            "[sinks.store]\nenabled = true\n[rollup]\nenabled = false\n"
        )
        return path

    def enrol(self) -> None:
        self.config()
        with closing(SessionStore(open_network(self.data), NETWORK_KEY)) as store:
            store.add(self.sensor.device(tags={"model": "Milesight EM500-CO2"}), self.sensor.session())

    @property
    def consumers(self) -> list[str]:
        return ["store"]

    def until_hearing(self, worker: Worker, *names: str) -> None:
        def hears() -> bool:
            sources = (worker.ask("status").get("radio") or {}).get("sources", {})
            return all(sources.get(name, {}).get("connected") for name in names or self.modems)

        until(hears, "the modems listen")

    def speak(self, *names: str) -> bytes:
        """The device sends; the modems that are named hear it, the first one first."""
        phy = self.sensor.send(PAYLOAD)
        for name in names:
            until(lambda at=name: self.modems[at].hear(Air(phy)), f"{name} listens")  # type: ignore[misc]
        return phy


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SerialSite]:
    one = SerialSite(tmp_path, 0, None)
    with (
        Plugged(MODEMS["rn2903"](), tmp_path / "tty-attic", Faults(drip=3)) as attic,
        Plugged(MODEMS["sketch"](), tmp_path / "tty-roof", Faults(garbage=20)) as roof,
    ):
        one.modems = {"attic": attic, "roof": roof}
        one.enrol()
        yield one


def test_what_two_modems_hear_is_one_reading_each_time(site: SerialSite) -> None:
    with site.worker() as worker:
        site.until_hearing(worker)
        for _ in range(5):
            site.speak("roof", "attic")
        site.settle(5)
        said = worker.ask("status")["radio"]
        assert said["heard"] == 10
        assert said["frames"] == {"up": 5}
        worker.finish()
    state = site.honest()
    assert (state.identity.received, state.identity.stored) == (5, 5)
    same(site.in_store(), [Key(site.sensor.dev_eui, count) for count in range(5)])


def test_an_unplugged_modem_comes_back_and_a_kill_loses_nothing_that_was_kept(site: SerialSite) -> None:
    with site.worker() as worker:
        site.until_hearing(worker)
        site.speak("attic")
        site.settle(1)
        site.modems["attic"].unplug()
        site.speak("roof")
        site.settle(2)
        site.modems["attic"].plug()
        site.until_hearing(worker)
        site.speak("attic")
        site.settle(3)
        worker.kill()
    with site.worker() as worker:
        site.until_hearing(worker)
        site.speak("attic")
        site.settle(4)
        worker.finish()
    assert site.honest().identity.stored == 4
    same(site.in_store(), [Key(site.sensor.dev_eui, count) for count in range(4)])
