"""One test for each row of the sink's table of answers but 400 and 422, by both ways of writing."""

import base64
import socket
import subprocess
import sys
import time

import pytest

from ingest.errors import SinkUnavailable
from ingest.sinks.influxdb import InfluxSink
from ingest.sinks.settings import InfluxSettings
from tests.fakes.http import Answer, Fault
from tests.fakes.influxdb import FakeInfluxDB
from tests.fakes.points import batch, point
from tests.fakes.rig import Api, Rig, refused_write, sink_on

HASTY = 0.5
"""Seconds; for a sink that has to meet a server that hangs."""


# 204, 200


def test_a_batch_is_stored_in_one_request(any_rig: Rig) -> None:
    assert any_rig.sink.write(batch(5000)) == []
    assert len(any_rig.server.points) == 5000
    assert len(any_rig.server.writes) == 1


def test_the_same_batch_again_adds_nothing(rig: Rig) -> None:
    rig.sink.write(batch(100))
    rig.sink.write(batch(100))
    assert len(rig.server.points) == 100


def test_nothing_to_write_asks_nothing(rig: Rig) -> None:
    assert rig.sink.write([]) == []
    assert rig.server.requests == []


def test_the_request_says_where_and_in_nanoseconds(rig: Rig) -> None:
    rig.sink.write(batch(1))
    (request,) = rig.server.writes
    assert request.headers["Authorization"] == "Token secret-token"
    expected = {"db": "citylora"} if rig.api == "v1" else {"bucket": "citylora", "precision": "ns"}
    assert {name: value for name, value in request.query.items() if value} == expected


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_body_can_be_gzipped(api: Api) -> None:
    with FakeInfluxDB(api) as server:
        sink = sink_on(server, api, gzip=True)
        sink.write(batch(1000))
        sink.close()
        assert len(server.points) == 1000
        assert server.writes[0].headers["Content-Encoding"] == "gzip"
        assert len(server.writes[0].body) < 20_000


def test_user_and_password_go_by_http_basic() -> None:
    with FakeInfluxDB("v1") as server:
        server.authorization = f"Basic {base64.b64encode('city:Đà Nẵng'.encode()).decode()}"
        sink = sink_on(server, "v1", token="", username="city", password="Đà Nẵng")  # noqa: S106  (a test's own)
        assert sink.write(batch(1)) == []
        sink.close()


def test_a_200_without_a_body_is_a_yes(rig: Rig) -> None:
    rig.server.faults.append(Fault(Answer(200), after_the_work=True))
    assert rig.sink.write(batch(2)) == []


def test_a_200_with_a_page_is_no_yes(rig: Rig) -> None:
    """Another service at that address answers a POST with its login page."""
    rig.server.faults.append(Fault(Answer(200, b"<html>Sign in</html>")))
    assert refused_write(rig).alarm


# keep and write again


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 507])
def test_a_busy_server_is_asked_again(rig: Rig, status: int) -> None:
    rig.server.faults.append(Fault(Answer(status, b'{"error":"timeout"}')))
    error = refused_write(rig)
    assert (error.alarm, error.retry_after) == (False, None)
    assert str(status) in str(error)
    assert "timeout" in str(error)
    assert rig.sink.write(batch(3)) == []
    assert len(rig.server.points) == 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("1e9", 3600.0), ("soon", None), ("nan", None), ("99999999999 Jan", None)],
)
def test_the_pause_that_the_server_asks_for_is_passed_on(rig: Rig, header: str, seconds: float | None) -> None:
    rig.server.faults.append(Fault(Answer(429, b"slow down", {"Retry-After": header})))
    assert refused_write(rig).retry_after == seconds


def test_the_pause_may_be_a_date(rig: Rig) -> None:
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 100))
    rig.server.faults.append(Fault(Answer(503, b"", {"Retry-After": date})))
    assert 90 < (refused_write(rig).retry_after or 0) <= 100


