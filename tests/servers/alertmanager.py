"""A Prometheus Alertmanager of the test's own: what fires there, and a receiver of what it passes on."""

import json
from pathlib import Path
from typing import Any

import urllib3

from tests.servers.found import UNPACKED
from tests.servers.ports import LOOPBACK
from tests.servers.process import Server

_CONFIG = """\
route:
  receiver: department
  group_by: ["alertname", "alert"]
  group_wait: 0s
  group_interval: 1s
receivers:
  - name: department
{receiver}"""
_HOOK = """\
    webhook_configs:
      - url: {url}
        send_resolved: true
"""


class Alertmanager(Server):
    """A server on 127.0.0.1, alone in its cluster.

    Args:
        folder: its configuration, log and silences.
        port: None takes a free one; it stays the same over restarts.
        hook: where it passes on what fires, as a webhook of its own kind; "" for nowhere.
    """

    name = "prometheus-alertmanager"

    def __init__(self, folder: Path, port: int | None = None, *, hook: str = "") -> None:
        super().__init__(folder, port)
        self._hook = hook
        self._pool = urllib3.PoolManager(timeout=10, retries=False)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://{LOOPBACK}:{self.port}"

    def alerts(self) -> list[dict[str, Any]]:
        """What fires."""
        found: list[dict[str, Any]] = json.loads(self._pool.request("GET", f"{self.url}/api/v2/alerts").data)
        return found

    def stop(self) -> None:
        """SIGTERM, and wait until it has gone; the connections of this object with it."""
        self._pool.clear()
        super().stop()

    def _arguments(self) -> list[str]:
        for template in UNPACKED.glob("root/usr/share/prometheus/alertmanager/*.tmpl"):  # see `unpack`
            (self.folder / template.name).write_bytes(template.read_bytes())
        path = self.folder / "alertmanager.yml"
        path.write_text(_CONFIG.format(receiver=_HOOK.format(url=self._hook) if self._hook else ""))
        return [
            f"--config.file={path}",
            f"--storage.path={self.folder / 'data'}",
            f"--web.listen-address={LOOPBACK}:{self.port}",
            "--cluster.listen-address=",
        ]

    def _answers(self) -> bool:
        try:
            return self._pool.request("GET", f"{self.url}/-/ready", timeout=1).status == 200
        except urllib3.exceptions.HTTPError:
            return False
