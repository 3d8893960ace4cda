"""The subscriber against a real Mosquitto: what it hands over, what it acknowledges, and what it survives."""

from __future__ import annotations

import queue
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from gateways.chirpstack import mqtt_client
from gateways.chirpstack import subscriber as module
from gateways.chirpstack.broker import BrokerSettings
from gateways.chirpstack.subscriber import Subscriber
from gateways.handover import Handover, Incident, Report, SessionOpened
from gateways.simulator import publish as simulator
from gateways.simulator.publish import publish
from tests.servers import Mosquitto, Proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HOST = "127.0.0.1"
TOPIC = "application/a/device/0000000000000001/event/up"
PATIENCE = 20.0


@pytest.fixture(autouse=True)
def _is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACK_OFF", (0.05, 0.2))
    monkeypatch.setattr(module, "LEAVE_SECONDS", 0.2)
    monkeypatch.setattr(mqtt_client, "FAREWELL_SECONDS", PATIENCE)  # a busy broker reads the last PUBACKs late
    monkeypatch.setattr(simulator, "PATIENCE", PATIENCE)


class Inbox:
    """What a subscriber has reported."""

    def __init__(self) -> None:
        self.handovers: list[Handover] = []
        self.incidents: list[Incident] = []
        self.sessions: list[SessionOpened] = []
        self._reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.put = self._reports.put

    @property
    def payloads(self) -> list[bytes]:
        return [event.payload for handover in self.handovers for event in handover.events]

    def until(self, done: Callable[[], bool]) -> None:
        """Take reports until it is so."""
        deadline = time.monotonic() + PATIENCE
        while not done():
            try:
                report = self._reports.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"not within {PATIENCE:g} s; reported: {self.incidents}") from None
            kept: list[Report] = {Handover: self.handovers, Incident: self.incidents}.get(  # type: ignore[assignment]
                type(report), self.sessions
            )
            kept.append(report)

    def until_handovers(self, count: int) -> None:
        self.until(lambda: len(self.handovers) >= count)

    def until_lost(self, count: int) -> None:
        self.until(lambda: sum(one.kind == "connection_lost" for one in self.incidents) >= count)


@contextmanager
def subscribed(
    port: int, inbox: Inbox, *, expect: bool = False, held: Sequence[str] = (), **settings: object
) -> Iterator[Subscriber]:
    given = BrokerSettings("main", HOST, port, "citylora-test", ("application/#",))._replace(**settings)  # type: ignore[arg-type]
    one = Subscriber(given, inbox.put, expect_session=expect, now=time.time_ns, held=held)
    one.start()
    try:
        assert one.connected.wait(PATIENCE)
        yield one
    finally:
        one.stop(PATIENCE)


def send(port: int, *payloads: bytes) -> None:
    assert publish(HOST, port, ((0, TOPIC, payload) for payload in payloads)) == len(payloads)


def numbered(count: int) -> list[bytes]:
    return [b'{"number":%d}' % number for number in range(count)]


@pytest.fixture(params=["5", "3.1.1"])
def protocol(request: pytest.FixtureRequest) -> str:
    version: str = request.param
    return version


def test_events_come_in_order_with_their_topic_and_time(protocol: str, mosquitto: Mosquitto) -> None:
    inbox, began = Inbox(), time.time_ns()
    with subscribed(mosquitto.port, inbox, protocol=protocol):
        send(mosquitto.port, *numbered(500), b"", bytes(range(256)))
        inbox.until(lambda: len(inbox.payloads) == 502)
    assert inbox.payloads == [*numbered(500), b"", bytes(range(256))]
    events = [event for handover in inbox.handovers for event in handover.events]
    assert {(event.source, event.topic, event.retained) for event in events} == {("main", TOPIC, False)}
    assert all(began <= event.arrived_at <= time.time_ns() for event in events)
    assert all(len(handover.events) == len(handover.mids) for handover in inbox.handovers)
    assert inbox.sessions[0] == SessionOpened("main", "citylora-test", ("application/#",))


def test_what_is_not_acknowledged_comes_again(protocol: str, mosquitto: Mosquitto) -> None:
    first, second = Inbox(), Inbox()
    with subscribed(mosquitto.port, first, protocol=protocol) as one:
        send(mosquitto.port, *numbered(10))
        first.until(lambda: len(first.payloads) == 10)
        one.acknowledge(first.handovers[0])
    kept = len(first.handovers[0].events)
    send(mosquitto.port, b"while we are away")
    with subscribed(mosquitto.port, second, protocol=protocol, expect=True):
        second.until(lambda: b"while we are away" in second.payloads)
    assert second.payloads == [*numbered(10)[kept:], b"while we are away"]
    assert second.incidents == []


def test_an_acknowledgement_of_an_older_connection_is_not_sent(protocol: str, mosquitto: Mosquitto) -> None:
    first, second, third = Inbox(), Inbox(), Inbox()
    with Proxy(mosquitto.port) as line, subscribed(line.port, first, protocol=protocol) as one:
        send(mosquitto.port, *numbered(20))
        first.until(lambda: len(first.payloads) == 20)
        old = list(first.handovers)
        line.cut()
        first.until(lambda: len(first.payloads) == 40)
        for handover in old:
            one.acknowledge(handover)
    assert {handover.generation for handover in old} == {1}
    assert {handover.generation for handover in first.handovers} == {1, 2}
    with subscribed(mosquitto.port, second, protocol=protocol) as one:
        second.until(lambda: len(second.payloads) == 20)
        for handover in second.handovers:
            one.acknowledge(handover)
    with subscribed(mosquitto.port, third, protocol=protocol):
        send(mosquitto.port, b"afterwards")
        third.until(lambda: bool(third.payloads))
    assert first.payloads == numbered(20) * 2
    assert second.payloads == numbered(20)
    assert third.payloads == [b"afterwards"]


