"""paho's client with a short way for the one packet that comes thousands of times a second, PUBLISH.

paho keeps the connection: handshake, session, subscription, keep-alive, TLS and every packet but the common PUBLISH.
Through paho such a packet costs four calls of `recv`, a properties object (MQTT 5) and a callback under three locks,
some 40 to 90 us in all; taken here from bytes read ahead it costs 3, and the PUBACKs of a commit leave in one `send`.
What is unusual about a PUBLISH (large, or malformed) is left to paho as well.

The two methods that are replaced, `_sock_recv` and `_sock_send`, are paho's own seam for websockets. The lock file pins
its version, and tests/gateways/test_subscriber.py runs all of it against a real Mosquitto.
"""

from __future__ import annotations

import select
import ssl
import struct
import time
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

READ_AHEAD = 64 * 1024
"""Bytes asked of the socket at once: some 40 uplinks. A larger packet is paho's."""

FAREWELL_SECONDS = 1.0
"""How long a broker may take to close a connection after our DISCONNECT."""

PUBLISH, PUBACK, DISCONNECT = 0x30, 0x40, 0xE0
_KIND, _QOS, _RETAIN = 0xF0, 0x06, 0x01
QOS_1 = 0x02
_MORE, _LONGEST = 0x80, 21

_u16 = struct.Struct(">H").unpack_from
_puback = struct.Struct(">BBH").pack


class _Found(Enum):
    TAKEN = auto()
    PARTIAL = auto()
    OTHER = auto()


_TAKEN, _PARTIAL, _OTHER = _Found  # to ask an enumeration for its member takes 0.1 us
_V5 = MQTTProtocolVersion.MQTTv5


class BufferedClient(Client):
    """A client for an external loop (`receive`, `loop_write`, `loop_misc`); belongs to one thread.

    Args:
        deliver: called with topic, payload, packet id (0 at QoS 0) and the retain flag of each PUBLISH that did not go
            through paho's `on_message`.
        options: paho's.

    Attributes:
        closed: the broker has closed the connection in order; a reset is no such thing.
        left: we have ended it, or are about to.
    """

    def __init__(self, deliver: Callable[[bytes, bytes, int, bool], None], **options: object) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, manual_ack=True, **options)  # type: ignore[arg-type]
        self._deliver = deliver
        self._ahead = b""
        self._used = 0
        self._waiting = bytearray()
        self.closed = self.left = False
        # With a callback here paho leaves writing to us instead of sending each packet as it is queued.
        self.on_socket_register_write = lambda *_: None

    def forget(self) -> None:
        """Drop what belonged to the last connection; to be called before a new one."""
        self._ahead, self._used = b"", 0
        self._waiting.clear()
        self.closed = self.left = False

    def disconnect(self, *args: Any, **options: Any) -> MQTTErrorCode:
        """End the connection from our side; `left` says so until the next one."""
        self.left = True
        return super().disconnect(*args, **options)

    def receive(self) -> MQTTErrorCode:
        """Take what the socket has; to be called when it is readable."""
        while True:
            try:
                chunk = super()._sock_recv(READ_AHEAD)
            except BlockingIOError:
                return MQTTErrorCode.MQTT_ERR_SUCCESS
            except OSError:
                return MQTTErrorCode.MQTT_ERR_CONN_LOST
            if not chunk:
                self.closed = True
                return MQTTErrorCode.MQTT_ERR_CONN_LOST
            self._ahead, self._used = self._ahead[self._used :] + chunk, 0
            result = self._work_off()
            sock = self.socket()
            # What TLS has decrypted already, the socket's readiness does not show.
            if result or not (isinstance(sock, ssl.SSLSocket) and sock.pending()):
                return result

    def acknowledge(self, mids: Iterable[int]) -> None:
        """Queue a PUBACK for each packet id; `flush` sends them."""
        self._waiting += b"".join([_puback(PUBACK, 2, mid) for mid in mids])

    def flush(self) -> bool:
        """Send what waits; false where the socket would not take all of it."""
        while self._waiting:
            try:
                sent = super()._sock_send(self._waiting)
            except BlockingIOError:
                return False
            del self._waiting[:sent]
        return True

    def _work_off(self) -> MQTTErrorCode:
        """Go through the packets in the read-ahead; the beginning of one at its end stays there."""
        while self._used < len(self._ahead):
            if self._in_packet["command"] == 0:  # paho is between two packets
                found = self._publish()
                if found is _TAKEN:
                    continue
                if found is _PARTIAL:
                    break
            result = self.loop_read()
            if result:
                return result
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _publish(self) -> _Found:
        """Take a PUBLISH (MQTT 3.1.1 and 5, section 3.3) from the read-ahead."""
        data, start = self._ahead, self._used
        first = data[start]
        if first & _KIND != PUBLISH or first & _QOS > QOS_1:
            return _OTHER
        try:
            position, length = _varint(data, start + 1)
        except IndexError:
            return _PARTIAL
        if length > READ_AHEAD:
            return _OTHER
        if position + length > len(data):
            return _PARTIAL
        return self._take(first, position, position + length)

    def _take(self, first: int, position: int, end: int) -> _Found:
        """Deliver the PUBLISH whose body is there, from `position` to `end`."""
        data = self._ahead
        try:
            topic = position + 2
            position = topic + _u16(data, position)[0]
            name = data[topic:position]
            mid = 0
            if first & _QOS:
                mid = _u16(data, position)[0]
                position += 2
            if self._protocol == _V5:
                position, properties = _varint(data, position)
                position += properties
        except (IndexError, struct.error):
            return _OTHER  # malformed: paho says so and ends the connection
        if position > end:
            return _OTHER
        self._used = end
        self._deliver(name, data[position:end], mid, bool(first & _RETAIN))
        return _TAKEN

    def _sock_recv(self, bufsize: int) -> bytes:
        chunk = self._ahead[self._used : self._used + bufsize]
        if not chunk:
            raise BlockingIOError
        self._used += len(chunk)
        return chunk

    def _sock_send(self, buf: bytes | bytearray) -> int:
        self._waiting += buf
        if buf[0] == DISCONNECT:
            self._see_out()  # paho closes the socket next
        return len(buf)

    def _see_out(self) -> None:
        """Send what waits, and wait for the broker to close: only then has it read the last PUBACK.

        A client that comes back under the same id at once would otherwise have it throw away what it has not read.
        """
        sock, deadline = self.socket(), time.monotonic() + FAREWELL_SECONDS
        with suppress(OSError, ValueError):
            while sock is not None and (left := deadline - time.monotonic()) > 0:
                sent = self.flush()
                readable, _, _ = select.select([sock], [] if sent else [sock], [], left)
                if readable and not super()._sock_recv(READ_AHEAD):
                    return


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """The position after a variable byte integer (MQTT 5, section 1.5.5), and its value.

    Raises:
        IndexError: it is not all there.
    """
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < _MORE or shift > _LONGEST:
            return position, value
