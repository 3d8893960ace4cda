"""Just enough of MQTT 3.1.1 to publish tens of thousands of messages a second and leave the CPU to who is measured.

A client library spends as much on a message as the program under test does; here one costs some microseconds.
"""

from __future__ import annotations

import select
import socket
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

PUBLISH_QOS1 = b"\x32"
CONNECT = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00"  # clean session, no keep-alive, no client id
CONNACK = b"\x20\x02\x00\x00"
DISCONNECT = b"\xe0\x00"
PUBACK_BYTES = 4
IDENTIFIERS = 65_535
CHUNK = 256 * 1024
PATIENCE = 30.0


def frame(number: int, topic: str, payload: bytes) -> bytes:
    """A PUBLISH with QoS 1; `number` counts the messages of one connection from 0."""
    name = topic.encode()
    body = b"".join(
        (
            len(name).to_bytes(2),
            name,
            (number % IDENTIFIERS + 1).to_bytes(2),
            payload,
        )
    )
    return b"".join((PUBLISH_QOS1, _length(len(body)), body))


def _length(size: int) -> bytes:
    """MQTT's variable byte integer."""
    encoded = bytearray()
    while size > 0x7F:
        encoded.append(size & 0x7F | 0x80)
        size >>= 7
    encoded.append(size)
    return bytes(encoded)


class Publisher:
    """One connection that publishes and counts the broker's acknowledgements."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(CONNECT)
        if self._socket.recv(PUBACK_BYTES, socket.MSG_WAITALL) != CONNACK:
            raise ConnectionError("the broker refuses the connection")
        self._socket.setblocking(False)  # noqa: FBT003  (the socket module's own)
        self._answered = 0

    @property
    def acknowledged(self) -> int:
        """Messages that the broker has taken: it answers with nothing but PUBACKs."""
        return self._answered // PUBACK_BYTES

    def send(self, data: bytes) -> None:
        """Send whole frames; answers are read meanwhile, for the broker does not read while it cannot write."""
        view = memoryview(data)
        while view:
            self._read()
            _, writable, _ = select.select([self._socket], [self._socket], [], PATIENCE)
            if writable:
                view = view[self._socket.send(view[:CHUNK]) :]

    def settle(self, messages: int) -> None:
        """Wait until so many in all are acknowledged; TimeoutError where the broker falls silent."""
        until = time.monotonic() + PATIENCE
        while self.acknowledged < messages:
            select.select([self._socket], [], [], 0.1)
            before = self._answered
            self._read()
            until = time.monotonic() + PATIENCE if self._answered > before else until
            if time.monotonic() > until:
                raise TimeoutError(f"the broker acknowledged {self.acknowledged} of {messages}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._socket.setblocking(True)  # noqa: FBT003  (the socket module's own)
        self._socket.sendall(DISCONNECT)
        self._socket.close()

    def _read(self) -> None:
        try:
            answer = self._socket.recv(CHUNK)
        except BlockingIOError:
            return
        if not answer:
            raise ConnectionError("the broker has closed the connection")
        self._answered += len(answer)
