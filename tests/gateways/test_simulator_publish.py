"""The publisher against a real broker: the rate is kept, the window too, and a broken connection loses nothing."""

from __future__ import annotations

import base64
import hashlib
import itertools
import threading
import time
from typing import TYPE_CHECKING

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gateways.simulator import City
from gateways.simulator.publish import publish
from tests.servers import Mosquitto, Proxy, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1"
Event = tuple[int, str, bytes]


def _events(count: int) -> list[Event]:
    return list(itertools.islice(City(20).stream(1_795_307_000_000_000_000, 100), count))


@pytest.fixture
def heard(mosquitto: Mosquitto) -> Iterator[list[tuple[str, bytes]]]:
    """What a subscriber of this test's broker receives."""
    messages: list[tuple[str, bytes]] = []
    subscribed = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _client, _userdata, message: messages.append((message.topic, bytes(message.payload)))
    client.connect(HOST, mosquitto.port)
    client.subscribe("application/+/device/+/event/up", qos=1)
    client.loop_start()
    assert subscribed.wait(10)
    yield messages
    client.disconnect()
    client.loop_stop()


def _until(messages: list[tuple[str, bytes]], count: int) -> None:
    deadline = time.monotonic() + 10
    while len(messages) < count and time.monotonic() < deadline:
        time.sleep(0.01)


def test_all_are_acknowledged_and_arrive_in_order(mosquitto: Mosquitto, heard: list[tuple[str, bytes]]) -> None:
    events = _events(1000)
    assert publish(HOST, mosquitto.port, events) == 1000
    _until(heard, 1000)
    assert heard == [(topic, payload) for _, topic, payload in events]


def test_rate_is_kept(mosquitto: Mosquitto) -> None:
    began = time.monotonic()
    assert publish(HOST, mosquitto.port, _events(51), 50) == 51
    assert 0.95 < time.monotonic() - began < 3


def test_stop_ends_an_endless_stream(mosquitto: Mosquitto) -> None:
    stop, began = threading.Event(), time.monotonic()
    timer = threading.Timer(0.5, stop.set)
    timer.start()
    count = publish(HOST, mosquitto.port, City(5).stream(0, 1), 100, stop=stop)
    timer.join()
    assert 10 < count <= 2 + 100 * (time.monotonic() - began)


def test_a_cut_connection_loses_nothing(mosquitto: Mosquitto, heard: list[tuple[str, bytes]]) -> None:
    events = _events(400)
    with Proxy(mosquitto.port) as proxy:
        timer = threading.Timer(0.5, proxy.cut)
        timer.start()
        assert publish(HOST, proxy.port, events, 400) == 400
        timer.join()
        assert proxy.connections == 2
    _until(heard, 400)
    assert {payload for _, payload in heard} == {payload for _, _, payload in events}


def test_never_more_on_the_way_than_the_window(mosquitto: Mosquitto) -> None:
    stop = threading.Event()
    taken: list[int] = []

    with Proxy(mosquitto.port) as proxy:

        def counted() -> Iterator[Event]:
            proxy.stall()
            timer.start()
            for number, event in enumerate(_events(100)):
                taken.append(number)
                yield event

        def end() -> None:
            stuck.append(len(taken))
            stop.set()
            proxy.resume()

        stuck: list[int] = []
        timer = threading.Timer(0.5, end)
        assert publish(HOST, proxy.port, counted(), stop=stop, window=8) == 8
        timer.join()
    assert stuck == [9]  # eight on their way, the ninth in hand


def _password_line(user: str, password: str) -> str:
    """As mosquitto_passwd writes it: PBKDF2 with SHA-512, 101 rounds."""
    salt = b"city of seed"
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
    return f"{user}:$7$101${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}\n"


def test_a_user_needs_the_right_password(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text(_password_line("simulator", "sông Hàn"))
    passwords.chmod(0o600)
    with Mosquitto(tmp_path / "broker", config=f"password_file {passwords}") as broker:
        assert publish(HOST, broker.port, _events(3), username="simulator", password="sông Hàn") == 3  # noqa: S106
        with pytest.raises(ConnectionError, match="Not authorized"):
            publish(HOST, broker.port, _events(3), username="simulator", password="Thu Bồn")  # noqa: S106


def test_no_broker_is_an_error() -> None:
    with pytest.raises(OSError, match="refused"):
        publish(HOST, free_port(), _events(1))
