"""An InfluxDB whose credentials change under the sink."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ingest.config import load
from ingest.endpoints import influx_settings
from ingest.errors import SinkUnavailable
from ingest.sinks.renewing import RenewingSink
from ingest.sinks.settings import InfluxSettings
from tests.e2e.certificates import make_authority
from tests.fakes.points import point
from tests.servers import InfluxDB, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADMIN = "u=root&p=secret"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[InfluxDB]:
    """One that asks who is there."""
    with InfluxDB(tmp_path / "influxdb", http="auth-enabled = true") as server:
        server.query("CREATE USER root WITH PASSWORD 'secret' WITH ALL PRIVILEGES")
        for statement in ("CREATE DATABASE city", "CREATE USER w WITH PASSWORD 'old'", "GRANT WRITE ON city TO w"):
            _run(server, statement)
        yield server


def _run(server: InfluxDB, statement: str) -> None:
    answer = server._pool.request("POST", f"{server.url}/query?{ADMIN}", fields={"q": statement})
    assert answer.status == 200, answer.data


def test_a_new_password_in_the_file_is_found_without_being_told(guarded: InfluxDB, tmp_path: Path) -> None:
    secret, path = tmp_path / "secret", tmp_path / "citylora.toml"
    secret.write_text("old\n")
    path.write_text(
        f'data_dir = "d"\n[sinks.influxdb]\nurl = "{guarded.url}"\ndatabase = "city"\nusername = "w"\n'
        'password_file = "secret"\n'
    )
    influxdb = load(path).sinks.influxdb
    assert influxdb is not None
    sink = RenewingSink(lambda: influx_settings(influxdb))
    assert sink.write([point(0)]) == []
    _run(guarded, "SET PASSWORD FOR w = 'new'")
    with pytest.raises(SinkUnavailable) as caught:  # the file still says the old one
        sink.write([point(0)])
    assert caught.value.alarm
    secret.write_text("")  # as whoever writes it anew leaves it for a moment
    with pytest.raises(SinkUnavailable):
        sink.write([point(0)])
    secret.write_text("new\n")
    assert sink.write([point(0)]) == []
    assert sink.accepted == 2
    sink.close()


def test_a_server_that_is_away_is_asked_no_more_often() -> None:
    settings = InfluxSettings(url=f"http://127.0.0.1:{free_port()}", database="city")
    asked = []

    def read() -> InfluxSettings:
        asked.append(1)
        return settings

    sink = RenewingSink(read)
    with pytest.raises(SinkUnavailable, match="does not answer"):
        sink.write([point(0)])
    assert len(asked) == 2
    sink.close()


def test_a_token_that_no_header_can_carry_is_not_taken_up(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("good")
    path = tmp_path / "citylora.toml"
    path.write_text(
        'data_dir = "d"\n[sinks.influxdb]\nurl = "http://influx"\ndatabase = "city"\ntoken_file = "token"\n'
    )
    influxdb = load(path).sinks.influxdb
    assert influxdb is not None
    for written, token in (("better", "better"), ("wörse", "good"), ("two\nlines", "good"), ("\xff", "good")):
        (tmp_path / "token").write_text(written, "latin-1")
        assert influx_settings(influxdb).token == token
    (tmp_path / "token").unlink()
    assert influx_settings(influxdb).token == "good"  # noqa: S105  (of nobody)


class _Secure(InfluxDB):
    def _answers(self) -> bool:
        return b"https=true" in self.log.read_bytes()


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_an_authority_that_is_renewed_is_read_again(tmp_path: Path, api: str) -> None:
    ours, theirs = make_authority(tmp_path / "ours"), make_authority(tmp_path / "theirs")
    http = f'https-enabled = true\nhttps-certificate = "{theirs.certificate}"\nhttps-private-key = "{theirs.key}"'
    path = tmp_path / "citylora.toml"
    with _Secure(tmp_path / "influxdb", http=http) as server:
        url = server.url.replace("http:", "https:")
        path.write_text(f'data_dir = "d"\n[sinks.influxdb]\nurl = "{url}"\ndatabase = "city"\nca_file = "{ours.ca}"\n')
        influxdb = load(path).sinks.influxdb
        assert influxdb is not None
        sink = RenewingSink(lambda: replace(influx_settings(influxdb), api=api))  # type: ignore[arg-type]
        with pytest.raises(SinkUnavailable, match=r"CERTIFICATE_VERIFY_FAILED|SSLError"):
            sink.write([point(0)])
        ours.ca.write_bytes(theirs.ca.read_bytes())
        if api == "v1":
            assert sink.write([point(0)]) == []
        else:  # InfluxDB 1.6 has no such address, and says so: the connection is good
            with pytest.raises(SinkUnavailable, match="404"):
                sink.write([point(0)])
        sink.close()
