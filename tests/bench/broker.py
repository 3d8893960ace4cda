"""What Mosquitto says of itself under `$SYS`: the one way to see from outside that somebody has subscribed."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

if TYPE_CHECKING:
    from tests.bench.process import Process

TOPIC = "$SYS/broker/subscriptions/count"
CONFIGURATION = """\
max_inflight_messages 1000
max_queued_messages 0
sys_interval 1
"""
"""A broker that queues without end and keeps nothing on disk, so that no autosave falls into a run."""

PATIENCE = 60.0  # s; by default Mosquitto publishes under $SYS each 10 s


class Subscriptions:
    """Watches how many subscriptions the broker has; its own is one of them."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._count = 0
        self._known = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message

    def wait_for_another(self, process: Process) -> None:
        """Until somebody has one more than there was at entry; RuntimeError where the process ends before."""
        until = time.monotonic() + PATIENCE
        before = self._before
        while self._count <= before:
            process.check()
            if time.monotonic() > until:
                raise TimeoutError(f"no subscription within {PATIENCE:g} s")
            time.sleep(0.02)

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        self._wait_until_counted()
        self._before = self._count
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _wait_until_counted(self) -> None:
        """The broker may tell a count that is older than our own subscription; the first one that is not, counts."""
        until = time.monotonic() + PATIENCE
        while self._count < 1:
            if not self._known.wait(max(0.0, until - time.monotonic())):
                raise TimeoutError("the broker says nothing under $SYS")
            self._known.clear()

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe(TOPIC)

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        self._count = int(message.payload)
        self._known.set()
