"""One POST to an address that somebody has typed in, and what came back: guarded, bounded in time and size.

No redirect is followed, no proxy of the environment is asked, and what an answer says beyond `READ` bytes is not read.
Nothing that a person will read of it holds the address' path, a header or a key: also where the server repeats them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, unquote_plus, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from ingest import retry_after
from ingest.archive.redaction import Redaction
from ingest.delivery.channel import Answer

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from ingest.delivery.guard import Guard

READ = 4096
"""Bytes of an answer that are read."""

WORDS = 200
"""Letters of an answer that are kept."""

IDLE = 20.0
"""Seconds after which a connection is not used again: whoever is at the other end may be about to close it."""

LONG = 12
"""Letters of a part of a path that may be a secret, whatever they are."""

SHORT = 6
"""The same where it has a digit in it, or where the address is kept secret."""

GONE = 410
_LATER = frozenset({401, 403, 404, 407, 408, 425, 429, 502, 503, 504})
"""Beside 3xx: these are of the address, of our credentials or of how busy a server is, and of no one message."""


@dataclass(frozen=True)
class Request:
    """What is sent.

    Attributes:
        headers: with secrets in them.
        ca_file: the authority that has signed the server's certificate; "" for those that the system knows.
        secrets: what else nobody is to read.
        hidden: the address is kept secret.
    """

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    method: str = "POST"
    ca_file: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    hidden: bool = False


class Response(NamedTuple):
    """What came back.

    Attributes:
        status: of HTTP; 0 where no whole answer came.
        words: the server's own, or what went wrong on the way; one line, without secrets.
        body: the beginning of what came, which nobody is shown.
    """

    status: int
    words: str
    retry_after: float | None = None
    body: str = ""


class Http:
    """Sends the requests of one endpoint over one connection, kept for as long as there is more to send."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._of: tuple[str, ...] = ()
        self._used = 0.0

    def send(self, request: Request) -> Response:
        """Send it; never raises for what a network or a server can do."""
        hide = Redaction(_secrets(request), b"").known
        if not all(value.isascii() and value.isprintable() for value in request.headers.values()):
            return Response(0, "not sent: a header holds what none may, a line break perhaps; write the secret anew")
        try:
            with self._guard.limit():
                status, body, wait = self._send(request)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            self.close()
            return Response(0, one_line(hide(self._guard.why(error))))
        return Response(status, one_line(hide(body)), wait, body)

    def cut(self) -> None:
        """End what is under way."""
        self._guard.cut()

    def close(self) -> None:
        """Let go of the connection."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _send(self, request: Request) -> tuple[int, str, float | None]:
        parts = urlsplit(request.url)
        answer = self._pool_of(request).urlopen(
            request.method,
            _target(parts),
            body=request.body,
            headers={"User-Agent": "citylora", **request.headers},
            retries=False,
            redirect=False,
            preload_content=False,
            timeout=self._guard.left,
        )
        body = _read(answer)
        self._used = time.monotonic()
        return answer.status, body, retry_after.seconds(answer.headers.get("Retry-After", ""))

    def _pool_of(self, request: Request) -> urllib3.HTTPConnectionPool:
        parts = urlsplit(request.url)
        of = (parts.scheme, parts.netloc, request.ca_file)
        if self._pool is None or of != self._of or time.monotonic() - self._used > IDLE:
            self.close()
            self._of = of
            host, port = parts.hostname or "", parts.port
            if parts.scheme == "https":
                self._pool = _TlsPool(
                    host,
                    port,
                    maxsize=1,
                    guard=self._guard,
                    ca_certs=request.ca_file or None,
                    cert_reqs="CERT_REQUIRED",
                )
            else:
                self._pool = _PlainPool(host, port, maxsize=1, guard=self._guard)
        return self._pool


def answer_of(response: Response) -> Answer:
    """What a status means for what is to be done next: the one place that says so."""
    status, words, wait, _ = response
    if not status:
        return Answer("later", words)
    said = f"it answered {status}: {words}".removesuffix(": ")
    if 200 <= status < 300:  # noqa: PLR2004  (HTTP's yes)
        return Answer("delivered", said)
    if status == GONE:
        return Answer("gone", said)
    if status in _LATER or status < 400:  # noqa: PLR2004  (what is not there, and no mistake of ours)
        return Answer("later", said, wait)
    return Answer("refused", said, wait)


class _Guarded(HTTPConnection):
    """A connection that the guard makes."""

    def __init__(self, *args: Any, guard: Guard, **more: Any) -> None:
        super().__init__(*args, **more)
        self._guard = guard

    def _new_conn(self) -> socket.socket:
        try:
            return self._guard.connect(self.host, self.port or self.default_port)
        except OSError as error:
            raise urllib3.exceptions.NewConnectionError(self, error.strerror or str(error)) from error

    def request(self, *args: Any, **more: Any) -> None:
        if self.sock is not None:
            self._guard.watch(self.sock)
        super().request(*args, **more)


class _GuardedTls(_Guarded, HTTPSConnection):
    """The same, and the certificate has to be of the name in the address."""


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


def one_line(text: str) -> str:
    """What somebody else has said, so that it can be printed: one line, and not a long one."""
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in " ".join(text.split()))
    return plain[:WORDS]


def _read(answer: urllib3.BaseHTTPResponse) -> str:
    """The beginning of an answer; where the rest of it does not come, or is long, the connection is not used again."""
    try:
        body = answer.read(READ, decode_content=False)
        if answer.read(1, decode_content=False):
            answer.close()
    except (urllib3.exceptions.HTTPError, OSError):
        answer.close()
        return ""
    return body.decode("utf-8", "replace")


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _secrets(request: Request) -> list[str]:
    """What is not to be read again: in many addresses a part of the path, or of the query, is the password."""
    parts = urlsplit(request.url)
    path = [part for part in parts.path.split("/") if _may_be_secret(part, hidden=request.hidden)]
    query = [part.partition("=")[2] or part for part in parts.query.split("&")]
    plain = [*map(unquote, path), *map(unquote_plus, query)]
    return [request.url, _target(parts), parts.query, *path, *query, *plain, *request.secrets]


def _may_be_secret(part: str, *, hidden: bool) -> bool:
    return len(part) >= (SHORT if hidden or any(map(str.isdigit, part)) else LONG)
