"""A Prometheus of the test's own: it reads one address each second, and answers PromQL."""

import json
from pathlib import Path
from typing import Any

import urllib3

from tests.servers.ports import LOOPBACK
from tests.servers.process import Server

_CONFIG = """\
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: citylora
    static_configs:
      - targets: ["{target}"]
"""


class Prometheus(Server):
    """A server on 127.0.0.1.

    Args:
        folder: its configuration, log and data.
        target: host and port that it reads /metrics from.
        port: None takes a free one; it stays the same over restarts.
    """

    name = "prometheus"

    def __init__(self, folder: Path, target: str, port: int | None = None) -> None:
        super().__init__(folder, port)
        self._target = target
        self._pool = urllib3.PoolManager(timeout=10, retries=False)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://{LOOPBACK}:{self.port}"

    def query(self, expression: str) -> list[dict[str, Any]]:
        """What an expression is now: `metric` and `value` of each series.

        Raises RuntimeError with the server's own words where it refuses.
        """
        return self._asked("query", {"query": expression})

    def between(self, expression: str, since: float, until: float, step: float) -> list[dict[str, Any]]:
        """What it was, each `step` seconds (times in s UTC): `metric` and `values` of each series."""
        asked = {"query": expression, "start": str(since), "end": str(until), "step": str(step)}
        return self._asked("query_range", asked)

    def _asked(self, what: str, fields: dict[str, str]) -> list[dict[str, Any]]:
        answer = self._pool.request("POST", f"{self.url}/api/v1/{what}", fields=fields)
        body = json.loads(answer.data)
        if body["status"] != "success":
            raise RuntimeError(f"Prometheus answered {answer.status} to {fields['query']}: {body['error']}")
        found: list[dict[str, Any]] = body["data"]["result"]
        return found

    def stop(self) -> None:
        """SIGTERM, and wait until it has gone; the connections of this object with it."""
        self._pool.clear()
        super().stop()

    def _arguments(self) -> list[str]:
        path = self.folder / "prometheus.yml"
        path.write_text(_CONFIG.format(target=self._target))
        return [
            f"--config.file={path}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address={LOOPBACK}:{self.port}",
        ]

    def _answers(self) -> bool:
        try:
            return self._pool.request("GET", f"{self.url}/-/ready", timeout=1).status == 200
        except urllib3.exceptions.HTTPError:
            return False
