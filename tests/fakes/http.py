"""A local HTTP server that records what it gets and can hang, cut off an answer or reset: what networks do."""

import http.client
import socket
import struct
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

_JOINED_WITHIN = 10.0


class Request(NamedTuple):
    """What was asked."""

    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"


class Answer(NamedTuple):
    """What is answered."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


class Fault(NamedTuple):
    """What happens instead of the answer.

    Attributes:
        answer: sent instead of the server's own.
        sent: bytes of it that arrive, header included, before the connection closes; None for all of it.
        reset: the connection is reset (RST), nothing is sent.
        hang: nothing is sent, until the server is closed.
        after_the_work: the request was carried out first, and its sender is not told.
    """

    answer: Answer = Answer(204)
    sent: int | None = None
    reset: bool = False
    hang: bool = False
    after_the_work: bool = False


class HttpServer:
    """Answers each POST, PUT and GET by `answer`, on a free port of 127.0.0.1; `with` starts and stops it."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._closing = threading.Event()
        self._server = _Threads(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="fake-http", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, request: Request) -> Answer | Fault:
        """What to answer; of the subclass."""
        raise NotImplementedError

    def wait(self, seconds: float | None) -> None:
        """Pass the time, less where the server is closed."""
        self._closing.wait(seconds)

    def forward(self, host: str, path: str, request: Request) -> Answer:
        """Ask another server the same thing."""
        connection = http.client.HTTPConnection(host, timeout=30)
        try:
            kept = {name: request.headers[name] for name in ("Content-Encoding",) if name in request.headers}
            connection.request("POST", path, request.body, kept)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), {"Content-Type": answer.headers.get("Content-Type", "")})
        finally:
            connection.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_JOINED_WITHIN)


class _Threads(ThreadingHTTPServer):
    request_queue_size = 128  # with the usual five, clients that come together try again a second later

    def __init__(self, fake: HttpServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fake = fake

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is none of the server's business."""

    def shutdown_request(self, request: Any) -> None:
        """Close at once: the FIN that the base class sends first would hide a reset."""
        self.close_request(request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Threads

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        url = urlsplit(self.path)
        request = Request(url.path, dict(parse_qsl(url.query)), dict(self.headers.items()), body, self.command)
        self.server.fake.requests.append(request)
        answer = self.server.fake.answer(request)
        if isinstance(answer, Fault):
            self._fail(answer)
        else:
            self.wfile.write(_bytes(answer))

    do_GET = do_PUT = do_POST  # noqa: N815  (the base class looks for these names)

    def _fail(self, fault: Fault) -> None:
        self.close_connection = fault.hang or fault.reset or fault.sent is not None
        if fault.hang:
            self.server.fake.wait(None)
        elif fault.reset:
            # Lingering for 0 s is how a socket is made to send RST.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            self.wfile.write(_bytes(fault.answer)[: fault.sent])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name of the base class)
        """The test reads `requests` instead."""


def _bytes(answer: Answer) -> bytes:
    lines = [f"{name}: {value}" for name, value in answer.headers.items()]
    if answer.status != http.client.NO_CONTENT:
        lines.append(f"Content-Length: {len(answer.body)}")
    reason = http.client.responses.get(answer.status, "")
    return "\r\n".join([f"HTTP/1.1 {answer.status} {reason}", *lines, "", ""]).encode() + answer.body
