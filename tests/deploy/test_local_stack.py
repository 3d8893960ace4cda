"""What `citylora init` makes, at work, from a simulated city to the end; the simulator speaks as ChirpStack would."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import urllib3

from gateways.simulator import City as SimulatedCity
from gateways.simulator import Life
from tests.deploy.site import CITYLORA
from tests.deploy.stack import READER, SetPrometheus, stack
from tests.e2e.harness import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.deploy.stack import Stack
    from tests.e2e.harness import Worker

DEPLOY = Path(__file__).parents[2] / "deploy"
GATEWAY = "02c172ff00000000"  # the first one of the simulated city
EVENTS = "up,join,ack,txack,log,status,location"


class City:
    """All of it, and the worker."""

    def __init__(self, servers: Stack, worker: Worker) -> None:
        self.site, self.broker, self.influxdb = servers.site, servers.broker, servers.influxdb
        self.alertmanager, self.worker = servers.alertmanager, worker
        self._pool = urllib3.PoolManager(timeout=30, retries=False)

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
        series = self.ask(READER, q).get("series", [])
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
    with stack(tmp_path_factory.mktemp("city"), "--gateway", GATEWAY) as servers, servers.worker() as worker:
        worker.until_answering().until_subscribed()
        made = City(servers, worker)
        yield made
        made.close()
        worker.finish()


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
