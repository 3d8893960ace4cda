"""Brokers that were set wrong on purpose, beside those of `test_doctor_broker`: what each setting is seen by."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from gateways.chirpstack.visit import Visit
from ingest.config import load
from ingest.doctor import broker_about, probe
from ingest.doctor.broker_about import VERSION, _version
from ingest.doctor.case import BrokerCase
from ingest.doctor.finding import Deadline
from ingest.endpoints import BrokerEndpoint
from tests.doctor.conftest import PATIENCE
from tests.doctor.rig import broker, config, probed
from tests.servers import Mosquitto, free_port
from tests.servers.mosquitto import KEEPS_EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CITY = "broker city"


def test_a_broker_that_knows_qos_0_alone(tmp_path: Path) -> None:
    with Mosquitto(tmp_path / "mosquitto", config=f"{KEEPS_EVERYTHING}max_qos 0\n") as server:
        found = probed(tmp_path, broker(server.port), CITY)
    assert found["largest QoS"].state == "fail"
    assert found["subscription"].state == "fail"
    assert "only QoS 0" in found["subscription"].observed
    assert found["session kept"].state == found["queue depth"].state == "unknown"


def test_a_broker_that_takes_small_packets(mosquitto: Mosquitto, tmp_path: Path) -> None:
    assert "largest packet" not in probed(tmp_path, broker(mosquitto.port), CITY)
    with Mosquitto(tmp_path / "small", config=f"{KEEPS_EVERYTHING}max_packet_size 20000\n") as server:
        found = probed(tmp_path, broker(server.port), CITY)["largest packet"]
    assert found.state == "warn"
    assert "20000 bytes" in found.observed
    assert "524288" in found.remedy


def test_messages_that_the_broker_has_dropped(tmp_path: Path) -> None:
    """Asked alone: other checks have it drop more, and it counts anew each second."""
    text = KEEPS_EVERYTHING.replace("max_queued_messages 0", "max_queued_messages 10")
    with Mosquitto(tmp_path / "mosquitto", config=f"{text}sys_interval 1\n") as server:
        settings = BrokerEndpoint(load(config(tmp_path, broker(server.port))).broker[0], ())()
        with Visit(settings, "somebody", keep=True) as visit:
            visit.subscribe(["city/#"])
        with Visit(settings) as speaker:
            speaker.publish("city/1", [b"%d" % number for number in range(100)], PATIENCE)
            speaker.subscribe(["$SYS/broker/publish/messages/dropped"])
            assert speaker.wait(lambda: any(one.payload == b"90" for one in speaker.messages), PATIENCE)
        findings = list(broker_about.check(BrokerCase(settings, Deadline(PATIENCE), 0.0)))
    assert all(one.told("vi").observed for one in findings)
    found = next(one.told("en") for one in findings if one.check == "dropped messages")
    assert found.state == "warn"
    assert found.observed.startswith("90 since its start")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("mosquitto version 2.0.11", "warn"),
        ("mosquitto version 1.6.9", "warn"),
        ("mosquitto version 2.0.12", "ok"),
        ("mosquitto version 2.1.2", "ok"),
        ("another 1.0.0", "ok"),
        ("", "unknown"),
    ],
)
def test_versions(tmp_path: Path, text: str, state: str) -> None:
    """As they tell it; both servers that are here are asked below and in `test_doctor_broker`."""
    endpoint = BrokerEndpoint(load(config(tmp_path, broker(1))).broker[0], ())()
    found = _version(BrokerCase(endpoint, Deadline(1), 0.0), text)
    assert found.state == state
    if not text:
        assert VERSION in found.told("en").observed


OTHER = """
import asyncio, json, logging, sys
from amqtt.broker import Broker

async def serve():
    listeners = {"default": {"type": "tcp", "bind": f"127.0.0.1:{sys.argv[1]}"}}
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}, **json.loads(sys.argv[2])}
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    broker = Broker({"listeners": listeners, "plugins": plugins})
    await broker.start()
    print("up", flush=True)
    await ended.wait()
    await broker.shutdown()

logging.disable()
asyncio.run(serve())
"""
"""amqtt, a broker that is no Mosquitto: it keeps no session of a client that gave no name."""


SYS = {"amqtt.plugins.sys.broker.BrokerSysPlugin": {"sys_interval": 1}}
"""It tells its version."""


def _acl(*topics: str) -> dict[str, Any]:
    """Everybody may write, and read these alone."""
    return {"amqtt.plugins.topic_checking.TopicAccessControlListPlugin": {"acl": {"anonymous": list(topics)}}}


@pytest.fixture
def speaks_311(monkeypatch: pytest.MonkeyPatch) -> None:
    """It never answers the CONNECT of MQTT 5 that the login tries, for which that would wait."""
    monkeypatch.delitem(probe.BROKER_CHECKS, "login")


@contextmanager
def _other(plugins: dict[str, Any] | None = None) -> Iterator[int]:
    """Its port; it ends with its standard input."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(port), json.dumps(plugins or {})],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        yield port
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.usefixtures("untold", "cut", "speaks_311")
def test_a_broker_that_forgets_who_goes_away(tmp_path: Path) -> None:
    with _other() as port:
        found = probed(tmp_path, broker(port, 'protocol = "3.1.1"'), CITY)
    assert found["session kept"].state == "fail"
    assert "persistent sessions" in found["session kept"].remedy
    assert found["queue depth"].state == "fail"


@pytest.mark.usefixtures("untold", "cut", "speaks_311")
def test_a_subscription_that_the_acl_refuses(tmp_path: Path) -> None:
    speaks_311 = 'protocol = "3.1.1"'
    with _other(_acl("application/#", "citylora-probe/#")) as port:
        found = probed(tmp_path, broker(port, speaks_311), CITY)["subscription"]
    assert found.state == "fail"
    assert "+/gateway/+/event/stats" in found.observed
    assert "application/" not in found.observed
    assert "ACL" in found.remedy
    with _other(_acl("application/#", "citylora-probe/#", "+/gateway/#")) as port:
        assert probed(tmp_path, broker(port, speaks_311), CITY)["subscription"].state == "ok"


@pytest.mark.usefixtures("cut", "speaks_311")
def test_a_version_that_remembers_shared_subscriptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_about, "DROPPED", VERSION)  # it does not tell that, and would be waited for
    with _other(SYS) as port:
        found = probed(tmp_path, broker(port, 'protocol = "3.1.1"'), CITY)["version"]
    assert found.state == "ok"
    assert "aMQTT version" in found.observed
