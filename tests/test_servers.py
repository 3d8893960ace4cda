"""The servers that every other test stands on: they answer, keep, forget, hang and come back."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.servers import Database, InfluxDB, Mosquitto, Proxy, free_port
from tests.servers.found import PROGRAMS, find, version
from tests.servers.mqtt_frames import Frames
from tests.servers.ports import LOOPBACK

_TOPIC = "application/1/device/0102030405060708/event/up"


class _Subscriber:
    """A persistent QoS 1 session that acknowledges only what it is told to."""

    def __init__(self, port: int, client_id: str = "city") -> None:
        self.messages: list[mqtt.MQTTMessage] = []
        self._subscribed = threading.Event()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True
        )
        self.client.on_connect = lambda client, *_: client.subscribe(_TOPIC, qos=1)
        self.client.on_subscribe = lambda *_: self._subscribed.set()
        self.client.on_message = lambda _client, _userdata, message: self.messages.append(message)
        self.client.connect(LOOPBACK, port)
        self.client.loop_start()
        assert self._subscribed.wait(10)

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def acknowledge(self, messages: list[mqtt.MQTTMessage]) -> None:
        for message in messages:
            self.client.ack(message.mid, message.qos)


@contextmanager
def _subscriber(port: int) -> Iterator[_Subscriber]:
    subscriber = _Subscriber(port)
    try:
        yield subscriber
    finally:
        subscriber.leave()


def _publish(port: int, count: int) -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(1000)
    client.connect(LOOPBACK, port)
    client.loop_start()
    sent = [client.publish(_TOPIC, str(number), qos=1) for number in range(count)]
    for message in sent:
        message.wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def _until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def _offline_messages(broker: Mosquitto, count: int) -> None:
    with _subscriber(broker.port):
        pass
    _publish(broker.port, count)


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_every_server_is_there_and_tells_its_version(name: str) -> None:
    assert any(character.isdigit() for character in version(name, find(name)))


def test_ports_are_free_and_given_once() -> None:
    ports = {free_port() for _ in range(50)}
    assert len(ports) == 50
    for port in ports:
        with socket.create_server((LOOPBACK, port)):
            pass


def test_broker_keeps_qos1_messages_over_sigterm(mosquitto: Mosquitto) -> None:
    _offline_messages(mosquitto, 50)
    mosquitto.restart()
    with _subscriber(mosquitto.port) as subscriber:
        _until(lambda: len(subscriber.messages) == 50)
    assert [int(message.payload) for message in subscriber.messages] == list(range(50))


def test_broker_forgets_what_it_had_not_saved_when_killed(mosquitto: Mosquitto) -> None:
    _offline_messages(mosquitto, 50)
    mosquitto.kill()
    mosquitto.start()
    with _subscriber(mosquitto.port) as subscriber:
        _publish(mosquitto.port, 1)
        _until(lambda: bool(subscriber.messages))
    assert len(subscriber.messages) == 1
    assert mosquitto.log.read_text().count("running") == 2


def test_broker_as_debian_has_it_queues_a_thousand(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, debian_default=True) as broker:
        _offline_messages(broker, 1200)
        with _subscriber(broker.port) as subscriber:
            _until(lambda: len(subscriber.messages) >= 20)
            time.sleep(0.3)
            seen = 0
            while len(subscriber.messages) > seen:
                waiting = subscriber.messages[seen:]
                seen += len(waiting)
                subscriber.acknowledge(waiting)
                time.sleep(0.3)
        broker.stop()
        assert 1000 <= seen <= 1020  # whether those in flight count as queued differs between versions
        assert not broker.persisted.exists()


def test_broker_hangs_and_goes_on(mosquitto: Mosquitto) -> None:
    mosquitto.pause()
    with socket.create_connection((LOOPBACK, mosquitto.port)) as connection:
        connection.sendall(bytes([0xC0, 0]))
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)
    mosquitto.resume()
    _publish(mosquitto.port, 1)


def test_influxdb_keeps_points_over_sigterm_and_sigkill(influxdb: InfluxDB) -> None:
    database = influxdb.create_database("city")
    database.write("environment,site=a air_temperature=30.5 1700000000000000001")
    influxdb.restart()
    database.write("environment,site=a air_temperature=31 1700000000000000002")
    influxdb.kill()
    assert not influxdb.running
    influxdb.start()
    assert database.count("environment", "air_temperature") == 2
    assert database.rows("SELECT * FROM environment")[0] == {
        "time": 1700000000000000001,
        "site": "a",
        "air_temperature": 30.5,
    }


def test_influxdb_refuses_in_its_own_words(database: Database) -> None:
    with pytest.raises(RuntimeError, match="unable to parse"):
        database.write("environment air_temperature=")
    with pytest.raises(RuntimeError, match="error parsing query"):
        database.rows("SELECT")
    assert database.measurements() == set()
    assert database.count("environment", "air_temperature") == 0


def test_databases_of_a_shared_influxdb_are_apart(database: Database, shared_influxdb: InfluxDB) -> None:
    other = shared_influxdb.create_database("other")
    other.write("water water_level=1.5 1")
    assert (database.count("water", "water_level"), other.count("water", "water_level")) == (0, 1)
    shared_influxdb.query("DROP DATABASE other")


def test_server_dies_with_the_test_run_that_started_it(tmp_path: Path) -> None:
    script = (
        "import sys, threading, pathlib; from tests.servers import Mosquitto\n"
        "broker = Mosquitto(pathlib.Path(sys.argv[1]))\n"
        "starter = threading.Thread(target=broker.start); starter.start(); starter.join()\n"
        "print(broker.pid, flush=True); sys.stdin.read()"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        time.sleep(0.2)
        os.kill(pid, 0)  # it outlives the thread that started it
        run.send_signal(signal.SIGKILL)
        run.wait()
        _until(lambda: not Path(f"/proc/{pid}").exists())


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, config="no_such_option 1")
    with pytest.raises(RuntimeError, match="no_such_option"):
        broker.start()
    assert not broker.running


def test_proxy_keeps_the_window_that_the_broker_overruns(mosquitto: Mosquitto) -> None:
    _offline_messages(mosquitto, 500)
    with Proxy(mosquitto.port, in_flight=20) as proxy, _subscriber(proxy.port) as subscriber:
        _until(lambda: len(subscriber.messages) == 20)
        time.sleep(0.3)
        assert len(subscriber.messages) == 20
        seen = 0
        while seen < 500:
            waiting = subscriber.messages[seen:]
            seen += len(waiting)
            subscriber.acknowledge(waiting)
            time.sleep(0.001)
            assert len(subscriber.messages) - seen <= 20
    assert sorted(int(message.payload) for message in subscriber.messages) == list(range(500))
    assert proxy.most_in_flight == 20
    assert proxy.most_offered > 20


def test_proxy_cuts_and_the_broker_sends_again(mosquitto: Mosquitto) -> None:
    with Proxy(mosquitto.port, in_flight=20) as proxy, _subscriber(proxy.port) as subscriber:
        _publish(mosquitto.port, 30)
        _until(lambda: len(subscriber.messages) == 20)
        proxy.cut()
        _until(lambda: proxy.connections == 2)
        _until(lambda: len(subscriber.messages) == 40)
        assert all(message.dup for message in subscriber.messages[20:])


def test_proxy_stalls_and_goes_on(database: Database) -> None:
    with Proxy(database.server.port) as proxy, socket.create_connection((LOOPBACK, proxy.port)) as connection:
        connection.settimeout(0.3)
        proxy.stall()
        connection.sendall(b"GET /ping HTTP/1.1\r\nHost: city\r\n\r\n")
        with pytest.raises(TimeoutError):
            connection.recv(1)
        proxy.resume()
        connection.settimeout(5)
        assert connection.recv(4096).startswith(b"HTTP/1.1 204")
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_proxy_that_is_stopped_refuses(database: Database) -> None:
    with Proxy(database.server.port) as proxy:
        proxy.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((LOOPBACK, proxy.port))
        proxy.start()
        socket.create_connection((LOOPBACK, proxy.port)).close()


def test_frames_are_whole_however_the_stream_is_cut() -> None:
    publish = bytes([0x32, 0x87, 0x01, 0, 1]) + b"t" + bytes([0x12, 0x34]) + bytes(130)
    stream = bytes([0xD0, 0]) + publish + bytes([0x40, 2, 0x12, 0x34]) + bytes([0x30, 5, 0, 1]) + b"tx"
    for size in (1, 2, 7, len(stream)):
        frames = Frames()
        pieces = (stream[start : start + size] for start in range(0, len(stream), size))
        parsed = [frame for piece in pieces for frame in frames.feed(piece)]
        assert b"".join(frame.data for frame in parsed) == stream[: 2 + len(publish) + 4]
        assert [frame.publish_id for frame in parsed] == [None, 0x1234, None]
        assert [frame.puback_id for frame in parsed] == [None, None, 0x1234]
