"""A TCP proxy between a client and its server: the network's faults, and the window that Mosquitto 2.0.11 overruns.

Debian's Mosquitto hands over far more unacknowledged messages than max_inflight_messages allows (eclipse-mosquitto
issue 2301), so a client that acknowledges too late looks fast there and stands still elsewhere. With `in_flight=20` the
proxy holds back every QoS 1 PUBLISH beyond 20 unacknowledged ones, as a broker that keeps its word.
"""

import contextlib
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from typing import Self

from tests.servers.mqtt_frames import Frames
from tests.servers.ports import LOOPBACK, free_port

_CHUNK = 65536


class Proxy:
    """Listens on `port` of 127.0.0.1 and forwards to `target`, a port there; `with` starts it and stops it.

    Args:
        target: the server's port.
        in_flight: unacknowledged QoS 1 messages that the client may have; None forwards bytes of any protocol.
        port: None takes a free one; it stays the same over restarts.
    """

    def __init__(self, target: int, *, in_flight: int | None = None, port: int | None = None) -> None:
        self.target = target
        self.port = free_port() if port is None else port
        self.in_flight = in_flight
        self.most_in_flight = 0  # unacknowledged messages that a client had at one time
        self.most_offered = 0  # the same had the server's own window counted
        self.connections = 0  # accepted since the beginning
        self._changed = threading.Condition()
        self._stalled = False
        self._links: list[_Link] = []
        self._door: socket.socket | None = None
        self._porter: threading.Thread | None = None

    def start(self) -> Self:
        """Listen; a server that is away closes the client's connection, not the door."""
        self._door = socket.create_server((LOOPBACK, self.port))
        self._porter = threading.Thread(target=self._accept, args=(self._door,), name="proxy", daemon=True)
        self._porter.start()
        return self

    def stop(self) -> None:
        """Stop listening and cut what is connected; `start` opens the same port again."""
        if self._door is None or self._porter is None:
            return
        self._door.shutdown(socket.SHUT_RDWR)
        self._porter.join()
        self._door.close()
        self._door = None
        self.cut()

    def cut(self) -> None:
        """Reset every connection, both ways, as a router does that has lost its table; new ones are accepted."""
        with self._changed:
            links, self._links = self._links, []
            for link in links:
                link.closed = True
            self._changed.notify_all()
        for link in links:
            link.reset()

    def stall(self) -> None:
        """Forward nothing more, in either direction, with all connections open."""
        with self._changed:
            self._stalled = True

    def resume(self) -> None:
        """Forward again what has waited since `stall`."""
        with self._changed:
            self._stalled = False
            self._changed.notify_all()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def seen(self, in_flight: int, offered: int) -> None:
        """Note what one connection has now."""
        with self._changed:
            self.most_in_flight = max(self.most_in_flight, in_flight)
            self.most_offered = max(self.most_offered, offered)

    def pass_gate(self, link: "_Link") -> bool:
        """Wait while stalled; whether the connection is still there."""
        with self._changed:
            self._changed.wait_for(lambda: link.closed or not self._stalled)
            return not link.closed

    def _accept(self, door: socket.socket) -> None:
        while True:
            try:
                client, _ = door.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection((LOOPBACK, self.target))
            except OSError:
                client.close()
                continue
            link = _Link(self, client, server)
            with self._changed:
                self._links = [old for old in self._links if not old.closed] + [link]
            link.begin()


class _Link:
    """One client's connection and the one made for it to the server, each with a thread that reads it."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.closed = False
        self._proxy = proxy
        self._sides = (client, server)
        self._last_out = threading.Barrier(2)
        window = None if proxy.in_flight is None else _Window(proxy, client, server, proxy.in_flight)
        down = window.from_server if window else client.sendall
        up = window.from_client if window else server.sendall
        self._threads = [
            threading.Thread(target=self._pump, args=(server, down), name="proxy-down", daemon=True),
            threading.Thread(target=self._pump, args=(client, up), name="proxy-up", daemon=True),
        ]

    def begin(self) -> None:
        """Start forwarding."""
        for thread in self._threads:
            thread.start()

    def reset(self) -> None:
        """Send both ends a reset and wait for the threads."""
        for side in self._sides:
            with contextlib.suppress(OSError):  # closed already
                # Linger of 0 s: close sends RST and throws away what was not sent.
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._wake(socket.SHUT_RD)
        for thread in self._threads:
            thread.join(0.5)
        self._wake(socket.SHUT_RDWR)  # a send to an end that does not read wakes only by this
        for thread in self._threads:
            thread.join()

    def _pump(self, source: socket.socket, forward: Callable[[bytes], None]) -> None:
        try:
            while (data := source.recv(_CHUNK)) and self._proxy.pass_gate(self):
                forward(data)
        except OSError:
            pass  # either end is gone, and so is the link
        if not self.closed:
            self.closed = True
            self._wake(socket.SHUT_RDWR)
        # A socket is closed when neither thread uses it any more: its number may be another's at once.
        if self._last_out.wait() == 0:
            for side in self._sides:
                side.close()

    def _wake(self, how: int) -> None:
        for side in self._sides:
            with contextlib.suppress(OSError):  # closed already
                side.shutdown(how)


class _Window:
    """Forwards MQTT so that the client never has more than `limit` unacknowledged QoS 1 messages; all else passes."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket, limit: int) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._limit = limit
        self._lock = threading.Lock()
        self._down = Frames()
        self._up = Frames()
        self._in_flight: set[int] = set()
        self._held: deque[tuple[int, bytes]] = deque()

    def from_server(self, data: bytes) -> None:
        """Forward what fits in the window and hold the rest."""
        with self._lock:
            passing = bytearray()
            for frame in self._down.feed(data):
                identifier = frame.publish_id
                if identifier is None:
                    passing += frame.data
                else:
                    self._held.append((identifier, frame.data))
            self._client.sendall(passing + self._fill())

    def from_client(self, data: bytes) -> None:
        """Forward everything; each PUBACK makes room for one held message."""
        with self._lock:
            for frame in self._up.feed(data):
                identifier = frame.puback_id
                if identifier is not None:
                    self._in_flight.discard(identifier)
            released = self._fill()
        self._server.sendall(data)
        with self._lock:
            self._client.sendall(released)

    def _fill(self) -> bytes:
        offered = len(self._in_flight) + len(self._held)
        released = bytearray()
        while self._held and len(self._in_flight) < self._limit:
            identifier, data = self._held.popleft()
            self._in_flight.add(identifier)
            released += data
        self._proxy.seen(len(self._in_flight), offered)
        return bytes(released)
