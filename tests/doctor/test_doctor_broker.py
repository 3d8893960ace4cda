"""What the doctor says of real Mosquittos: as Debian installs it, as the README wants it, closed, and in between."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from gateways.chirpstack.visit import Visit
from gateways.simulator.publish import publish
from ingest.config import load
from ingest.doctor import own_session
from ingest.doctor import probe as module
from ingest.endpoints import BrokerEndpoint
from tests.doctor.conftest import PATIENCE
from tests.doctor.rig import GATEWAY, HOST, PASSWORD, broker, config, password_file, probed, secret, speaking
from tests.e2e.certificates import make_authority
from tests.servers import Mosquitto, free_port
from tests.servers.mosquitto import KEEPS_EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CITY = "broker city"


@pytest.fixture(params=["5", "3.1.1"])
def protocol(request: pytest.FixtureRequest) -> str:
    version: str = request.param
    return version


def test_a_broker_that_keeps_everything(protocol: str, mosquitto: Mosquitto, tmp_path: Path) -> None:
    found = probed(tmp_path, broker(mosquitto.port, f'protocol = "{protocol}"'), CITY)
    assert found.states == {
        "reachable": "ok",
        "authentication": "ok",
        "anonymous clients": "warn",
        "protocol": "ok" if protocol == "5" else "warn",
        "TLS": "ok",
        "window": "ok" if protocol == "5" else "unknown",
        "session kept": "ok",
        "session survives a restart": "unknown",
        "queue depth": "ok",
        "subscription": "ok",
        "QoS of events": "unknown",
        "QoS of gateways": "unknown",
        "retained state of gateways": "unknown",
        "clock of the network server": "unknown",
        "version": "warn" if "2.0.11" in found["version"].observed else "ok",
        "dropped messages": "ok",
    }
    assert "1,100 were kept" in found["queue depth"].observed


@pytest.mark.usefixtures("counted")
def test_a_broker_as_debian_installs_it(protocol: str, tmp_path: Path) -> None:
    with Mosquitto(tmp_path / "mosquitto", debian_default=True) as server:
        found = probed(tmp_path, broker(server.port, f'protocol = "{protocol}"'), CITY)
    assert found["queue depth"].state == "fail"
    assert "1,000 were kept" in found["queue depth"].observed
    assert "max_queued_messages 0" in found["queue depth"].remedy
    assert found["session kept"].state == "ok"
    if protocol == "5":
        assert found["window"].state == "warn"
        assert "20 messages under way" in found["window"].observed


@pytest.mark.usefixtures("counted")
def test_a_broker_that_keeps_a_hundred(tmp_path: Path) -> None:
    with Mosquitto(tmp_path / "mosquitto", config="max_queued_messages 100") as server:
        found = probed(tmp_path, broker(server.port), CITY)
    assert found["queue depth"].state == "fail"
    assert "100 were kept" in found["queue depth"].observed
    assert found["session kept"].state == "ok"


def test_it_leaves_no_session_behind_and_lets_the_workers_own_alone(
    protocol: str, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    text = broker(mosquitto.port, f'protocol = "{protocol}"')
    settings = load(config(tmp_path, text))
    own = BrokerEndpoint(settings.broker[0], settings.lns)()
    with Visit(own, own.client_id, keep=True) as worker:
        worker.subscribe(own.topics)
        probed(tmp_path, text, CITY)
        publish(HOST, mosquitto.port, [(0, "application/1/device/2/event/up", b"for the worker")])
        assert worker.wait(lambda: len(worker.messages) == 1, PATIENCE)
    said = mosquitto.log.read_text()
    assert said.count(f"as {own.client_id} ") == 1
    with Visit(own) as guest:
        guest.subscribe(["$SYS/broker/clients/disconnected"])
        # The worker's session is the only one of a client that is away. Mosquitto counts anew every ten seconds.
        assert guest.wait(lambda: bool(guest.messages) and int(guest.messages[-1].payload) == 1, PATIENCE)


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Mosquitto]:
    """Lets in two users, of whom one may not touch the probe's topic."""
    acl = tmp_path / "acl"
    acl.write_text("user citylora\ntopic application/#\ntopic citylora-probe/#\n\nuser other\ntopic application/#\n")
    text = f"{KEEPS_EVERYTHING}per_listener_settings false\npassword_file {password_file(tmp_path)}\nacl_file {acl}\n"
    # Of two words on the same, Mosquitto takes the last.
    with Mosquitto(tmp_path / "mosquitto", config=f"{text}allow_anonymous false\n") as server:
        yield server


@pytest.mark.usefixtures("untold")
def test_a_closed_broker(protocol: str, closed: Mosquitto, tmp_path: Path) -> None:
    login = f'username = "citylora"\npassword_file = "{secret(tmp_path)}"\nprotocol = "{protocol}"'
    found = probed(tmp_path, broker(closed.port, login), CITY)
    assert found["authentication"].state == "ok"
    assert found["anonymous clients"].state == "ok"
    assert found["session kept"].state == found["queue depth"].state == "ok"
    assert found["version"].state == found["dropped messages"].state == "unknown"
    assert PASSWORD not in str(found)


