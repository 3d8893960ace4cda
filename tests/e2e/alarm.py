"""A city that alerts: devices whose values a test chooses, at a real broker, and departments that listen."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from gateways.rfc3339 import render
from ingest.delivery.signing import keys, sign
from tests.e2e.traffic import HOST
from tests.fakes.uplinks import TOPIC, uplink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  (of the tests alone)
MODEL = "city/gauge"

CODEC = f"""
[[decoders.object]]
model = "{MODEL}"
models = ["{MODEL}"]
[decoders.object.keys]
level = "water_level"
temperature = "air_temperature"
"""


class Got(NamedTuple):
    """A message that a department was sent; `seconds`: the wall clock when it came."""

    id: str
    body: dict[str, Any]
    raw: bytes
    seconds: float

    @property
    def type(self) -> str:
        """What it is."""
        return str(self.body["type"])

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """What it tells of."""
        return list(self.body["data"]["alerts"])


class Department:
    """A department's webhook: a real HTTP server on loopback, which refuses what is not signed as agreed.

    Attributes:
        status: what it answers.
    """

    def __init__(self, secret: str = SECRET, status: int = 204) -> None:
        self.status = status
        self.attempts: list[Got] = []
        self.forged = 0
        self._secret = secret
        self._lock = threading.Lock()
        department = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(department._take(dict(self.headers.items()), raw))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name of the base class)
                pass

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self._server.server_port}/hook"

    @contextmanager
    def listening(self) -> Iterator[Department]:
        """It answers until the end of the block."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    @property
    def got(self) -> list[Got]:
        """What it has taken, each message once, in the order of their arrival."""
        with self._lock:
            return list({one.id: one for one in reversed(self.attempts)}.values())[::-1]

    def config(self, folder: Path, name: str = "ioc", **keys_of_it: str) -> str:
        """The department in citylora.toml."""
        secret = folder / f"{name}.secret"
        secret.write_text(self._secret + "\n")
        more = "\n".join(f"{key} = {value}" for key, value in {"rules": '["*"]', **keys_of_it}.items())
        return (
            f'[[alerts.department]]\nid = "{name}"\nname = {{ vi = "{name}", en = "{name}" }}\n{more}\n'
            f'[[alerts.department.webhook]]\nname = "hook"\nurl = "{self.url}"\nsecret_file = "{secret}"\n'
            'private = ["127.0.0.0/8"]\n'
        )

    def _take(self, headers: dict[str, str], raw: bytes) -> int:
        low = {key.lower(): value for key, value in headers.items()}
        wanted = sign(keys(self._secret), low.get("webhook-id", ""), int(low.get("webhook-timestamp", "0")), raw)
        with self._lock:
            if wanted["webhook-signature"] not in low.get("webhook-signature", "").split(" "):
                self.forged += 1
                return 401
            if self.status < 300:
                self.attempts.append(Got(low["webhook-id"], json.loads(raw), raw, time.time()))
            return self.status


class Gauges:
    """Devices that say what a test wants; each at a site of its own, `gauge-1` and so on."""

    def __init__(self, port: int) -> None:
        self._counts: dict[int, int] = {}
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="gauges")
        self._client.connect(HOST, port)
        self._client.loop_start()

    def say(self, number: int = 1, *, at: int | None = None, **values: float) -> None:
        """A device says values, heard at a time (ns UTC): now."""
        self._counts[number] = count = self._counts.get(number, 0) + 1
        dev_eui, now = f"{0x02C1710000000000 + number:016x}", time.time_ns() if at is None else at
        event = uplink(
            count, "00", at=now, dev_eui=dev_eui, model=MODEL, tags={"site": f"gauge-{number}"}, object=values,
            rxInfo=[{"gatewayId": "02c171ffff000001", "nsTime": render(now), "rssi": -90, "snr": 7.0}],
        )  # fmt: skip
        self._client.publish(TOPIC.format(dev_eui), event.payload, qos=1).wait_for_publish(10)

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()
