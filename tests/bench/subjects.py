"""Who is measured: `citylora run`, and the floor. Each is started, given its session, and stopped like a service."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.broker import Subscriptions
from tests.bench.process import Process, Usage

if TYPE_CHECKING:
    from tests.servers import InfluxDB, Mosquitto

SETTLES = 0.5  # s that a subject is left alone after its subscription before it is stopped

CONFIGURATION = """\
data_dir = "{folder}"

[[broker]]
name = "mosquitto"
host = "127.0.0.1"
port = {port}
protocol = "5"

[[lns]]
name = "city"
broker = "mosquitto"
topics = ["application/+/device/+/event/up"]

[journal]
max_size = "10 GiB"

[sinks.influxdb]
url = "{url}"
api = "v1"
database = "{database}"

[sinks.store]
enabled = {store}
"""


class Subject(ABC):
    """A program that takes uplinks from Mosquitto to InfluxDB and writes at least one `radio` row for each."""

    name: str

    def __init__(self, folder: Path, broker: Mosquitto, influxdb: InfluxDB) -> None:
        self.folder, self.broker, self.influxdb = folder, broker, influxdb
        folder.mkdir()
        self.database = influxdb.create_database(self.name)
        self._log = folder / "output.log"

    @abstractmethod
    def command(self) -> list[str]:
        """The command line that runs it until SIGTERM."""

    def start(self) -> Process:
        """Start it; it may not have connected yet."""
        return Process(self.command(), self._log)

    def open_session(self) -> Usage:
        """Let the broker know it: start it, wait for its subscription, stop it. What that took is its start-up."""
        with Subscriptions(self.broker.port) as subscriptions:
            process = self.start()
            try:
                subscriptions.wait_for_another(process)
                time.sleep(SETTLES)
                return process.stop()
            except BaseException:
                process.kill()
                raise

    def rows(self) -> int:
        """Uplinks that can be queried."""
        return self.database.count("radio", "f_cnt")

    def points(self) -> int:
        """Points of all measurements that InfluxDB was sent, by its own count."""
        return sum(int(row["pointReq"]) for row in self.influxdb.rows("SHOW STATS FOR 'write'", self.name))


class Citylora(Subject):
    """The product."""

    name = "citylora"

    def __init__(
        self, folder: Path, broker: Mosquitto, influxdb: InfluxDB, *, store: bool = False, extra: str = ""
    ) -> None:
        super().__init__(folder, broker, influxdb)
        self.data = folder / "data"
        self._configuration = folder / "citylora.toml"
        self._configuration.write_text(
            CONFIGURATION.format(
                folder=self.data,
                port=broker.port,
                url=influxdb.url,
                database=self.name,
                store=str(store).lower(),
            )
            + extra,
            "utf-8",
        )

    def command(self) -> list[str]:
        """`citylora run`."""
        return [citylora(), "run", "-c", str(self._configuration)]

    def status(self, *arguments: str) -> dict[str, Any]:
        """What `citylora status --json` prints, healthy or not."""
        command = [citylora(), "status", "-c", str(self._configuration), "--json", *arguments]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            status: dict[str, Any] = json.loads(answer.stdout)
        except ValueError:
            raise RuntimeError(f"{command!r} ended with {answer.returncode}: {answer.stderr[-2000:]}") from None
        return status


class Floor(Subject):
    """The yardstick."""

    name = "floor"

    def command(self) -> list[str]:
        """`floor.py`."""
        address = self.influxdb.url.removeprefix("http://")
        return [
            *(sys.executable, str(Path(__file__).with_name("floor.py"))),
            *("--port", str(self.broker.port), "--client-id", self.name),
            *("--influxdb", address, "--database", self.name, "--data", str(self.folder)),
        ]


def citylora() -> str:
    """The installed command."""
    return str(Path(sys.executable).with_name("citylora"))


def make(
    name: str, folder: Path, broker: Mosquitto, influxdb: InfluxDB, *, store: bool = False, extra: str = ""
) -> Subject:
    """The subject of that name, in a folder of its own; `extra` tables of citylora's configuration."""
    if name == Floor.name:
        return Floor(folder / name, broker, influxdb)
    return Citylora(folder / name, broker, influxdb, store=store, extra=extra)
