"""Takes uplinks from an MQTT broker, and acknowledges each only when it is told to.

One thread owns the connection. It hands over what has arrived (`Handover`) and goes on reading; whoever keeps the
events calls `acknowledge`, from any thread. Acknowledgements carry the number of the connection (`generation`): one
of an older connection is not sent, since the broker has forgotten that packet id and will send the event again.

What is unacknowledged is bounded: by count through the broker's window, by bytes here. Past that the connection is
closed, and opened again when the events have been kept; the broker still has them.
"""

from __future__ import annotations

import math
import os
import random
import select
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from gateways.chirpstack.mqtt_client import BufferedClient
from gateways.handover import Handover, Incident, Report, SessionOpened
from gateways.uplink import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import ConnectFlags, MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

    from gateways.chirpstack.broker import BrokerSettings

UNACKNOWLEDGED_BYTES = 64 * 1024 * 1024
"""Payload bytes that may wait for the disk."""

PLENTY_BYTES = 4 * 1024 * 1024
"""Payload bytes that wait for the disk at which reading pauses: half a second's work. A broker that keeps to its window
never gets there; Mosquitto 2.0.11 overruns it, and would make us close a connection that is merely fast."""

TICK = 1.0
"""Seconds between two looks at the keep-alive when nothing happens."""

BACK_OFF = (0.5, 30.0)
"""Seconds before the second attempt to connect, and at most; doubled each time, with jitter."""


LEAVE_SECONDS = 2.0
"""How long a subscriber that is told to stop waits for its last events to be kept."""


