"""What the checks of InfluxDB share: one question and its answer, by the way that is configured."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import urllib3

from ingest.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.doctor.finding import Deadline, State, Text
    from ingest.sinks.settings import InfluxSettings

SECONDS = 5.0
"""For one answer."""


class Answer(NamedTuple):
    """What came back.

    Attributes:
        status: of HTTP; 0 where nothing came.
        said: the server's own words, or what went wrong on the way.
        json: the body, where it is a JSON object.
        asked_at, answered_at: by our clock, seconds.
    """

    status: int
    said: str
    json: dict[str, Any]
    headers: Mapping[str, str]
    asked_at: float
    answered_at: float


class InfluxCase(NamedTuple):
    """An InfluxDB.

    Attributes:
        retention: seconds, as configured; None: for ever.
    """

    settings: InfluxSettings
    retention: int | None
    deadline: Deadline

    def found(self, check: str, state: State, observed: Text, remedy: Text = "") -> Finding:
        """A finding about it."""
        return Finding(check, "influxdb roll-ups" if self.settings.of_rollups else "influxdb", state, observed, remedy)

    @property
    def section(self) -> str:
        """Where the configuration says how long points are kept."""
        return "[rollup]" if self.settings.of_rollups else "[sinks.influxdb]"

    @property
    def host(self) -> str:
        """The host of its address."""
        return urlsplit(self.settings.url).hostname or ""

    def ask(self, method: str, path: str, body: bytes | None = None, *, login: bool = True, **query: str) -> Answer:
        """One request; it never raises for what a network or a server can do."""
        url = f"{self.settings.url.rstrip('/')}{path}" + (f"?{urlencode(query)}" if query else "")
        began = time.time()
        try:
            with urllib3.PoolManager(
                retries=False, timeout=max(0.1, self.deadline.left(SECONDS)), ca_certs=self.settings.ca_file or None
            ) as pool:
                answer = pool.request(method, url, body=body, headers=self._headers() if login else {})
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Answer(0, f"{type(error).__name__}: {error}", {}, {}, began, time.time())
        text = answer.data.decode("utf-8", "replace").strip()
        return Answer(answer.status, *_read(text), answer.headers, began, time.time())

    def _headers(self) -> dict[str, str]:
        settings = self.settings
        if settings.token:
            return {"Authorization": f"Token {settings.token}"}
        if settings.username:
            pair = f"{settings.username}:{settings.password}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return {}


def _read(text: str) -> tuple[str, dict[str, Any]]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return text[:200], {}
    if not isinstance(body, dict):
        return text[:200], {}
    return str(body.get("error") or body.get("message") or _of_statement(body) or text)[:200], body


def _of_statement(body: dict[str, Any]) -> object:
    """InfluxQL's refusals come with status 200, inside the first result."""
    results = body.get("results")
    return results[0].get("error") if isinstance(results, list) and results and isinstance(results[0], dict) else None
