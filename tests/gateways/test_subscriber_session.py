"""The subscriber's session at a real Mosquitto: its filters, its credentials, and who else uses its name."""

from __future__ import annotations

import hashlib
import signal
import socket
import time
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from gateways.chirpstack import mqtt_client, rival, subscription, visit
from gateways.chirpstack import subscriber as module
from gateways.chirpstack.broker import BrokerSettings
from gateways.chirpstack.subscriber import Subscriber
from gateways.chirpstack.visit import Visit
from gateways.handover import SessionOpened
from gateways.simulator import publish as simulator
from gateways.simulator.publish import publish
from tests.gateways.test_subscriber import CONNACK, HOST, PATIENCE, Inbox, scripted, send, subscribed
from tests.servers import Mosquitto, Proxy
from tests.servers.mosquitto import KEEPS_EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gateways.handover import Handover

OLD, NEW = "old", "new"
"""Passwords."""

TOPICS = ("application/+/device/+/event/+", "+/gateway/+/event/stats", "+/gateway/+/state/conn")


@pytest.fixture(autouse=True)
def _is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACK_OFF", (0.05, 0.2))
    monkeypatch.setattr(module, "LEAVE_SECONDS", 0.2)
    monkeypatch.setattr(mqtt_client, "FAREWELL_SECONDS", PATIENCE)  # a busy broker reads the last PUBACKs late
    monkeypatch.setattr(simulator, "PATIENCE", PATIENCE)


@pytest.fixture(params=["5", "3.1.1"])
def protocol(request: pytest.FixtureRequest) -> str:
    version: str = request.param
    return version


def _keep(one: Subscriber, inbox: Inbox) -> None:
    for handover in inbox.handovers:
        one.acknowledge(handover)


def test_overlapping_filters_bring_an_event_twice(mosquitto: Mosquitto) -> None:
    """Why the configuration refuses them. With 3.1.1 Mosquitto delivers once, and other brokers as they like."""
    inbox = Inbox()
    with subscribed(mosquitto.port, inbox, topics=(*TOPICS, "application/#")):
        send(mosquitto.port, b"once")
        inbox.until(lambda: len(inbox.payloads) == 2)
    assert inbox.payloads == [b"once", b"once"]


def test_filters_that_are_not_configured_any_more_are_given_up(protocol: str, mosquitto: Mosquitto) -> None:
    first, second = Inbox(), Inbox()
    with subscribed(mosquitto.port, first, protocol=protocol, topics=TOPICS):
        first.until(lambda: bool(first.sessions))
    topics = ("application/b/device/+/event/+",)
    with subscribed(mosquitto.port, second, protocol=protocol, expect=True, topics=topics, held=TOPICS):
        send(mosquitto.port, b"of another application")
        publish(HOST, mosquitto.port, [(0, "application/b/device/1/event/up", b"of ours")])
        second.until(lambda: bool(second.payloads))
        second.until(lambda: bool(second.sessions))
    assert second.payloads == [b"of ours"]
    assert second.sessions == [SessionOpened("main", "citylora-test", topics)]


def _suback(*reasons: int) -> bytes:
    return bytes([0x90, 2 + len(reasons), 0, 1, *reasons])


def test_a_refused_filter_keeps_no_other_from_being_heard() -> None:
    inbox = Inbox()
    topic = b"application/1/device/2/event/up"
    event = bytes([0x30, 2 + len(topic) + 1, 0, len(topic)]) + topic + b"x"
    with scripted(inbox, topics=TOPICS) as (one, accept), accept(CONNACK + _suback(1, 0x80, 1) + event):
        inbox.until(lambda: bool(inbox.payloads))
        assert one.connected.is_set()
        inbox.until(lambda: bool(inbox.sessions))
    (incident,) = inbox.incidents
    assert incident.kind == "subscription_refused"
    assert "+/gateway/+/event/stats" in incident.detail
    assert "application" not in incident.detail
    assert "conn" not in incident.detail


def test_a_refused_filter_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "ASK_AGAIN", 0.05)
    monkeypatch.setattr(module, "TICK", 0.05)
    inbox = Inbox()
    with scripted(inbox, topics=TOPICS) as (one, accept), accept(CONNACK + _suback(1, 1, 0x80)) as broker:
        inbox.until(lambda: bool(inbox.incidents))
        heard = b""
        while heard.count(b"state/conn") < 2:
            heard += broker.recv(4096)
        assert heard.count(b"application/+/device") == 1
        assert one.connected.is_set()


TAKEN_OVER = bytes([0xE0, 1, rival.SESSION_TAKEN_OVER])


def test_a_rival_is_told_by_what_the_broker_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """MQTT 5 has a word for it, which Mosquitto 2.0.11 does not use."""
    monkeypatch.setattr(rival, "AWAY", (0.6, 2.0))
    inbox = Inbox()
    with scripted(inbox, protocol="5") as (_, accept):
        began = time.monotonic()  # before it stays away, of which the incident is told first
        with accept(bytes([0x20, 3, 0, 0, 0]) + bytes([0x90, 4, 0, 1, 0, 1]) + TAKEN_OVER):
            inbox.until(lambda: bool(inbox.incidents))
        accept(b"").close()
        assert time.monotonic() - began > 0.2
    assert inbox.incidents[0].kind == "session_taken_over"
    assert 'another client uses the client id "citylora-test"' in inbox.incidents[0].detail
    assert "client_id of its own" in inbox.incidents[0].detail