def test_acknowledging_after_the_end_harms_nobody(mosquitto: Mosquitto) -> None:
    inbox = Inbox()
    with subscribed(mosquitto.port, inbox) as one:
        send(mosquitto.port, *numbered(10))
        inbox.until(lambda: len(inbox.payloads) == 10)
    for handover in inbox.handovers:
        one.acknowledge(handover)


def test_a_lost_session_is_reported(protocol: str, mosquitto: Mosquitto) -> None:
    inbox = Inbox()
    with subscribed(mosquitto.port, inbox, protocol=protocol, expect=True):
        inbox.until(lambda: bool(inbox.incidents))
    assert [incident.kind for incident in inbox.incidents] == ["session_lost"]


def test_a_broker_that_is_away_is_waited_for(mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    inbox = Inbox()
    one = Subscriber(
        BrokerSettings("main", HOST, mosquitto.port, "citylora-test", ("application/#",)),
        inbox.put,
        expect_session=False,
        now=time.time_ns,
    )
    one.start()
    inbox.until(lambda: bool(inbox.incidents))
    assert inbox.incidents[0].kind == "connect_failed"
    mosquitto.start()
    assert one.connected.wait(PATIENCE)
    one.stop()


def test_large_and_odd_messages_come_whole(protocol: str, mosquitto: Mosquitto) -> None:
    payloads = [bytes([size % 251]) * size for size in (0, 1, 100_000, 65_536, 65_535, 5_000_000, 3)]
    inbox = Inbox()
    with subscribed(mosquitto.port, inbox, protocol=protocol) as one:
        send(mosquitto.port, *payloads)
        inbox.until(lambda: len(inbox.payloads) == len(payloads))
        for handover in inbox.handovers:
            one.acknowledge(handover)
        assert inbox.payloads == payloads
        assert one.connected.is_set()


def test_past_its_bound_of_bytes_it_goes_away_and_comes_back(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UNACKNOWLEDGED_BYTES", 1_000_000)
    payloads = [bytes([number]) * 100_000 for number in range(30)]
    inbox = Inbox()
    with subscribed(mosquitto.port, inbox) as one:
        send(mosquitto.port, *payloads)
        inbox.until(lambda: bool(inbox.incidents))
        assert 10 <= len(inbox.payloads) < 20
        assert not one.connected.wait(1.5)  # it stays away until the events are kept
        seen = 0
        while set(inbox.payloads) != set(payloads):
            for handover in inbox.handovers[seen:]:
                one.acknowledge(handover)
            seen = len(inbox.handovers)
            inbox.until_handovers(seen + 1)
    assert {incident.kind for incident in inbox.incidents} == {"connection_lost"}


CONNACK = bytes([0x20, 2, 0, 0])
SUBACK, REFUSAL = bytes([0x90, 3, 0, 1, 1]), bytes([0x90, 3, 0, 1, 0x80])
PUBLISH = b"\x32\x06\x00\x01a\x00\x07x"


@contextmanager
def scripted(
    inbox: Inbox, topics: tuple[str, ...] = ("a",), protocol: str = "3.1.1"
) -> Iterator[tuple[Subscriber, Callable[[bytes], socket.socket]]]:
    """A subscriber of a broker that says what the test wants, and the function that takes its next connection."""
    with socket.create_server((HOST, 0)) as door:
        door.settimeout(PATIENCE)
        given = BrokerSettings("main", HOST, door.getsockname()[1], "citylora-test", topics, protocol=protocol)
        one = Subscriber(given, inbox.put, expect_session=False, now=time.time_ns)

        def accept(words: bytes) -> socket.socket:
            connection, _ = door.accept()
            connection.settimeout(PATIENCE)
            connection.sendall(words)
            return connection

        one.start()
        try:
            yield one, accept
        finally:
            one.stop()


def test_a_refused_subscription_is_reported() -> None:
    inbox = Inbox()
    with scripted(inbox) as (one, accept), accept(CONNACK + REFUSAL):
        inbox.until(lambda: bool(inbox.incidents))
        assert inbox.incidents[0].kind == "subscription_refused"
        assert not one.connected.is_set()


NONSENSE = [
    b"\xff" * 50,
    b"\x32\x03\x00\x09a",  # a topic longer than its packet
    b"\x30\xff\xff\xff\xff\x01",  # a length of five bytes
    b"\x90\x00",  # acknowledgements of nothing
    b"\x20\x00",
    b"\x40\x00",
]


@pytest.mark.parametrize("words", NONSENSE, ids=repr)
def test_a_broker_that_speaks_nonsense_is_left_and_tried_again(words: bytes) -> None:
    inbox = Inbox()
    with scripted(inbox) as (_, accept):
        with accept(CONNACK + SUBACK + words) as connection:
            inbox.until(lambda: bool(inbox.sessions))
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass
        accept(CONNACK).close()


def test_a_reset_while_acknowledging_is_a_lost_connection_and_no_more() -> None:
    """What notices first that a connection is gone may be the write of a PUBACK."""
    inbox = Inbox()
    with scripted(inbox) as (one, accept):
        for number in range(3):
            connection = accept(CONNACK + SUBACK + PUBLISH)
            inbox.until_handovers(number + 1)
            one._client._sock.shutdown(socket.SHUT_WR)  # type: ignore[union-attr]  # the next write fails
            one.acknowledge(inbox.handovers[-1])
            inbox.until_lost(number + 1)
            connection.close()
    lost = [incident.detail for incident in inbox.incidents if incident.kind == "connection_lost"]
    assert len(lost) == 3
    assert all("BrokenPipe" in detail for detail in lost)