class Subscriber:
    """One broker's connection, kept up until `stop`.

    Attributes:
        connected: subscribed, and events may arrive.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        report: Callable[[Report], None],
        *,
        expect_session: bool,
        now: Callable[[], int],
    ) -> None:
        self.settings = settings
        self.connected = threading.Event()
        self._report = report
        self._expect_session = expect_session
        self._now = now
        self._generation = 0
        self._events: list[Event] = []
        self._mids: list[int] = []
        self._waiting_bytes = 0
        self._plenty_since = math.inf
        self._acknowledged: list[tuple[int, list[int], int]] = []
        self._lock = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._stopping = threading.Event()
        self._client = self._make_client()
        self._thread = threading.Thread(target=self._run, name=f"mqtt:{settings.name}", daemon=True)

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Take no more, send the acknowledgements that were given, and disconnect; the session stays."""
        self._stopping.set()
        self._wake()
        self._thread.join(timeout)

    def acknowledge(self, handover: Handover) -> None:
        """The events of the handover are on disk."""
        size = sum(len(event.payload) for event in handover.events)
        with self._lock:
            self._acknowledged.append((handover.generation, handover.mids, size))
        self._wake()

    def _wake(self) -> None:
        with suppress(BlockingIOError, BrokenPipeError):  # a full pipe wakes as well; after the end nobody reads
            os.write(self._wake_write, b"x")

    def _make_client(self) -> BufferedClient:
        settings = self.settings
        protocol = mqtt.MQTTv5 if settings.protocol == "5" else mqtt.MQTTv311
        options: dict[str, object] = {"client_id": settings.client_id, "protocol": protocol}
        if protocol == mqtt.MQTTv311:
            options["clean_session"] = False
        client = BufferedClient(self._arrived, **options)
        if settings.username is not None:
            client.username_pw_set(settings.username, settings.password)
        if settings.tls is not None:
            client.tls_set_context(settings.tls)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def _run(self) -> None:
        delay = BACK_OFF[0]
        while not self._stopping.is_set():
            began = time.monotonic()
            self._serve_connection()
            self.connected.clear()
            if self._stopping.is_set():
                break
            delay = BACK_OFF[0] if time.monotonic() - began > BACK_OFF[1] else min(delay * 2, BACK_OFF[1])
            self._stopping.wait(delay * random.uniform(0.5, 1.0))  # noqa: S311  (jitter, no secret)
            self._wait_for_room()
        os.close(self._wake_read)

    def _serve_connection(self) -> None:
        """Connect and serve until the connection ends."""
        client = self._client
        client.forget()
        self._generation += 1
        try:
            self._connect()
        except (OSError, ValueError) as error:
            self._report(Incident(self.settings.name, "connect_failed", str(error)))
            return
        try:
            reason = self._loop()
        except Exception as error:  # noqa: BLE001  (a reset, or bytes that are no MQTT: the thread connects again)
            reason = f"{type(error).__name__}: {error}"
        self._hand_over()
        if self._stopping.is_set():
            with suppress(OSError):  # gone already
                self._take_leave()
        elif reason:
            self._report(Incident(self.settings.name, "connection_lost", reason))
        sock = client.socket()
        if sock is not None:
            sock.close()

    def _connect(self) -> None:
        settings = self.settings
        if settings.protocol != "5":
            self._client.connect(settings.host, settings.port, settings.keepalive)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = settings.session_expiry
        properties.ReceiveMaximum = settings.receive_maximum
        # Not paho's default: "clean start at first" would throw away the queue at every start of this program.
        self._client.connect(settings.host, settings.port, settings.keepalive, clean_start=False, properties=properties)

    def _loop(self) -> str:
        """Serve the connection; returns why it ended."""
        client = self._client
        while not self._stopping.is_set():
            sock = client.socket()
            if sock is None:
                return "closed by the broker"
            blocked = not (self._write() and client.flush())
            number = sock.fileno()
            wanted = [self._wake_read, number] if self._has_room() else [self._wake_read]
            readable, _, _ = select.select(wanted, [number] if blocked else [], [], TICK)
            if self._wake_read in readable:
                self._drain_wake()
                self._send_acknowledgements()
            if number in readable and not self._read():
                return "the connection broke"
            if client.loop_misc() != mqtt.MQTT_ERR_SUCCESS:
                return "no answer to the keep-alive"
            if self._waiting_bytes > UNACKNOWLEDGED_BYTES:
                return f"{self._waiting_bytes} bytes wait for the disk: taking no more until they are kept"
        return ""

    def _has_room(self) -> bool:
        """Whether to read on: not while intake has plenty to do, but long enough pauses would cost us the pings."""
        if self._waiting_bytes <= PLENTY_BYTES:
            self._plenty_since = math.inf
            return True
        now = time.monotonic()
        self._plenty_since = min(self._plenty_since, now)
        return now - self._plenty_since > self.settings.keepalive / 3

    def _take_leave(self) -> None:
        """Wait a moment for what was handed over last to be kept, acknowledge it, and disconnect."""
        deadline = time.monotonic() + LEAVE_SECONDS
        while self._waiting_bytes and time.monotonic() < deadline:
            select.select([self._wake_read], [], [], LEAVE_SECONDS / 10)
            self._drain_wake()
            self._send_acknowledgements()
        self._client.disconnect()
        self._client.loop_write()
        self._client.flush()

    def _write(self) -> bool:
        return not self._client.want_write() or self._client.loop_write() == mqtt.MQTT_ERR_SUCCESS

    def _read(self) -> bool:
        """Take what has come, and hand the events over; false where the connection is gone."""
        result = self._client.receive()
        self._hand_over()
        return not result

    def _hand_over(self) -> None:
        if self._events:
            handover = Handover(self.settings.name, self._generation, self._events, self._mids)
            self._events, self._mids = [], []
            self._report(handover)

    def _drain_wake(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._wake_read, 4096):
                pass

    def _take_acknowledged(self) -> list[int]:
        """The packet ids to acknowledge on this connection."""
        with self._lock:
            taken, self._acknowledged = self._acknowledged, []
        self._waiting_bytes -= sum(size for _, _, size in taken)
        return [mid for generation, mids, _ in taken if generation == self._generation for mid in mids if mid]

    def _send_acknowledgements(self) -> None:
        self._client.acknowledge(self._take_acknowledged())
        self._client.flush()

    def _wait_for_room(self) -> None:
        """Stay away until what was handed over is kept."""
        while self._waiting_bytes > UNACKNOWLEDGED_BYTES // 2 and not self._stopping.is_set():
            select.select([self._wake_read], [], [], TICK)
            self._drain_wake()
            self._take_acknowledged()

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: MQTTMessage) -> None:
        """A PUBLISH that came through paho."""
        topic = message._topic  # noqa: SLF001  (its property raises where a topic is no UTF-8)
        self._arrived(topic, bytes(message.payload), message.mid if message.qos else 0, message.retain)

    def _arrived(self, topic: bytes, payload: bytes, mid: int, retained: bool) -> None:  # noqa: FBT001  (a hot callback)
        self._events.append(Event(self.settings.name, topic.decode(errors="replace"), payload, self._now(), retained))
        self._mids.append(mid)
        self._waiting_bytes += len(payload)

    def _on_connect(
        self, client: mqtt.Client, _userdata: object, flags: ConnectFlags, reason: ReasonCode, _p: Properties | None
    ) -> None:
        if reason.is_failure:
            self._report(Incident(self.settings.name, "refused", f"the broker refused us: {reason}"))
            client.disconnect()
            return
        if self._expect_session and not flags.session_present:
            detail = "the broker has lost our session; what it had queued for us is lost"
            self._report(Incident(self.settings.name, "session_lost", detail))
        # The same words do for both protocols: paho makes options of a plain QoS for MQTT 5.
        client.subscribe([(topic, 1) for topic in self.settings.topics])

    def _on_subscribe(
        self, client: mqtt.Client, _userdata: object, _mid: int, reasons: list[ReasonCode], _p: Properties | None
    ) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            self._report(Incident(self.settings.name, "subscription_refused", ", ".join(refused)))
            client.disconnect()
            return
        self._expect_session = True
        self._report(SessionOpened(self.settings.name, self.settings.client_id))
        self.connected.set()