NETWORK = {
    "hangs": Fault(hang=True),
    "hangs after storing": Fault(hang=True, after_the_work=True),
    "resets": Fault(reset=True),
    "resets after storing": Fault(reset=True, after_the_work=True),
    "says nothing": Fault(sent=0),
    "cuts the status off": Fault(sent=len("HTTP/1.1 2")),
    "cuts a refusal off": Fault(Answer(400, b'{"error":"partial write: unable to parse"}'), sent=60),
    "cuts an answer off after storing": Fault(Answer(200, b"x" * 100), sent=60, after_the_work=True),
    "is no web server": Fault(Answer(204), sent=5),
}


@pytest.mark.parametrize("fault", NETWORK.values(), ids=NETWORK.keys())
def test_no_whole_answer_is_no_answer(rig: Rig, fault: Fault) -> None:
    rig.server.faults.append(fault)
    hasty = sink_on(rig.server, rig.api, timeout=HASTY)
    error = refused_write(rig._replace(sink=hasty))
    hasty.close()
    assert (error.alarm, error.retry_after) == (False, None)
    assert rig.sink.write(batch(3)) == []
    assert len(rig.server.points) == 3


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "no-such-host.invalid"])
def test_a_server_that_is_not_there_is_waited_for(api: Api, host: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = "http://" + host.format(port=taken.getsockname()[1])
        sink = InfluxSink(InfluxSettings(url=url, api=api, timeout=HASTY))
        with pytest.raises(SinkUnavailable) as raised:
            sink.write(batch(1))
        sink.close()
    assert not raised.value.alarm


# keep and call someone


@pytest.mark.parametrize("status", [301, 401, 403, 405, 418])
def test_what_does_not_pass_by_itself_is_an_alarm(rig: Rig, status: int) -> None:
    rig.server.faults.append(Fault(Answer(status, b'{"error":"no"}', {"Location": "/elsewhere"})))
    error = refused_write(rig)
    assert error.alarm
    assert "[sinks.influxdb]" in error.hint
    assert "secret-token" not in f"{error} {error.hint}"
    assert len(rig.server.requests) == 1
    assert rig.server.points == {}


def test_a_missing_database_is_made_once() -> None:
    with FakeInfluxDB("v1", databases=()) as server:
        sink = sink_on(server, "v1", database='odd "name"')
        assert sink.write(batch(3)) == []
        sink.close()
        assert [request.path for request in server.requests] == ["/write", "/query", "/write"]
        assert len(server.points) == 3


def test_a_missing_database_is_an_alarm_where_it_may_not_be_made() -> None:
    with FakeInfluxDB("v1", databases=()) as server:
        sink = sink_on(server, "v1", create_database=False)
        with pytest.raises(SinkUnavailable, match="database not found") as raised:
            sink.write(batch(3))
        sink.close()
        assert raised.value.alarm
        assert 'CREATE DATABASE "citylora"' in raised.value.hint
        assert len(server.requests) == 1


def test_a_missing_bucket_is_an_alarm(rig: Rig) -> None:
    rig.server.databases.clear()
    rig.server.mode = "v2"
    error = refused_write(rig)
    assert error.alarm
    assert "citylora" in error.hint


# 413


def test_a_body_too_large_is_written_in_halves(any_rig: Rig) -> None:
    any_rig.server.largest_body = 20_000
    assert any_rig.sink.write(batch(1000)) == []
    assert len(any_rig.server.points) == 1000
    assert len(any_rig.server.writes) < 50


def test_a_line_too_large_by_itself_is_refused(any_rig: Rig) -> None:
    any_rig.server.largest_body = 2000
    refusals = any_rig.sink.write(batch(20, {7: point(7, site="x" * 3000)}))
    assert [refusal.index for refusal in refusals] == [7]
    assert "too large" in refusals[0].reason
    assert len(any_rig.server.points) == 19


# What is not the server's


def test_settings_show_no_secret() -> None:
    shown = repr(InfluxSettings(url="http://influx", password="secret", token="secret"))  # noqa: S106  (a test's own)
    assert "secret" not in shown


def test_the_client_library_is_imported_only_where_it_is_used() -> None:
    program = "import sys, ingest.sinks.influxdb; sys.exit('influxdb_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
