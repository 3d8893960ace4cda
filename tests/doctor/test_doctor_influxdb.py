"""What the doctor says of real InfluxDBs, and of what only looks like one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ingest.doctor import influxdb_reach
from ingest.doctor.influxdb import Answer
from tests.doctor.rig import probed, secret
from tests.e2e.certificates import make_authority
from tests.fakes import http
from tests.servers import InfluxDB, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers import Database

OPEN = {
    "reachable": "ok",
    "TLS": "ok",
    "clock of InfluxDB": "ok",
    "authentication": "ok",
    "anonymous clients": "warn",
}


def sink(url: str, more: str = "", name: str = "city") -> str:
    return f'[sinks.influxdb]\nurl = "{url}"\ndatabase = "{name}"\n{more}\n'


def test_a_database_that_is_there(database: Database, tmp_path: Path) -> None:
    before = database.measurements()
    found = probed(tmp_path, sink(database.server.url, name=database.name), "influxdb")
    assert found.states == {**OPEN, "database": "ok", "right to write": "ok", "retention": "ok"}
    assert "version 1.6" in found["reachable"].observed
    assert database.measurements() == before == set()


def test_no_database(influxdb: InfluxDB, tmp_path: Path) -> None:
    influxdb.create_database("other")
    found = probed(tmp_path, sink(influxdb.url), "influxdb")
    assert found.states == {**OPEN, "database": "warn", "right to write": "unknown", "retention": "unknown"}
    assert 'CREATE DATABASE "city"' in found["database"].remedy
    assert "database not found" in found["retention"].observed
    assert [row["name"] for row in influxdb.rows("SHOW DATABASES", "")] == ["other"]


def test_the_database_of_the_roll_ups_is_looked_at_too(database: Database, tmp_path: Path) -> None:
    about = "influxdb roll-ups"
    found = probed(tmp_path, sink(database.server.url, name=database.name), about)
    assert found.states == {"database": "warn", "right to write": "unknown", "retention": "unknown"}
    assert f'CREATE DATABASE "{database.name}_rollup" WITH SHARD DURATION 52w' in found["database"].remedy
    database.server.query(f'CREATE DATABASE "{database.name}_rollup" WITH DURATION 30d')
    found = probed(tmp_path, sink(database.server.url, name=database.name), about)
    assert found.states == {"database": "ok", "right to write": "ok", "retention": "fail"}
    assert 'retention = "720h" under [rollup]' in found["retention"].remedy


def test_nothing_is_asked_of_roll_ups_where_none_are_made(database: Database, tmp_path: Path) -> None:
    more = "[rollup]\nenabled = false\n"
    assert probed(tmp_path, sink(database.server.url, more, database.name), "influxdb roll-ups").states == {}


@pytest.mark.parametrize(
    ("configured", "state"), [("", "fail"), ('retention = "30d"', "fail"), ('retention = "6d"', "ok")]
)
def test_a_database_that_keeps_a_week(database: Database, tmp_path: Path, configured: str, state: str) -> None:
    database.server.query(f'ALTER RETENTION POLICY "autogen" ON "{database.name}" DURATION 7d')
    found = probed(tmp_path, sink(database.server.url, configured, database.name), "influxdb")
    assert found["retention"].state == state
    assert "keeps 7 d" in found["retention"].observed
    if state == "fail":
        assert 'retention = "168h"' in found["retention"].remedy


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[InfluxDB]:
    """One that asks who is there: an administrator, a reader, a writer."""
    with InfluxDB(tmp_path / "influxdb", http="auth-enabled = true") as server:
        server.query("CREATE USER root WITH PASSWORD 'secret' WITH ALL PRIVILEGES")
        for statement in (
            "CREATE DATABASE city",
            "CREATE USER reader WITH PASSWORD 'secret'",
            "GRANT READ ON city TO reader",
            "CREATE USER writer WITH PASSWORD 'secret'",
            "GRANT WRITE ON city TO writer",
        ):
            answer = server._pool.request("POST", f"{server.url}/query?u=root&p=secret", fields={"q": statement})
            assert answer.status == 200
        yield server


def _as(folder: Path, user: str, password: str = "secret") -> str:  # noqa: S107  (of a server that lives for a second)
    return f'username = "{user}"\npassword_file = "{secret(folder, password)}"'


@pytest.mark.parametrize(("user", "writes"), [("root", "ok"), ("writer", "ok"), ("reader", "fail")])
def test_users_and_their_rights(guarded: InfluxDB, tmp_path: Path, user: str, writes: str) -> None:
    found = probed(tmp_path, sink(guarded.url, _as(tmp_path, user)), "influxdb")
    assert found["authentication"].state == "ok"
    assert "nobody without a name" in found["authentication"].observed
    assert "anonymous clients" not in found
    assert found["database"].state == "ok"
    assert found["right to write"].state == writes
    # Who may only write is not told of policies.
    assert found["retention"].state == ("unknown" if user == "writer" else "ok")
    assert "secret" not in str(found)


@pytest.mark.parametrize("login", ["", "wrong"])
def test_a_login_that_is_refused(guarded: InfluxDB, tmp_path: Path, login: str) -> None:
    found = probed(tmp_path, sink(guarded.url, _as(tmp_path, "writer", login) if login else ""), "influxdb")
    assert found["reachable"].state == "ok"
    assert found["authentication"].state == found["right to write"].state == "fail"
    assert found["retention"].state == "unknown"


def test_nobody_there(tmp_path: Path) -> None:
    found = probed(tmp_path, sink(f"http://127.0.0.1:{free_port()}"), "influxdb")
    assert found["reachable"].state == "fail"
    assert set(found.states.values()) <= {"fail", "unknown", "ok"}
    assert {name for name, state in found.states.items() if state == "ok"} == {"TLS"}


class _Other(http.HttpServer):
    """A web server of somebody else."""

    def answer(self, request: http.Request) -> http.Answer:  # noqa: ARG002  (it always says the same)
        return http.Answer(404, b"no such page")


class _Two(http.HttpServer):
    """As far as it is asked here, InfluxDB 2.7: it knows a token, a bucket and how long that keeps points."""

    keeps = 7 * 86_400

    def answer(self, request: http.Request) -> http.Answer:
        if request.path == "/ping":
            return http.Answer(204, headers={"X-Influxdb-Version": "v2.7.12"})
        if request.headers.get("Authorization") != "Token right":
            return http.Answer(401, b'{"code":"unauthorized","message":"unauthorized access"}')
        if request.path == "/api/v2/write":
            return http.Answer(400, b'{"code":"invalid","message":"writing requires points"}')
        if request.path == "/api/v2/buckets" and request.query == {"name": "city", "org": "da-nang"}:
            rules = [{"type": "expire", "everySeconds": self.keeps}]
            return http.Answer(200, json.dumps({"buckets": [{"name": "city", "retentionRules": rules}]}).encode())
        return http.Answer(404, b'{"code":"not found","message":"bucket not found"}')


def _bucket(folder: Path, url: str, bucket: str, token: str) -> str:
    login = f'api = "v2"\nbucket = "{bucket}"\norg = "da-nang"\ntoken_file = "{secret(folder, token)}"'
    return f'[sinks.influxdb]\nurl = "{url}"\n{login}\n'


@pytest.mark.parametrize(
    ("bucket", "token", "expected"),
    [
        ("city", "right", {"authentication": "ok", "database": "ok", "right to write": "unknown", "retention": "fail"}),
        ("town", "right", {"authentication": "ok", "database": "fail", "right to write": "unknown"}),
        ("city", "wrong", {"authentication": "fail", "right to write": "fail"}),
    ],
)
def test_the_api_of_influxdb_2(tmp_path: Path, bucket: str, token: str, expected: dict[str, str]) -> None:
    with _Two() as server:
        found = probed(tmp_path, _bucket(tmp_path, server.url, bucket, token), "influxdb")
    assert found.states == {"reachable": "ok", "TLS": "ok", "clock of InfluxDB": "unknown", **expected}


def test_something_else_there(tmp_path: Path) -> None:
    with _Other() as other:
        found = probed(tmp_path, sink(other.url), "influxdb")
    assert found["reachable"].state == "fail"
    assert "is this an InfluxDB?" in found["reachable"].remedy
    assert "ok" not in {found[name].state for name in ("database", "right to write", "retention")}


class _Page(http.HttpServer):
    """A login page: it says yes to whatever is asked."""

    def answer(self, request: http.Request) -> http.Answer:  # noqa: ARG002  (it always says the same)
        return http.Answer(200, b"<html>welcome</html>")


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_page_that_says_yes_to_everything(tmp_path: Path, api: str) -> None:
    with _Page() as page:
        text = sink(page.url) if api == "v1" else _bucket(tmp_path, page.url, "city", "right")
        found = probed(tmp_path, text, "influxdb")
    assert found["database"].state == "fail"
    assert "is this an InfluxDB?" in found["database"].remedy
    assert not {"authentication", "right to write", "retention"} & set(found)


def test_an_https_address_and_its_authority(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "ca", 90)
    http = f'https-enabled = true\nhttps-certificate = "{authority.certificate}"\nhttps-private-key = "{authority.key}"'
    server = _Secure(tmp_path / "influxdb", http=http)
    with server:
        url = server.url.replace("http:", "https:")
        trusted = probed(tmp_path, sink(url, f'ca_file = "{authority.ca}"'), "influxdb")
        unknown = probed(tmp_path, sink(url), "influxdb")
    assert trusted["reachable"].state == trusted["TLS"].state == "ok"
    assert "broker for 127.0.0.1" in trusted["TLS"].observed
    assert unknown["reachable"].state == unknown["TLS"].state == "fail"
    assert "ca_file" in unknown["TLS"].remedy


class _Secure(InfluxDB):
    """Answers in TLS, so a socket that takes a connection has to do."""

    def _answers(self) -> bool:
        return b"https=true" in self.log.read_bytes()


def test_clocks_that_differ() -> None:
    def skew(date: str, asked_at: float, answered_at: float) -> str:
        answer = Answer(204, "", {}, {"Date": date}, asked_at, answered_at)
        return influxdb_reach.clock(answer).state

    noon = 1_800_000_000.0  # 15 January 2027, 08:00:00 UTC
    assert skew("Fri, 15 Jan 2027 08:00:00 GMT", noon, noon + 0.2) == "ok"
    assert skew("Fri, 15 Jan 2027 08:00:00 GMT", noon + 0.9, noon + 1.1) == "ok"
    assert skew("Fri, 15 Jan 2027 08:00:00 GMT", noon - 30, noon + 30) == "ok"  # a slow answer proves nothing
    assert skew("Fri, 15 Jan 2027 08:00:10 GMT", noon, noon + 0.2) == "warn"
    assert skew("Fri, 15 Jan 2027 07:59:50 GMT", noon, noon + 0.2) == "warn"
    assert skew("yesterday", noon, noon) == "unknown"
