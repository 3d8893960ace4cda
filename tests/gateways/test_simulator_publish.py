"""The publisher against a real broker: the rate is kept, the window too, and a broken connection loses nothing."""

from __future__ import annotations

import base64
import hashlib
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gateways.simulator import City
from gateways.simulator import publish as module
from gateways.simulator.publish import Progress, publish
from tests.servers import Mosquitto, Proxy, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOST = "127.0.0.1"
PATIENCE = 60.0
Event = tuple[int, str, bytes]


@pytest.fixture(autouse=True)
def _is_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", PATIENCE)


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
    assert subscribed.wait(PATIENCE)
    yield messages
    client.disconnect()
    client.loop_stop()


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_all_are_acknowledged_and_arrive_in_order(mosquitto: Mosquitto, heard: list[tuple[str, bytes]]) -> None:
    events = _events(1000)
    assert publish(HOST, mosquitto.port, events) == 1000
    _until(lambda: len(heard) >= 1000)
    assert heard == [(topic, payload) for _, topic, payload in events]


class Rest(threading.Event):
    """A clock that goes on only while somebody waits for this."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0.0
        return self.is_set()


def test_rate_is_kept(mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = Rest()
    monkeypatch.setattr(module, "time", rest)
    assert publish(HOST, mosquitto.port, _events(51), 50, stop=rest) == 51
    assert rest.now == pytest.approx(1.0)


def test_stop_ends_an_endless_stream(mosquitto: Mosquitto) -> None:
    stop, began, progress = threading.Event(), time.monotonic(), Progress()

    def end() -> None:
        _until(lambda: progress.acknowledged > 10)
        stop.set()

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(end)
        count = publish(HOST, mosquitto.port, City(5).stream(0, 1), 100, stop=stop, progress=progress)
        ended.result()
    assert 10 < count <= 2 + 100 * (time.monotonic() - began)


def test_a_cut_connection_loses_nothing(mosquitto: Mosquitto, heard: list[tuple[str, bytes]]) -> None:
    events = _events(400)
    with Proxy(mosquitto.port) as proxy:

        def cut_off() -> Iterator[Event]:
            for number, event in enumerate(events):
                if number == 190:
                    proxy.stall()  # so that some are on their way
                if number == 200:
                    proxy.cut()
                    proxy.resume()
                yield event

        assert publish(HOST, proxy.port, cut_off(), 400) == 400
        assert proxy.connections == 2
    _until(lambda: len({payload for _, payload in heard}) >= 400)
    assert {payload for _, payload in heard} == {payload for _, _, payload in events}


def test_never_more_on_the_way_than_the_window(mosquitto: Mosquitto) -> None:
    stop = threading.Event()
    taken: list[int] = []

    with Proxy(mosquitto.port) as proxy:

        def counted() -> Iterator[Event]:
            proxy.stall()
            for number, event in enumerate(_events(100)):
                taken.append(number)
                yield event

        def end() -> int:
            _until(lambda: len(taken) >= 9)
            time.sleep(0.5)  # in which nothing more is to happen
            stuck = len(taken)
            stop.set()
            proxy.resume()
            return stuck

        with ThreadPoolExecutor(1) as pool:
            stuck = pool.submit(end)
            assert publish(HOST, proxy.port, counted(), stop=stop, window=8) == 8
            assert stuck.result() == 9  # eight on their way, the ninth in hand


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