@pytest.mark.usefixtures("untold")
def test_rights_that_are_missing_are_unknown_and_not_lost_messages(
    protocol: str, closed: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_session, "LIVE_SECONDS", 0.5)  # it does not come
    login = f'username = "other"\npassword_file = "{secret(tmp_path)}"\nprotocol = "{protocol}"'
    found = probed(tmp_path, broker(closed.port, login), CITY)
    assert found["authentication"].state == "ok"
    assert found["session kept"].state == found["queue depth"].state == "unknown"
    assert "citylora-probe/#" in found["queue depth"].remedy


@pytest.mark.parametrize("user", [True, False])
def test_a_login_that_is_refused(protocol: str, closed: Mosquitto, tmp_path: Path, *, user: bool) -> None:
    login = f'username = "citylora"\npassword_file = "{secret(tmp_path, "wrong")}"\n' if user else ""
    found = probed(tmp_path, broker(closed.port, f'{login}protocol = "{protocol}"'), CITY)
    assert found["reachable"].state == "ok"
    assert found["authentication"].state == "fail"
    assert ("user citylora" if user else "without a user") in found["authentication"].observed
    others = set(found) - {"reachable", "authentication", "TLS", "protocol"}
    assert {found[name].state for name in others} == {"unknown"}


def test_a_password_proves_nothing_where_everyone_is_let_in(mosquitto: Mosquitto, tmp_path: Path) -> None:
    login = f'username = "citylora"\npassword_file = "{secret(tmp_path)}"'
    found = probed(tmp_path, broker(mosquitto.port, login), CITY)
    assert found["authentication"].state == "unknown"
    assert found["anonymous clients"].state == "warn"


def test_nobody_there(tmp_path: Path) -> None:
    found = probed(tmp_path, broker(free_port()), CITY)
    assert found["reachable"].state == "fail"
    assert "refused" in found["reachable"].observed
    assert {found[name].state for name in set(found) - {"reachable", "TLS"}} == {"unknown"}


@pytest.mark.usefixtures("cut")
@pytest.mark.parametrize(("days", "state"), [(90, "ok"), (5, "warn"), (-2, "fail")])
def test_certificates(tmp_path: Path, days: float, state: str) -> None:
    authority, secure = make_authority(tmp_path / "ca", days), free_port()
    text = f"listener {secure} {HOST}\ncertfile {authority.certificate}\nkeyfile {authority.key}\n"
    with Mosquitto(tmp_path / "mosquitto", config=text):
        found = probed(tmp_path, broker(secure, f'tls = true\nca_file = "{authority.ca}"'), CITY)
    assert found["TLS"].state == state
    assert f"broker for {HOST}, {days} days left" in found["TLS"].observed.replace(f"{days - 1} days", f"{days} days")
    assert found["authentication"].state == ("unknown" if state == "fail" else "ok")
    if state == "fail":
        assert "certificate has expired" in found["TLS"].observed
        assert "renew" in found["TLS"].remedy


def test_a_certificate_of_an_authority_that_is_not_ours(tmp_path: Path) -> None:
    theirs, secure = make_authority(tmp_path / "theirs", 90), free_port()
    text = f"listener {secure} {HOST}\ncertfile {theirs.certificate}\nkeyfile {theirs.key}\n"
    with Mosquitto(tmp_path / "mosquitto", config=text):
        found = probed(tmp_path, broker(secure, "tls = true"), CITY)
    assert found["TLS"].state == "fail"
    assert f"broker for {HOST}" in found["TLS"].observed
    assert "ca_file" in found["TLS"].remedy


def test_tls_to_a_port_that_speaks_none(mosquitto: Mosquitto, tmp_path: Path) -> None:
    found = probed(tmp_path, broker(mosquitto.port, "tls = true"), CITY)
    assert found["TLS"].state == "fail"
    assert found["queue depth"].state == "unknown"


@pytest.mark.parametrize(
    ("qos", "behind", "expected"),
    [
        (1, 0, {"QoS of events": "ok", "QoS of gateways": "ok", "clock of the network server": "ok"}),
        (0, 15, {"QoS of events": "fail", "QoS of gateways": "warn", "clock of the network server": "warn"}),
        (1, -100, {"clock of the network server": "fail"}),
    ],
)
def test_events_that_come(
    mosquitto: Mosquitto, tmp_path: Path, qos: int, behind: int, expected: dict[str, str]
) -> None:
    settings = load(config(tmp_path, broker(mosquitto.port)))
    speaker = BrokerEndpoint(settings.broker[0], ())()
    with Visit(speaker) as visit:
        visit._client.publish(f"{GATEWAY}/state/conn", b'{"state":"ONLINE"}', qos=1, retain=True)
        assert visit.wait(lambda: visit._acknowledged == 1, PATIENCE)
    with speaking(speaker, qos, behind):
        found = probed(tmp_path, broker(mosquitto.port), CITY, listen=PATIENCE)
    assert {name: found[name].state for name in expected} == expected
    assert "of 1 gateways" in found["retained state of gateways"].observed
    if not qos:
        assert "qos = 1" in found["QoS of events"].remedy


def test_a_broker_that_hangs_costs_the_time_limit_and_no_more(
    mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT", 1.0)
    mosquitto.pause()
    began = time.monotonic()
    settings = load(config(tmp_path, broker(mosquitto.port)))
    found = module.probe(settings, 0.1, lambda *_: None)
    assert time.monotonic() - began < PATIENCE / 2  # each of its questions would wait for so long, and longer
    mosquitto.resume()
    assert "no answer within 1.1 s" in {one.told("en").observed for one in found}