def test_a_rival_is_guessed_where_the_broker_only_closes(
    protocol: str, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second client comes each time once the first one is let in: thrown out earlier, that is no sign of it."""
    monkeypatch.setattr(rival, "AWAY", (0.6, 2.0))
    monkeypatch.setattr(visit, "ANSWER_SECONDS", PATIENCE)
    first = Inbox()
    with subscribed(mosquitto.port, first, protocol=protocol) as one:
        for closing in range(rival.CLOSINGS):
            assert one.connected.wait(PATIENCE)
            with Visit(one.settings, one.settings.client_id, keep=True):
                first.until(lambda: len(first.incidents) > closing)  # noqa: B023  (it is called at once)
    kinds = [one.kind for one in first.incidents]
    assert kinds == ["connection_lost"] * (rival.CLOSINGS - 1) + ["session_taken_over"]


def test_a_line_that_is_cut_again_and_again_is_no_rival(protocol: str, mosquitto: Mosquitto) -> None:
    inbox = Inbox()
    with Proxy(mosquitto.port) as line, subscribed(line.port, inbox, protocol=protocol) as one:
        for cut in range(6):
            line.cut()
            inbox.until_lost(cut + 1)
            assert one.connected.wait(PATIENCE)
    assert {one.kind for one in inbox.incidents} == {"connection_lost"}


def _guarded(folder: Path, password: str) -> Mosquitto:
    return Mosquitto(folder / "mosquitto", config=f"{KEEPS_EVERYTHING}password_file {_password_file(folder, password)}")


def _password_file(folder: Path, password: str) -> Path:
    """A password file of Mosquitto: PBKDF2 with SHA-512."""
    path, salt = folder / "passwords", b"twelve bytes"
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
    path.write_text(f"citylora:$7$101${b64encode(salt).decode()}${b64encode(digest).decode()}\n")
    return path


@pytest.fixture
def guarded(tmp_path: Path) -> Mosquitto:
    """A broker that lets in one user; its password is `old`."""
    return _guarded(tmp_path, OLD)


class Source:
    """Settings that change, as files do."""

    def __init__(self, port: int, protocol: str) -> None:
        self.settings = BrokerSettings("main", HOST, port, "citylora-test", ("application/#",), protocol=protocol)
        self.settings = self.settings._replace(username="citylora", password=OLD)
        self.asked = 0

    def __call__(self) -> BrokerSettings:
        self.asked += 1
        return self.settings


def _send(port: int, *payloads: bytes, password: str) -> None:
    events = [(0, "application/a/device/1/event/up", payload) for payload in payloads]
    assert publish(HOST, port, events, username="citylora", password=password) == len(payloads)


def _run(source: Source, inbox: Inbox, acknowledging: list[Callable[[Handover], None]]) -> Subscriber:
    one = Subscriber(source(), inbox.put, expect_session=False, now=time.time_ns, renew=source)
    acknowledging.append(one.acknowledge)
    one.start()
    return one


def test_a_new_password_takes_over_the_session(protocol: str, guarded: Mosquitto, tmp_path: Path) -> None:
    inbox = Inbox()
    with guarded:
        source = Source(guarded.port, protocol)
        one = _run(source, inbox, [])
        try:
            assert one.connected.wait(PATIENCE)
            _send(guarded.port, b"before", password=OLD)
            inbox.until(lambda: inbox.payloads == [b"before"])
            _keep(one, inbox)
            _password_file(tmp_path, NEW)
            guarded._signal(signal.SIGHUP)  # Mosquitto reads its passwords again, and lets stay who is in
            source.settings = source.settings._replace(password=NEW)
            one.use(source)
            inbox.until(lambda: len(inbox.sessions) == 2)
            _send(guarded.port, b"after", password=NEW)
            inbox.until(lambda: b"after" in inbox.payloads)
        finally:
            one.stop()
    assert inbox.payloads == [b"before", b"after"]
    assert inbox.incidents == []


def test_a_refused_password_is_read_again_before_the_next_attempt(
    protocol: str, guarded: Mosquitto, tmp_path: Path
) -> None:
    inbox = Inbox()
    with guarded, Proxy(guarded.port) as line:
        source = Source(line.port, protocol)
        one = _run(source, inbox, [])
        try:
            assert one.connected.wait(PATIENCE)
            _password_file(tmp_path, NEW)
            guarded._signal(signal.SIGHUP)
            line.cut()
            inbox.until(lambda: any(incident.kind == "refused" for incident in inbox.incidents))
            _send(guarded.port, b"while we are locked out", password=NEW)
            source.settings = source.settings._replace(password=NEW)
            inbox.until(lambda: bool(inbox.payloads))
        finally:
            one.stop()
    assert inbox.payloads == [b"while we are locked out"]
    # The cut, and the refusals: that we leave a broker that refuses us is no other trouble.
    kinds = [incident.kind for incident in inbox.incidents]
    assert (kinds.count("connection_lost"), set(kinds)) == (1, {"connection_lost", "refused"})


def test_settings_that_stay_the_same_cost_no_connection(mosquitto: Mosquitto) -> None:
    inbox = Inbox()
    source = Source(mosquitto.port, "5")
    one = _run(source, inbox, [])
    try:
        assert one.connected.wait(PATIENCE)
        client = one._client
        with socket.create_connection((HOST, mosquitto.port)):
            one.use(source)
            inbox.until(lambda: len(inbox.sessions) == 2)
        assert one._client is client
    finally:
        one.stop()
