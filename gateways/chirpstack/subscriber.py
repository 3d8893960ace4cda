"""Takes uplinks from an MQTT broker, and acknowledges each only when it is told to.

One thread owns the connection. It hands over what has arrived (`Handover`) and goes on reading; whoever keeps the
events calls `acknowledge`, from any thread. Acknowledgements carry the number of the connection (`generation`): one
of an older connection is not sent, since the broker has forgotten that packet id and will send the event again.

What is unacknowledged is bounded: by count through the broker's window, by bytes here. Past that the connection is
closed, and opened again when the events have been kept; the broker still has them.
"""

from __future__ import annotations

import random
import select
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import paho.mqtt.client as mqtt

from gateways.chirpstack import rival
from gateways.chirpstack.backlog import Backlog
from gateways.chirpstack.bell import Bell
from gateways.chirpstack.dialling import connect, make_client
from gateways.chirpstack.rival import Ending
from gateways.chirpstack.subscription import Subscription
from gateways.handover import Handover, Incident, Report, SessionOpened
from gateways.uplink import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

    from gateways.chirpstack.broker import BrokerSettings
    from gateways.chirpstack.mqtt_client import BufferedClient

UNACKNOWLEDGED_BYTES = 64 * 1024 * 1024
"""Payload bytes that may wait for the disk."""

TICK = 1.0
"""Seconds between two looks at the keep-alive when nothing happens."""

BACK_OFF = (0.5, 30.0)
"""Seconds before the second attempt to connect, and at most; doubled each time, with jitter."""

LEAVE_SECONDS = 2.0
"""How long a subscriber that is told to stop waits for its last events to be kept."""


