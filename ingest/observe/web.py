"""A small HTTP server: it answers GET on a few fixed paths, and hands whatever else comes to one that wants it.

What a client can hold up is bounded: connections at once, seconds of each, bytes of a body.
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONNECTIONS = 16
"""At once; one more is closed."""

SECONDS = 20.0
"""Of a connection, from its beginning to its end."""


BODY = 4_096
"""Bytes of a body at most; of one that is longer nothing is read."""

_DIGITS = len(str(BODY))

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every answer: nobody lays a page of ours under his own, and no address that is a key goes on to others."""


class Asked(NamedTuple):
    """A request.

    Attributes:
        method: `GET` (also of a HEAD) or `POST`.
        path: without what follows a `?`.
    """

    method: str
    path: str
    body: bytes


class Reply(NamedTuple):
    """What is answered."""

    status: int
    content_type: str
    body: bytes


class Server:
    """Listens from when it is made, answers from `start` on, each connection in a thread of its own."""

    def __init__(
        self, listen: str, paths: Mapping[str, Callable[[str], Reply]], *,
        rest: Callable[[Asked], Reply] | None = None, setting: str = "metrics.listen",
        troubled: Callable[[str], None] = lambda _cause: None,
    ) -> None:  # fmt: skip
        """Listen.

        Args:
            listen: "host:port".
            paths: what each answers to GET, given the request's Accept header.
            rest: answers everything else; None: there is nothing else.
            setting: the key of the configuration that says `listen`.
            troubled: told what was refused or could not be answered, by cause; any thread may do so.

        Raises:
            ConfigError: nobody can listen there.
        """
        host, _, port = listen.rpartition(":")
        try:
            family, *_, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
            self._server = _Server(family, address, paths, rest, troubled)
        except OSError as error:
            raise ConfigError(
                f'{setting} = "{listen}" cannot be listened on: {error.strerror or error}',
                "is another worker there already? choose a free port of this machine, or take the line out",
            ) from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="web", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 32

    def __init__(
        self, family: int, address: Any, paths: Mapping[str, Callable[[str], Reply]],
        rest: Callable[[Asked], Reply] | None, troubled: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.address_family = family
        self.troubled = troubled
        self.paths = paths
        self.rest = rest
        self._open: dict[socket.socket, float] = {}
        self._changing = threading.Lock()
        super().__init__(address, _Handler)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002  (socketserver's names)
        with self._changing:
            if len(self._open) >= CONNECTIONS:
                return False
            self._open[request] = time.monotonic() + SECONDS
            return True

    def service_actions(self) -> None:
        """Twice a second: end the connections whose time is up, whatever they wait for."""
        now = time.monotonic()
        with self._changing:
            late = [request for request, until in self._open.items() if until < now]
        for request in late:
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def close_request(self, request: Any) -> None:
        with self._changing:
            self._open.pop(request, None)
        super().close_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is nobody's business."""


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.0: one request a connection."""

    timeout = SECONDS
    server: _Server

    def do_GET(self) -> None:
        self._answer(self._reply())

    def do_HEAD(self) -> None:
        self._answer(self._reply()._replace(body=b""))

    def do_POST(self) -> None:
        self._answer(self._posted())

    def _reply(self) -> Reply:
        path = self.path.partition("?")[0]
        answer, rest = self.server.paths.get(path), self.server.rest
        if answer is None and rest is None:
            return _text(HTTPStatus.NOT_FOUND, f"there is only {', '.join(self.server.paths)}")
        try:
            if answer is not None:
                return answer(self.headers.get("Accept", ""))
            return rest(Asked("GET", path, b""))  # type: ignore[misc]  # one of the two is there
        except Exception as error:  # noqa: BLE001  (whatever it is: who watches has to hear of it)
            return self._defect(error)

    def _posted(self) -> Reply:
        rest, length = self.server.rest, self.headers.get("Content-Length", "")
        if rest is None:
            return _text(HTTPStatus.METHOD_NOT_ALLOWED, "nothing is taken in here")
        if not length:
            return _text(HTTPStatus.BAD_REQUEST, "a body says how many bytes it has")
        if not length.isdecimal() or len(length) > _DIGITS or int(length) > BODY:
            return _text(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has at most {BODY} bytes, and says how many")
        body = self._body(int(length))
        if len(body) < int(length):  # who breaks off has not said what he meant
            return _text(HTTPStatus.BAD_REQUEST, "the body is shorter than it says")
        try:
            return rest(Asked("POST", self.path.partition("?")[0], body))
        except Exception as error:  # noqa: BLE001  (as in `_reply`)
            return self._defect(error)

    def _body(self, length: int) -> bytes:
        """As much of it as comes."""
        try:
            return self.rfile.read(length)
        except OSError:
            return b""

    def _defect(self, error: Exception) -> Reply:
        """Those who watch read what it is; strangers, who reach a page, only that there is one."""
        cause = f"{type(error).__name__}: {error}"
        self.server.troubled(cause)
        return _text(
            HTTPStatus.INTERNAL_SERVER_ERROR, cause if self.server.rest is None else "this cannot be answered now"
        )

    def _answer(self, reply: Reply) -> None:
        if HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            plain = reply.content_type.startswith("text/plain")
            words = reply.body.decode().strip() if plain else HTTPStatus(reply.status).phrase.lower()
            self.server.troubled(f"{reply.status}: {words}")
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def version_string(self) -> str:
        """What we are, without the versions of Python and ourselves."""
        return "citylora"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name of the base class)
        """Whoever watches is not watched."""


def _text(status: int, words: str) -> Reply:
    return Reply(status, "text/plain; charset=utf-8", f"{words}\n".encode())
