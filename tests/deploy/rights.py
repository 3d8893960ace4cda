"""Who may do what at a broker, as observed: every user tries to write and to read every topic."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from paho.mqtt.reasoncodes import ReasonCode

    from tests.deploy.site import Broker

PATIENCE = 20.0
OBSERVER = "observer"
FENCE = "fence/"
OBSERVERS_RIGHTS = f"\nuser {OBSERVER}\ntopic readwrite #\ntopic read $SYS/#\npattern read {FENCE}%u\n"
"""To be added to an ACL: one who may do everything, and what tells each user that all before it has been delivered."""


class Right(NamedTuple):
    """A user may read or write a topic."""

    user: str
    does: str
    topic: str


class User:
    """A connection by TLS; `heard` are the topics and payloads that it was sent."""

    def __init__(self, port: int, authority: Path, name: str, password: str) -> None:
        self.name, self.password = name, password
        self.heard: list[tuple[str, bytes]] = []
        self._arrived = threading.Condition()
        self._answered: int | None = None
        self._refused = False
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"test-{name}", protocol=mqtt.MQTTv5)
        client.username_pw_set(name, password)
        client.tls_set(str(authority))
        client.on_message = self._message
        client.on_subscribe = self._subscribed
        client.on_connect = self._connected
        client.connect("localhost", port)
        client.loop_start()
        self._client = client

    def listen(self, topics: Sequence[str]) -> None:
        """Hear these anew, what is retained too."""
        with self._arrived:
            self.heard.clear()
            self._answered = None
            _, asked = self._client.subscribe([(topic, 1) for topic in topics])
            self._until(lambda: self._answered == asked, "subscribed")

    def publish(self, topic: str, payload: str) -> None:
        """Publish what may be published."""
        self._client.publish(topic, payload, qos=1).wait_for_publish(PATIENCE)

    def until_heard(self, topic: str, payload: str) -> None:
        """Wait for it: all that was published before has then been heard as well."""
        with self._arrived:
            self._until(lambda: (topic, payload.encode()) in self.heard, f"{payload} on {topic}")

    def until_turned_away(self) -> None:
        """Wait until the broker has ended the connection, and lets this user in no more."""
        with self._arrived:
            self._until(lambda: self._refused, "turned away")

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def _until(self, done: object, what: str) -> None:
        assert callable(done)
        assert self._arrived.wait_for(done, PATIENCE), f"{self.name}: not {what}"

    def _connected(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _more: object
    ) -> None:
        with self._arrived:
            self._refused = reason.is_failure
            self._arrived.notify_all()

    def _message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        with self._arrived:
            self.heard.append((message.topic, bytes(message.payload)))
            self._arrived.notify_all()

    def _subscribed(self, _client: mqtt.Client, _data: object, number: int, *_: object) -> None:
        with self._arrived:
            self._answered = number
            self._arrived.notify_all()


def observe(broker: Broker, users: Mapping[str, User], topics: Sequence[str]) -> set[Right]:
    """The rights that everybody but the observer has, by trying each."""
    observer = users[OBSERVER]
    tried = [user for name, user in users.items() if name != OBSERVER]
    for name, user in users.items():
        user.listen([*topics, FENCE + name])
    token = f"{OBSERVER} {time.monotonic_ns()}"
    for topic in topics:
        if not topic.startswith("$"):
            observer.publish(topic, token)
            for user in tried:
                broker.attempt(user.name, user.password, topic, f"{user.name} {token}".encode())
    for name, user in users.items():
        observer.publish(FENCE + name, token)
        user.until_heard(FENCE + name, token)
    written = {(topic, payload.decode(errors="replace")) for topic, payload in observer.heard}
    found = {
        Right(user.name, "write", topic)
        for user in tried
        for topic in topics
        if (topic, f"{user.name} {token}") in written
    }
    for user in tried:
        heard = {topic for topic, payload in user.heard if payload == token.encode() or topic.startswith("$")}
        found |= {Right(user.name, "read", topic) for topic in heard if not topic.startswith(FENCE)}
    return found
