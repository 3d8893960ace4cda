"""A short visit to a broker, beside the worker's session: what the doctor asks with, and never under the worker's name.

One thread, no background loop: whoever visits waits for what he has asked for, up to a limit that he gives.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, NamedTuple, Self

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from gateways.chirpstack.dialling import identify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from paho.mqtt.client import ConnectFlags, MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

    from gateways.chirpstack.broker import BrokerSettings

ANSWER_SECONDS = 5.0
"""How long a broker may take to answer CONNECT or SUBSCRIBE."""

KEPT_SECONDS = 300
"""Expiry of a session that a visit leaves behind, should nobody come to clear it (MQTT 5)."""

MOST_MESSAGES = 5_000
"""Kept of what arrives: a busy city may say more in ten seconds than anyone wants to look at."""


class Turned(Exception):  # noqa: N818  (it names what the broker did)
    """The broker turned us away; the text is its word for it.

    Attributes:
        code: reason code of MQTT 5, also where 3.1.1 was spoken; None where it closed the connection without one.
    """

    def __init__(self, words: str, code: int | None = None) -> None:
        super().__init__(words)
        self.code = code


class Message(NamedTuple):
    """A message that came; `at` in nanoseconds."""

    topic: str
    payload: bytes
    qos: int
    retained: bool
    at: int


class Visit:
    """One connection with a name of its own.

    Args:
        settings: of the worker: where, TLS, credentials, protocol.
        client_id: "" makes one up.
        keep: the broker is to keep the session when we go; else it is to forget it, and whatever it had of it.

    Attributes:
        session_present: the broker had kept a session of this name.
        announced: what CONNACK says of the broker's limits, by the names of MQTT 5; empty with 3.1.1.
        messages: what has come so far.
        refusals: what the broker said to messages of ours that it would not take.
    """

    def __init__(self, settings: BrokerSettings, client_id: str = "", *, keep: bool = False) -> None:
        self._settings = settings
        self._keep = keep
        self.client_id = client_id or probe_name()
        self.session_present = False
        self.announced: dict[str, object] = {}
        self.messages: list[Message] = []
        self.refusals: set[str] = set()
        self._answer: ReasonCode | None = None
        self._subscribed: list[ReasonCode] | None = None
        self._acknowledged = 0
        self._client = self._make_client()

    def __enter__(self) -> Self:
        try:
            self._connect()
            self._be_let_in()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._close()

    def subscribe(self, topics: Sequence[str]) -> list[int | str]:
        """Ask for topics with QoS 1: for each the QoS that was granted, or the word with which it was refused."""
        self._subscribed = None
        self._client.subscribe([(topic, 1) for topic in topics])
        self.wait(lambda: self._subscribed is not None, ANSWER_SECONDS)
        if self._subscribed is None:
            raise Turned(f"no answer to SUBSCRIBE within {ANSWER_SECONDS:g} s")
        return [str(one) if one.is_failure else one.value for one in self._subscribed]

    def publish(self, topic: str, payloads: Iterable[bytes], seconds: float) -> int:
        """Publish with QoS 1; how many the broker has answered, refusals among them."""
        before = self._acknowledged
        sent = sum(self._client.publish(topic, payload, qos=1).rc >= 0 for payload in payloads)
        self.wait(lambda: self._acknowledged - before >= sent, seconds)
        return self._acknowledged - before

    def wait(self, done: Callable[[], bool], seconds: float) -> bool:
        """Serve the connection until it is so; false where the time is up.

        Raises:
            Turned: the broker has ended the connection.
        """
        deadline = time.monotonic() + seconds
        while not done():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if self._client.loop(min(left, 0.1)) != MQTTErrorCode.MQTT_ERR_SUCCESS and not done():
                raise Turned("the broker closed the connection")
        return True

    def _make_client(self) -> Client:
        settings = self._settings
        five = settings.protocol == "5"
        client = Client(
            CallbackAPIVersion.VERSION2,
            self.client_id,
            clean_session=None if five else not self._keep,
            protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
        )
        identify(client, settings)
        client.connect_timeout = ANSWER_SECONDS
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_message, client.on_publish = self._on_message, self._on_publish
        return client

    def _connect(self) -> None:
        settings = self._settings
        if settings.protocol != "5":
            self._client.connect(settings.host, settings.port, settings.keepalive)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = KEPT_SECONDS if self._keep else 0
        self._client.connect(
            settings.host, settings.port, settings.keepalive, clean_start=not self._keep, properties=properties
        )

    def _be_let_in(self) -> None:
        self.wait(lambda: self._answer is not None, ANSWER_SECONDS)
        if self._answer is None:
            raise Turned(f"no answer to CONNECT within {ANSWER_SECONDS:g} s")
        if self._answer.is_failure:
            raise Turned(str(self._answer), self._answer.value)

    def _close(self) -> None:
        sock = self._client.socket()
        if sock is not None:
            sock.close()

    def _on_connect(
        self, _client: Client, _userdata: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._answer = reason
        self.session_present = flags.session_present
        self.announced = dict(vars(properties)) if properties is not None else {}

    def _on_subscribe(
        self, _client: Client, _userdata: object, _mid: int, reasons: list[ReasonCode], _p: object
    ) -> None:
        self._subscribed = reasons

    def _on_publish(self, _client: Client, _userdata: object, _mid: int, reason: ReasonCode, _p: object) -> None:
        self._acknowledged += 1
        if reason.is_failure:
            self.refusals.add(str(reason))

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        if len(self.messages) < MOST_MESSAGES:
            topic = message._topic.decode(errors="replace")  # noqa: SLF001  (its property raises where it is no UTF-8)
            one = Message(topic, bytes(message.payload), message.qos, bool(message.retain), time.time_ns())
            self.messages.append(one)


def probe_name() -> str:
    """A client id, or the last level of a topic, that nobody else has."""
    return f"citylora-probe-{secrets.token_hex(6)}"
