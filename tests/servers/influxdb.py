"""An InfluxDB 1.x of the test's own, and the questions that tests ask it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from tests.servers.ports import LOOPBACK
from tests.servers.process import Server

# No telemetry, no other listener, no `_internal` database: all of the CPU that it takes is the test's own points.
_CONFIG = """\
reporting-disabled = true
bind-address = "{loopback}:0"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
query-log-enabled = false
[monitor]
store-enabled = false
[subscriber]
enabled = false
[continuous_queries]
enabled = false
[http]
bind-address = "{loopback}:{port}"
log-enabled = false
{http}
"""


class InfluxDB(Server):
    """A server on 127.0.0.1.

    Args:
        folder: its configuration, log and data.
        port: None takes a free one; it stays the same over restarts.
        http: further lines of the configuration's section `[http]`, such as `auth-enabled = true`.
        login: user and password of who asks, where it wants them.
    """

    name = "influxd"

    def __init__(
        self, folder: Path, port: int | None = None, *, http: str = "", login: tuple[str, str] | None = None
    ) -> None:
        super().__init__(folder, port)
        self._http = http
        headers = urllib3.make_headers(basic_auth=":".join(login)) if login else None
        self._pool = urllib3.PoolManager(timeout=30, retries=False, headers=headers)

    @property
    def url(self) -> str:
        """Where it listens: `http://127.0.0.1:port`."""
        return f"http://{LOOPBACK}:{self.port}"

    def query(self, q: str, db: str = "") -> list[dict[str, Any]]:
        """The series that one InfluxQL statement gives: `name`, `tags`, `columns`, `values`; times are nanoseconds.

        Raises RuntimeError with the server's own words where it refuses.
        """
        answer = self._pool.request("POST", f"{self.url}/query", fields={"q": q, "db": db, "epoch": "ns"})
        body = json.loads(answer.data)
        result = body["results"][0] if "results" in body else body
        if "error" in result:
            raise RuntimeError(f"InfluxDB answered {answer.status} to {q}: {result['error']}")
        series: list[dict[str, Any]] = result.get("series", [])
        return series

    def rows(self, q: str, db: str) -> list[dict[str, Any]]:
        """The rows of a statement, each a dict of its columns and of its series' tags."""
        return [
            {**series.get("tags", {}), **dict(zip(series["columns"], values, strict=True))}
            for series in self.query(q, db)
            for values in series["values"]
        ]

    def create_database(self, db: str) -> "Database":
        """A database of that name, empty unless it is there already."""
        self.query(f'CREATE DATABASE "{db}"')
        return Database(self, db)

    def write(self, lines: Iterable[str], db: str) -> None:
        """Write lines of line protocol; RuntimeError with the server's own words where it refuses."""
        body = "\n".join(lines).encode()
        answer = self._pool.request("POST", f"{self.url}/write?db={db}", body=body)
        if answer.status != 204:
            raise RuntimeError(f"InfluxDB answered {answer.status} to a write: {answer.data.decode()}")

    def stop(self) -> None:
        """SIGTERM, and wait until it has gone; the connections of this object with it."""
        self._pool.clear()
        super().stop()

    def _arguments(self) -> list[str]:
        path = self.folder / "influxdb.conf"
        path.write_text(_CONFIG.format(loopback=LOOPBACK, folder=self.folder, port=self.port, http=self._http))
        return ["run", "-config", str(path)]

    def _answers(self) -> bool:
        try:
            return self._pool.request("GET", f"{self.url}/ping", timeout=1).status == 204
        except urllib3.exceptions.HTTPError:
            return False


@dataclass(frozen=True)
class Database:
    """One database of a server, for tests that share the server."""

    server: InfluxDB
    name: str

    def rows(self, q: str) -> list[dict[str, Any]]:
        """The rows of a statement, each a dict of its columns and of its series' tags."""
        return self.server.rows(q, self.name)

    def write(self, *lines: str) -> None:
        """Write lines of line protocol."""
        self.server.write(lines, self.name)

    def measurements(self) -> set[str]:
        """The names of all measurements that hold something."""
        return {row["name"] for row in self.rows("SHOW MEASUREMENTS")}

    def count(self, measurement: str, field: str, where: str = "") -> int:
        """How many points of the measurement have the field; 0 where there is no such measurement."""
        condition = f" WHERE {where}" if where else ""
        rows = self.rows(f'SELECT count("{field}") FROM "{measurement}"{condition}')  # noqa: S608 -- a test asks its own server
        return int(rows[0]["count"]) if rows else 0
