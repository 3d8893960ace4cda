"""The simulator's only I/O: a stream of events, published over MQTT as the network server would.

QoS 1, at a steady rate, never more than a window of unacknowledged messages; a broken connection is mended and what
was in flight is sent again. It is for the demo and for tests of load: nothing in the product depends on it.
"""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from paho.mqtt.client import MQTT_ERR_NO_CONN, MQTT_ERR_SUCCESS, Client
from paho.mqtt.enums import CallbackAPIVersion

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from paho.mqtt.client import SocketLike
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

WINDOW = 200
"""Messages without acknowledgement at most: enough for thousands a second on a local network, little to send again."""

PATIENCE = 10.0
"""Seconds that the last acknowledgements are waited for, and the first connection."""

_STOP_CHECK = 0.1  # s between looks at `stop` while the broker takes nothing
_PAUSE = 0.001  # s: a shorter sleep costs more than it gains; the few messages that are due then go out together


Event: TypeAlias = tuple[int, str, bytes] | tuple[int, str, bytes, bool]
"""When it is published (ns UTC), topic, payload, and whether the broker is to retain it."""


@dataclass
class Progress:
    """How far a publisher has come; only it writes, anyone may read.

    Attributes:
        sent: messages that were given to the MQTT client; the broker acknowledges them in this order.
        acknowledged: messages that the broker has taken.
        behind: seconds by which the last message went out too late.
    """

    sent: int = 0
    acknowledged: int = 0
    behind: float = 0.0


def publish(
    host: str,
    port: int,
    events: Iterable[Event],
    rate: float | None = None,
    *,
    by_clock: bool = False,
    stop: threading.Event | None = None,
    username: str | None = None,
    password: str | None = None,
    tls: ssl.SSLContext | None = None,
    window: int = WINDOW,
    progress: Progress | None = None,
) -> int:
    """Publish `events` until they end or `stop` is set.

    Args:
        host: the broker's name or address.
        port: its TCP port.
        events: what to publish, in this order.
        rate: events a second; None is as fast as the broker takes them. A stall is made up for by one second's worth
            of events in a burst, not by more.
        by_clock: each goes out when its own time has come, counted from the first one's; a stall is wholly made up for.
        stop: set by another thread to end early.
        username: of the broker's user, if it wants one.
        password: of the same.
        tls: how to make the connection secure; None does not.
        window: how many may be without acknowledgement.
        progress: is kept up to date for another thread.

    Returns:
        How many the broker has acknowledged. After the last event, or `stop`, acknowledgements are waited for at most
        `PATIENCE` seconds.

    Raises:
        ConnectionError: the broker refuses the first connection, or does not answer within `PATIENCE`.
        OSError: there is no broker.
    """
    publisher = _Publisher(window, stop or threading.Event(), progress or Progress())
    if username is not None:
        publisher.client.username_pw_set(username, password)
    if tls is not None:
        publisher.client.tls_set_context(tls)
    publisher.client.connect(host, port)
    publisher.client.loop_start()
    try:
        publisher.await_connection()
        publisher.send(events, 1 / rate if rate else 0.0, by_clock=by_clock)
        return publisher.await_acknowledgements()
    finally:
        publisher.client.disconnect()
        publisher.client.loop_stop()


class _Publisher:
    """One connection, and the count of what the broker has taken."""

    def __init__(self, window: int, stop: threading.Event, progress: Progress) -> None:
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.max_inflight_messages_set(window)
        self.client.reconnect_delay_set(min_delay=1, max_delay=2)
        self.client.on_connect, self.client.on_publish = self._on_connect, self._on_publish
        self.client.on_socket_open = self._on_socket_open
        self._window, self._stop = window, stop
        self._progress = progress
        self._wanted = 0  # the sender sleeps until no more than this many are on their way
        self._changed = threading.Condition()
        self._answered = threading.Event()
        self._refusal: str | None = None

    def await_connection(self) -> None:
        if not self._answered.wait(PATIENCE) or self._refusal is not None:
            raise ConnectionError(self._refusal or f"the broker has not answered CONNECT within {PATIENCE:g} s")

    def send(self, events: Iterable[Event], interval: float, *, by_clock: bool) -> None:
        due = time.monotonic()
        lead: float | None = None  # s from the events' clock to ours
        for at, topic, payload, *retain in events:
            if by_clock:
                lead = due - at / 1e9 if lead is None else lead
                due = at / 1e9 + lead
            if not self._have_room() or self._stopped_before(due):
                return
            # Without a connection paho keeps the message and sends it when there is one again.
            sent = self.client.publish(topic, payload, qos=1, retain=any(retain))
            if sent.rc not in {MQTT_ERR_SUCCESS, MQTT_ERR_NO_CONN}:
                raise ConnectionError(f"the message for {topic} was not taken")
            self._progress.sent += 1
            self._progress.behind = time.monotonic() - due
            due = max(due + interval, time.monotonic() - 1.0)

    def await_acknowledgements(self) -> int:
        with self._changed:
            self._wanted = 0
            self._changed.wait_for(self._is_calm, PATIENCE)
        return self._progress.acknowledged

    def _have_room(self) -> bool:
        """Wait while the window is full, and then until it is half empty: waking up costs more than a message."""
        if self._progress.sent - self._progress.acknowledged < self._window:
            return True
        with self._changed:
            self._wanted = self._window // 2
            while not self._changed.wait_for(self._is_calm, _STOP_CHECK):
                if self._stop.is_set():
                    return False
        return True

    def _is_calm(self) -> bool:
        return self._progress.sent - self._progress.acknowledged <= self._wanted

    def _stopped_before(self, due: float) -> bool:
        pause = due - time.monotonic()
        return self._stop.wait(pause) if pause > _PAUSE else self._stop.is_set()

    def _on_connect(self, _client: Client, _: object, _flags: object, code: ReasonCode, _p: Properties | None) -> None:
        if code.is_failure and not self._answered.is_set():
            self._refusal = f"the broker refuses the connection: {code}"
        self._answered.set()

    def _on_socket_open(self, _client: Client, _: object, sock: SocketLike) -> None:
        """Nagle's algorithm would hold the last messages of a window back until the broker's delayed ACK."""
        if isinstance(sock, socket.socket):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _on_publish(self, _client: Client, _: object, _mid: int, _code: ReasonCode, _p: Properties | None) -> None:
        with self._changed:
            self._progress.acknowledged += 1
            if self._is_calm():
                self._changed.notify()
