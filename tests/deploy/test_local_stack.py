"""What `citylora init` makes, at work: real servers by its files, TLS and rights on, from a simulated city to the end.

Mosquitto 2, Prometheus and Alertmanager are as they would be in the city; InfluxDB is 1.x, with its users and
passwords; the simulator speaks as ChirpStack would.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import urllib3

from gateways.simulator import City as SimulatedCity
from gateways.simulator import Life
from tests.deploy.site import CITYLORA, Broker, Site
from tests.e2e.harness import Worker, until
from tests.servers import Alertmanager, InfluxDB, Prometheus, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOY = Path(__file__).parents[2] / "deploy"
GATEWAY = "02c172ff00000000"  # the first one of the simulated city
EVENTS = "up,join,ack,txack,log,status,location"


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


class City:
    """All of it, and the worker."""

    def __init__(
        self, site: Site, broker: Broker, influxdb: InfluxDB, alertmanager: Alertmanager, worker: Worker
    ) -> None:
        self.site, self.broker, self.influxdb = site, broker, influxdb
        self.alertmanager, self.worker = alertmanager, worker
        self._pool = urllib3.PoolManager(timeout=30, retries=False)
        self.metrics = ""

    def simulate(self, user: str, kinds: str) -> dict[str, Any]:
        """Three seconds of the city, by one user of the broker; what was published."""
        given = ["--kinds", kinds, "--devices", "60", "--rate", "60", "--for", "3s", "--json"]
        command = [str(CITYLORA), "simulate", *self.site.login(user), *given]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def ask(self, user: str, q: str, db: str = "citylora") -> dict[str, Any]:
        """What InfluxDB answers this user."""
        url, asked = f"{self.influxdb.url}/query", {"q": q, "db": db}
        told = self._pool.request_encode_body("POST", url, asked, self._login(user), encode_multipart=False)
        answer: dict[str, Any] = json.loads(told.data)
        return answer["results"][0] if "results" in answer else answer

    def count(self, q: str) -> int:
        """The number that a statement gives whoever draws boards; 0 where there is nothing."""
        series = self.ask("grafana", q).get("series", [])
        return int(series[0]["values"][0][1]) if series else 0

    def write(self, user: str, line: str) -> int:
        """The status of writing one line as this user."""
        url = f"{self.influxdb.url}/write?db=citylora"
        return self._pool.request("POST", url, body=line, headers=self._login(user)).status

    def _login(self, user: str) -> dict[str, str]:
        return urllib3.make_headers(basic_auth=f"{user}:{self.site.secret(f'influxdb-{user}')}")

    def get(self, url: str) -> urllib3.BaseHTTPResponse:
        """One page."""
        return self._pool.request("GET", url)

    def close(self) -> None:
        """Its connections."""
        self._pool.clear()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    site, port = Site(folder, "--gateway", GATEWAY), free_port()
    with (
        Broker(site) as broker,
        _influxdb(folder / "influxdb", site) as influxdb,
        SetAlertmanager(folder / "alertmanager", site) as alertmanager,
    ):
        _at_other_ports(site.config, {"8086": influxdb.port, "9093": alertmanager.port, "9464": port})
        watching = site.directory / "prometheus" / "prometheus.yml"
        _at_other_ports(watching, {"9093": alertmanager.port, "9464": port})
        with Worker(site.config, site.state / "citylora") as worker:
            worker.until_answering().until_subscribed()
            made = City(site, broker, influxdb, alertmanager, worker)
            made.metrics = f"http://127.0.0.1:{port}"
            yield made
            made.close()
            worker.finish()


def _influxdb(folder: Path, site: Site) -> InfluxDB:
    """One that was set up by the statements of the set, and asks for passwords now."""
    with InfluxDB(folder) as server:
        for statement in (site.directory / "influxdb" / "accounts.influxql").read_text("utf-8").splitlines():
            server.query(statement)
        port = server.port
    return InfluxDB(folder, port, http="auth-enabled = true")


def _at_other_ports(path: Path, ports: dict[str, int]) -> None:
    """A machine of tests may have its own servers at the usual ports."""
    text = path.read_text("utf-8")
    for usual, here in ports.items():
        assert f"127.0.0.1:{usual}" in text
        text = text.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{here}")
    path.write_text(text, "utf-8")


def test_every_event_of_the_city_comes_to_the_database(city: City) -> None:
    before = city.count("SELECT count(f_cnt) FROM radio")
    said = city.simulate("chirpstack", EVENTS)
    assert said["failures"] == []
    uplinks = said["kinds"]["up"]["acknowledged"]
    assert uplinks > 50
    until(lambda: city.count("SELECT count(f_cnt) FROM radio") - before == uplinks, f"{uplinks} uplinks are stored")
    assert city.count("SELECT count(air_temperature) FROM environment") > 0


def test_a_gateway_tells_of_itself_and_of_no_other(city: City) -> None:
    life = Life(SimulatedCity(60), kinds=("stats",))
    told = {topic: payload for _, topic, payload, *_ in islice(life.stream(time.time_ns(), 10.0), 6)}
    assert len(told) == 6  # one of each gateway, and all by the first one's password
    for topic, payload in sorted(told.items(), reverse=True):
        city.broker.attempt(GATEWAY, city.site.secret(f"mqtt-{GATEWAY}"), topic, payload)
    asked = "SHOW TAG VALUES FROM gateway WITH KEY = gateway"
    until(lambda: city.ask("grafana", asked).get("series"), "its own row is stored")
    assert [value for _, value in city.ask("grafana", asked)["series"][0]["values"]] == [GATEWAY]


def test_the_probe_finds_nothing_to_mend(city: City) -> None:
    command = [str(CITYLORA), "check-config", "--probe", "--json", "--listen", "1s", "-c", str(city.site.config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)["findings"]
    assert [one for one in found if one["state"] == "fail"] == []
    assert {one["subject"] for one in found if one["state"] == "ok"} >= {"broker city", "influxdb"}


def test_who_draws_boards_may_read_and_not_write(city: City) -> None:
    assert city.write("grafana", "radio,site=x f_cnt=1") == 403
    assert city.write("citylora", "elsewhere,site=x value=1") == 204
    assert "not authorized" in city.ask("grafana", "DELETE FROM elsewhere")["error"]
    assert "not authorized" in city.ask("citylora", "CREATE DATABASE more")["error"]
    assert "error" not in city.ask("citylora", "DELETE FROM elsewhere")
    assert "error" not in city.ask("grafana", "SHOW MEASUREMENTS", "citylora_rollup")


def test_an_alert_comes_to_alertmanager(city: City) -> None:
    command = [str(CITYLORA), "alerts", "test", "operations", "-c", str(city.site.config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    until(city.alertmanager.alerts, "it fires there")


def test_prometheus_asks_the_worker_judges_by_our_rules_and_knows_whom_to_tell(city: City, tmp_path: Path) -> None:
    with SetPrometheus(tmp_path, city.site) as prometheus:
        until(lambda: prometheus.query('up{job="citylora"} == 1'), "it has asked")
        until(lambda: prometheus.query("citylora_events_received_total > 0"), "the worker has told")
        groups = json.loads(city.get(f"{prometheus.url}/api/v1/rules").data)["data"]["groups"]
        rules = {rule["name"] for group in groups for rule in group["rules"]}
        assert {"CityloraAway", "CityloraKeepsNothing", "CityloraLedgerWrong"} <= rules
        asked = f"{prometheus.url}/api/v1/alertmanagers"
        until(lambda: json.loads(city.get(asked).data)["data"]["activeAlertmanagers"], "it knows Alertmanager")
        (known,) = json.loads(city.get(asked).data)["data"]["activeAlertmanagers"]
        assert known["url"].startswith(city.alertmanager.url)


def test_the_nightly_backup_keeps_two_weeks_while_the_worker_goes_on(city: City, tmp_path: Path) -> None:
    unit = (DEPLOY / "systemd" / "citylora-backup.service").read_text("utf-8")
    for days in (13, 16):
        (tmp_path / f"2026-{days}").mkdir()
        os.utime(tmp_path / f"2026-{days}", (0, time.time() - days * 86_400))
    for key in ("ExecStart", "ExecStartPost"):
        line = re.findall(rf"^{key}=(.+)$", unit, re.MULTILINE)[0].replace("%%", "%")
        for place, here in (
            ("/opt/citylora/bin/citylora", CITYLORA),
            ("/etc/citylora/citylora.toml", city.site.config),
            ("/var/backups/citylora", tmp_path),
        ):
            line = line.replace(place, str(here))
        done = subprocess.run(shlex.split(line), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    kept = {path.name for path in tmp_path.iterdir()}
    assert "2026-13" in kept
    assert "2026-16" not in kept
    (new,) = kept - {"2026-13"}
    assert (tmp_path / new / "manifest.json").is_file()


def test_no_secret_is_in_the_log(city: City) -> None:
    said = city.worker.words()
    secrets = [path.read_text("utf-8").strip() for path in (city.site.directory / "secrets").iterdir()]
    assert said
    assert not [secret for secret in secrets if secret in said]
