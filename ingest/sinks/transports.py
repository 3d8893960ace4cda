"""How a finished body of line protocol reaches InfluxDB, and what came back, as one small value.

Two ways: `/write?db=` (InfluxDB 1.x, and the compatibility endpoint of 2.x and 3), here; `/api/v2/write` by
influxdb-client, in `transport_v2`, which is imported only where it is configured: it costs memory and start-up time.
Neither retries and neither judges: what a status means is in one place, `influxdb.action`.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urlencode

import urllib3

from ingest import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.sinks.settings import InfluxSettings

CONNECT_TIMEOUT = 5.0
"""Seconds for a connection to be made: a database in the same network answers in milliseconds."""

GZIP = 31
"""zlib's window bits for 2^15 bytes with a gzip header around them."""


class Response(NamedTuple):
    """What came back.

    Attributes:
        status: of HTTP; 0 where no whole answer came (refused, reset, cut off, timed out).
        message: the server's own words, or what went wrong on the way.
        retry_after: seconds that the server asked for.
        lines: numbers of the lines that the server names, from 1.
    """

    status: int
    message: str = ""
    retry_after: float | None = None
    lines: tuple[int, ...] = ()


class Transport(Protocol):
    """A way to write. `send` never raises for what a network or a server can do."""

    def send(self, body: bytes) -> Response:
        """Write lines, parted by newlines, times in nanoseconds."""
        ...

    def create(self) -> Response | None:
        """Make the place that `send` writes to; None where this way cannot, or may not."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


def connect(settings: InfluxSettings) -> Transport:
    """Give the way that is configured; nothing is sent yet."""
    if settings.api == "v1":
        return WriteTransport(settings)
    from ingest.sinks.transport_v2 import ApiTransport  # noqa: PLC0415  (0.3 s and 20 MiB that most do not need)

    return ApiTransport(settings)


class WriteTransport:
    """`POST /write?db=`: no `precision`, which is nanoseconds everywhere."""

    def __init__(self, settings: InfluxSettings) -> None:
        base = settings.url.rstrip("/")
        self._write = f"{base}/write?{urlencode({'db': settings.database})}"
        self._query = f"{base}/query"
        self._creation = settings.creation
        self._gzip = settings.gzip
        self._may_create = settings.create_database
        self._headers = headers(settings)
        self._pool = urllib3.PoolManager(
            maxsize=1,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=settings.timeout),
            ca_certs=settings.ca_file or None,
        )

    def send(self, body: bytes) -> Response:
        """See `Transport.send`."""
        headers = self._headers
        if self._gzip:
            body = zlib.compress(body, 1, GZIP)
            headers = {**headers, "Content-Encoding": "gzip"}
        return self._post(self._write, body, headers)

    def create(self) -> Response | None:
        """Make the database, where that is configured; InfluxDB 1.x only."""
        if not self._may_create:
            return None
        statement = urlencode({"q": self._creation}).encode()
        headers = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        return self._post(self._query, statement, headers)

    def close(self) -> None:
        """See `Transport.close`."""
        self._pool.clear()

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        try:
            answer = self._pool.request("POST", url, body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            return Response(0, f"{type(error).__name__}: {error}")
        return response(answer.status, answer.data, answer.headers)


def headers(settings: InfluxSettings) -> dict[str, str]:
    """The headers of every request: who asks."""
    own = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "citylora"}
    if settings.token:
        own["Authorization"] = f"Token {settings.token}"
    elif settings.username:
        pair = f"{settings.username}:{settings.password}".encode()
        own["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return own


def response(status: int, body: bytes, headers: Mapping[str, str]) -> Response:
    """Read an answer of any InfluxDB: `{"error"}` of 1.x, `{"message"}` of 2.x, `{"error", "data"}` of 3, or text."""
    text = body.decode("utf-8", "replace").strip()
    wait = retry_after.seconds(headers.get("Retry-After", ""))
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        return Response(status, text, wait)
    named = _named(read.get("data"))
    words = read.get("error") or read.get("message") or text
    details = [str(one["error_message"]) for one in named if "error_message" in one]
    return Response(status, ": ".join([str(words), *details[:1]]), wait, _numbers(named))


def _named(data: object) -> list[dict[str, Any]]:
    """Give what InfluxDB 3 says of single lines: one object, or a list of them."""
    return [one for one in (data if isinstance(data, list) else [data]) if isinstance(one, dict)]


def _numbers(named: list[dict[str, Any]]) -> tuple[int, ...]:
    return tuple(one["line_number"] for one in named if isinstance(one.get("line_number"), int))
