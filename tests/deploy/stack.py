"""What `citylora init` makes, at work: real servers by its files on one machine, TLS, users and rights on.

Mosquitto, Prometheus and Alertmanager are as they would be in the city; InfluxDB is 1.x, with its users and passwords.
"""

from __future__ import annotations

import shutil
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from gateways.simulator.publish import publish
from tests.deploy.site import Broker, Site
from tests.e2e.harness import Worker
from tests.servers import Alertmanager, InfluxDB, Prometheus, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gateways.simulator.publish import Event

READER = "grafana"
"""The user of InfluxDB who draws boards."""


class Stack(NamedTuple):
    """The servers of a set.

    Attributes:
        influxdb: asked as the user who draws boards.
        metrics: the port at which a worker tells of itself.
    """

    site: Site
    broker: Broker
    influxdb: InfluxDB
    alertmanager: Alertmanager
    metrics: int

    def worker(self) -> Worker:
        """Start a worker by the configuration of the set."""
        return Worker(self.site.config, self.site.state / "citylora")

    def publish(self, user: str, events: Sequence[Event]) -> None:
        """Publish as one of the broker's users, over TLS; the broker has taken all of it."""
        tls = ssl.create_default_context(cafile=self.site.authority)
        password = self.site.secret(f"mqtt-{user}")
        sent = publish("localhost", self.site.mqtt_port, iter(events), username=user, password=password, tls=tls)
        assert sent == len(events)


class SetAlertmanager(Alertmanager):
    """By the alertmanager.yml of the set."""

    def __init__(self, folder: Path, site: Site) -> None:
        super().__init__(folder)
        self._site = site

    def _arguments(self) -> list[str]:
        _, *arguments = super()._arguments()
        path = self.folder / "of-the-set.yml"
        shutil.copy(self._site.directory / "alertmanager" / "alertmanager.yml", path)
        return [f"--config.file={path}", *arguments]


class SetPrometheus(Prometheus):
    """By the prometheus.yml of the set; it only asks each second."""

    def __init__(self, folder: Path, site: Site) -> None:
        super().__init__(folder, "")
        self._site = site

    def _arguments(self) -> list[str]:
        _, *arguments = super()._arguments()
        text = (self._site.directory / "prometheus" / "prometheus.yml").read_text("utf-8")
        path = self.folder / "of-the-set.yml"
        path.write_text(text.replace("interval: 15s", "interval: 1s"), "utf-8")
        return [f"--config.file={path}", *arguments]


@contextmanager
def stack(folder: Path, *options: str) -> Iterator[Stack]:
    """Make a set with these options of `citylora init`, and start its servers."""
    site, port = Site(folder, *options), free_port()
    with (
        Broker(site) as broker,
        _influxdb(folder / "influxdb", site) as influxdb,
        SetAlertmanager(folder / "alertmanager", site) as alertmanager,
    ):
        _at_other_ports(site.config, {"8086": influxdb.port, "9093": alertmanager.port, "9464": port})
        watching = site.directory / "prometheus" / "prometheus.yml"
        _at_other_ports(watching, {"9093": alertmanager.port, "9464": port})
        yield Stack(site, broker, influxdb, alertmanager, port)


def _influxdb(folder: Path, site: Site) -> InfluxDB:
    """One that was set up by the statements of the set, and asks for passwords now."""
    with InfluxDB(folder) as server:
        for statement in (site.directory / "influxdb" / "accounts.influxql").read_text("utf-8").splitlines():
            server.query(statement)
        port = server.port
    login = (READER, site.secret(f"influxdb-{READER}"))
    return InfluxDB(folder, port, http="auth-enabled = true", login=login)


def _at_other_ports(path: Path, ports: dict[str, int]) -> None:
    """A machine of tests may have its own servers at the usual ports."""
    text = path.read_text("utf-8")
    for usual, here in ports.items():
        assert f"127.0.0.1:{usual}" in text
        text = text.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{here}")
    path.write_text(text, "utf-8")
