"""`citylora doctor` on a whole house of real servers: as it should be, and as Debian and ChirpStack install it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from ingest.cli import main
from ingest.config import load
from ingest.doctor import disk
from ingest.endpoints import BrokerEndpoint
from tests.doctor.rig import PASSWORD, broker, config, password_file, secret, speaking
from tests.fakes.house import House
from tests.fakes.uplinks import SECOND, uplink
from tests.servers import Mosquitto
from tests.servers.mosquitto import KEEPS_EVERYTHING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database

PROMISES = (
    "kept_while_away", "broker_restart", "network_server", "kept_here", "delivered", "right_time", "right_place",
    "heard", "closed_to_others",
)  # fmt: skip


def doctor(path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and answer, while devices speak."""
    settings = load(path)
    speaker = BrokerEndpoint(settings.broker[0], ())()
    with speaking(speaker, 0 if "qos_0" in path.read_text() else 1):
        done = CliRunner().invoke(main, ["doctor", "-c", str(path), "--listen", "60s", "--json", *arguments])
    assert PASSWORD not in done.output
    found: dict[str, Any] = json.loads(done.stdout)
    assert tuple(one["guarantee"] for one in found["guarantees"]) == PROMISES
    return done.exit_code, found


def standings(found: dict[str, Any]) -> dict[str, str]:
    return {one["guarantee"]: one["standing"] for one in found["guarantees"]}


@pytest.fixture
def data(tmp_path: Path) -> None:
    """What came until now, with the gateway's clock."""
    now = time.time_ns()
    with House(tmp_path / "data") as house:
        house.take([uplink(f_cnt, at=now - (5 - f_cnt) * 60 * SECOND) for f_cnt in range(5)])
        house.drain()


@pytest.fixture(autouse=True)
def _any_disk_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "SLOW_SYNC", 60.0)  # that of these tests has others to serve


def influxdb(database: Database) -> str:
    database.server.query(f'CREATE DATABASE "{database.name}_rollup"')
    return f'[sinks.influxdb]\nurl = "{database.server.url}"\ndatabase = "{database.name}"\n[rollup]\nenabled = false\n'


@pytest.mark.usefixtures("data")
def test_a_house_as_it_should_be(tmp_path: Path, database: Database) -> None:
    acl = tmp_path / "acl"
    acl.write_text("user citylora\ntopic #\ntopic read $SYS/#\n")
    text = f"{KEEPS_EVERYTHING}per_listener_settings false\npassword_file {password_file(tmp_path)}\nacl_file {acl}\n"
    own = tmp_path / "mosquitto.conf"
    own.write_text(text)
    login = f'username = "citylora"\npassword_file = "{secret(tmp_path)}"'
    with Mosquitto(tmp_path / "mosquitto", config=f"{text}allow_anonymous false\n") as server:
        path = config(tmp_path, broker(server.port, login) + influxdb(database))
        code, found = doctor(path, "--mosquitto", str(own))
    assert code == 0, [one for one in found["findings"] if one["state"] == "fail"]
    told = standings(found)
    assert told["kept_while_away"] == "holds"
    assert told["broker_restart"] in ("weak", "holds")  # Debian's Mosquitto is 2.0.11, which is told
    assert told["kept_here"] == "holds"
    assert told["delivered"] == "unknown"  # the store alone has consumed: no worker has run with InfluxDB yet
    assert told["network_server"] == told["right_place"] == told["heard"] == "unknown"  # nobody may ask it


@pytest.mark.usefixtures("data", "cut")
def test_a_house_as_it_is_installed(tmp_path: Path, database: Database) -> None:
    (tmp_path / "chirpstack.toml").write_text("[integration.mqtt]\nqos = 0\n")
    own = tmp_path / "mosquitto.conf"
    own.write_text("listener 1883\n")
    with Mosquitto(tmp_path / "mosquitto", debian_default=True) as server:
        path = config(tmp_path, broker(server.port) + influxdb(database) + "# qos_0\n")
        chirpstack = str(tmp_path / "chirpstack.toml")
        code, found = doctor(path, "--mosquitto", str(own), "--chirpstack", chirpstack, "--lang", "vi")
    assert code == 1
    told = standings(found)
    assert told["kept_while_away"] == told["broker_restart"] == "broken"
    assert told["kept_here"] == "holds"
    broken = {one["check"]: one["remedy"] for one in found["findings"] if one["state"] == "fail"}
    assert set(broken) == {
        "queue depth", "QoS of events", "QoS of events, as configured", "persistence, as configured",
    }  # fmt: skip
    assert "max_queued_messages 0" in broken["queue depth"]
    assert "qos = 1" in broken["QoS of events"]
    assert "persistence true" in broken["persistence, as configured"]
    weak = {one["check"] for one in found["findings"] if one["state"] == "warn"}
    assert {"anonymous clients", "QoS of gateways", "window"} <= weak