class Subscriber:
    """One broker's connection, kept up until `stop`.

    Args:
        expect_session: the broker is to hold our session already.
        held: the filters of that session; those that are not among the settings' are given up.
        renew: asked before each attempt to connect, for settings that may have changed.

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
        held: Sequence[str] = (),
        renew: Callable[[], BrokerSettings] | None = None,
    ) -> None:
        self.settings = settings
        self._renew = renew
        self._changed = threading.Event()
        self._rival = rival.Rival()
        self._subscription = Subscription(settings.topics, held)
        self.connected = threading.Event()
        self._report = report
        self._expect_session = expect_session
        self._now = now
        self._generation = 0
        self._farewell: ReasonCode | None = None
        self._subscribed_at: float | None = None
        self._events: list[Event] = []
        self._mids: list[int] = []
        self._handed = 0
        self._backlog = Backlog()
        self._bell = Bell()
        self._stopping = threading.Event()
        self._client = self._make_client()
        self._thread = threading.Thread(target=self._run, name=f"mqtt:{settings.name}", daemon=True)

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Take no more, send the acknowledgements that were given, and disconnect; the session stays."""
        self._stopping.set()
        self._bell.ring()
        self._thread.join(timeout)

    def acknowledge(self, handover: Handover) -> None:
        """The events of the handover are on disk."""
        self._backlog.kept(handover)
        self._bell.ring()

    def use(self, renew: Callable[[], BrokerSettings]) -> None:
        """Connect anew with other settings of the same session, which goes on: the client id must be the same."""
        self._renew = renew
        self._changed.set()
        self._bell.ring()

    def _take_settings(self) -> None:
        """What to connect with: the files with the secrets may have changed since the last time."""
        self._changed.clear()
        if self._renew is None:
            return
        settings = self._renew()
        if not settings.same_as(self.settings):
            self._subscription = Subscription(settings.topics, self._subscription.held)
            self.settings = settings
            self._client = self._make_client()

    def _make_client(self) -> BufferedClient:
        client = make_client(self.settings, self._arrived)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def _run(self) -> None:
        delay = BACK_OFF[0]
        while not self._stopping.is_set():
            began = time.monotonic()
            self._take_settings()
            ending = self._serve_connection()
            self.connected.clear()
            delay = BACK_OFF[0] if time.monotonic() - began > BACK_OFF[1] else min(delay * 2, BACK_OFF[1])
            self._stay_away(max(delay, self._rival_pause(ending)) * random.uniform(0.5, 1.0))  # noqa: S311  (jitter)
            self._wait_for_room()
        self._bell.close()

    def _rival_pause(self, ending: Ending) -> float:
        pause = self._rival.pause(ending)
        if pause:
            detail = rival.words(self.settings.client_id, ending)
            self._report(Incident(self.settings.name, "session_taken_over", detail))
        elif ending.reason:
            self._report(Incident(self.settings.name, "connection_lost", ending.reason))
        return pause

    def _stay_away(self, seconds: float) -> None:
        """Wait, but not where there is something else to do or to connect with."""
        deadline = time.monotonic() + seconds
        while not self._leaving() and (left := deadline - time.monotonic()) > 0:
            self._bell.wait(left)
            self._backlog.take(self._generation)

    def _serve_connection(self) -> Ending:
        """Connect and serve until the connection ends; how it ended."""
        client = self._client
        client.forget()
        self._generation += 1
        self._farewell = self._subscribed_at = None
        try:
            connect(client, self.settings)
        except (OSError, ValueError) as error:
            self._report(Incident(self.settings.name, "connect_failed", str(error)))
            return Ending("")
        try:
            reason = self._loop()
        except Exception as error:  # noqa: BLE001  (a reset, or bytes that are no MQTT: the thread connects again)
            reason = f"{type(error).__name__}: {error}"
        self._hand_over()
        ending = Ending("") if client.left else self._ending(reason)  # a refusal is an incident of its own
        if self._leaving():
            ending = Ending("")
            with suppress(OSError):  # gone already
                self._take_leave()
        sock = client.socket()
        if sock is not None:
            sock.close()
        return ending

    def _ending(self, reason: str) -> Ending:
        lasted = None if self._subscribed_at is None else time.monotonic() - self._subscribed_at
        if self._farewell is None:
            return Ending(reason, closed=self._client.closed, lasted=lasted)
        return Ending(f"the broker ended it: {self._farewell}", self._farewell.value, lasted=lasted)

    def _leaving(self) -> bool:
        """Whether this connection is to be ended by us: for good, or for another."""
        return self._stopping.is_set() or self._changed.is_set()

    def _loop(self) -> str:
        """Serve the connection; returns why it ended."""
        client = self._client
        patience = self.settings.keepalive / 3  # a longer pause could cost us the pings
        while not self._leaving():
            sock = client.socket()
            if sock is None:
                return "closed by the broker"
            written = not client.want_write() or client.loop_write() == mqtt.MQTT_ERR_SUCCESS
            blocked = not (written and client.flush())
            number, bell = sock.fileno(), self._bell.fileno()
            wanted = [bell, number] if self._backlog.has_room(patience) else [bell]
            readable, _, _ = select.select(wanted, [number] if blocked else [], [], TICK)
            if bell in readable:
                self._bell.hush()
                self._send_acknowledgements()
            if number in readable and not self._read():
                return "the connection broke"
            self._subscription.ask_again(client)
            if client.loop_misc() != mqtt.MQTT_ERR_SUCCESS:
                return "no answer to the keep-alive"
            if self._backlog.size > UNACKNOWLEDGED_BYTES:
                return f"{self._backlog.size} bytes wait for the disk: taking no more until they are kept"
        return ""

    def _take_leave(self) -> None:
        """Wait a moment for what was handed over last to be kept, acknowledge it, and disconnect."""
        deadline = time.monotonic() + LEAVE_SECONDS
        self._send_acknowledgements()  # what was given is sent, however little of the time is left
        while self._backlog.size and time.monotonic() < deadline:
            self._bell.wait(LEAVE_SECONDS / 10)
            self._send_acknowledgements()
        self._client.disconnect()
        self._client.loop_write()
        self._client.flush()

    def _read(self) -> bool:
        """Take what has come, and hand the events over; false where the connection is gone."""
        result = self._client.receive()
        self._hand_over()
        return not result

    def _hand_over(self) -> None:
        if self._events:
            handover = Handover(self.settings.name, self._generation, self._events, self._mids, self._handed)
            self._handed += len(self._events)
            self._events, self._mids = [], []
            self._report(handover)

    def _send_acknowledgements(self) -> None:
        self._client.acknowledge(self._backlog.take(self._generation))
        self._client.flush()

    def _wait_for_room(self) -> None:
        """Stay away until what was handed over is kept."""
        while self._backlog.size > UNACKNOWLEDGED_BYTES // 2 and not self._stopping.is_set():
            self._bell.wait(TICK)
            self._backlog.take(self._generation)

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: MQTTMessage) -> None:
        """A PUBLISH that came through paho."""
        topic = message._topic  # noqa: SLF001  (its property raises where a topic is no UTF-8)
        self._arrived(topic, bytes(message.payload), message.mid if message.qos else 0, message.retain)

    def _arrived(self, topic: bytes, payload: bytes, mid: int, retained: bool) -> None:  # noqa: FBT001  (a hot callback)
        self._events.append(Event(self.settings.name, topic.decode(errors="replace"), payload, self._now(), retained))
        self._mids.append(mid)
        self._backlog.size += len(payload)

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
        self._subscription.begin(client, session_present=flags.session_present)

    def _on_subscribe(
        self, client: mqtt.Client, _userdata: object, mid: int, reasons: list[ReasonCode], _p: Properties | None
    ) -> None:
        refused = self._subscription.take(mid, reasons)
        if refused:
            detail = f"the broker lets us not read {', '.join(refused)}: give our user the right to, on the broker"
            self._report(Incident(self.settings.name, "subscription_refused", detail))
        if not self._subscription.granted:
            client.disconnect()
        elif not self.connected.is_set():
            self._expect_session = True
            self._subscribed_at = time.monotonic()
            self._report(SessionOpened(self.settings.name, self.settings.client_id, self.settings.topics))
            self.connected.set()

    def _on_disconnect(
        self, _client: mqtt.Client, _userdata: object, flags: DisconnectFlags, reason: ReasonCode, _p: object
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._farewell = reason
