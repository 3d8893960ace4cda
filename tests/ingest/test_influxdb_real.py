"""The sink against a real InfluxDB 1.x: by `/write`, and by `/api/v2/write` through a shim that maps the path."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from ingest.decoding.point import Point
from ingest.errors import SinkUnavailable
from ingest.sinks.hints import all_refused
from ingest.sinks.influxdb import InfluxSink
from ingest.sinks.settings import InfluxSettings
from ingest.sinks.transports import WriteTransport
from tests.fakes.influxdb import PathShim
from tests.fakes.points import START, batch, point
from tests.servers import Database, InfluxDB

HOSTILE = ["a b", "a,b=c", "Đà Nẵng", "in\\side", "back\\,slash", 'quote"d', "'", "# hash", "🌊", "=", "e\u0301"]
LONG_AGO = 20 * 365 * 86_400_000_000_000
WEEK = 7 * 86_400_000_000_000


def sink_on(server: InfluxDB, database: str, **settings: Any) -> InfluxSink:
    return InfluxSink(InfluxSettings(**{"url": server.url, "database": database, **settings}))


@pytest.fixture(params=["v1", "v2"], ids=["write", "api-v2-write"])
def sink(request: pytest.FixtureRequest, database: Database) -> Iterator[InfluxSink]:
    """A sink on the test's own database, by each way of writing."""
    api: Literal["v1", "v2"] = request.param
    with PathShim(database.server.url) as shim:
        url = database.server.url if api == "v1" else shim.url
        sink = InfluxSink(InfluxSettings(url=url, api=api, database=database.name, bucket=database.name))
        yield sink
        sink.close()


def test_5000_points_are_stored_with_their_nanoseconds(sink: InfluxSink, database: Database) -> None:
    points = [replace(one, time=one.time + 7) for one in batch(5000)]
    assert sink.write(points) == []
    assert sink.write(points) == []
    rows = database.rows('SELECT "air_temperature", "co2" FROM "environment"')
    assert [row["time"] for row in rows] == [one.time for one in points]
    assert [row["air_temperature"] for row in rows] == [dict(one.fields)["air_temperature"] for one in points]


def test_hostile_tags_survive(sink: InfluxSink, database: Database) -> None:
    assert sink.write([point(index, float(index), site=site) for index, site in enumerate(HOSTILE)]) == []
    rows = database.rows('SELECT "co2", "site" FROM "environment"')
    assert [row["site"] for row in rows] == HOSTILE


@pytest.mark.parametrize("bad", [[0], [2500], range(0, 5000, 100), range(5000)], ids=["first", "one", "1 %", "all"])
def test_a_type_conflict_harms_only_its_own_lines(sink: InfluxSink, database: Database, bad: list[int]) -> None:
    # The first point of a shard, which is a week, fixes the type.
    database.write(f"environment,site=elsewhere co2=1.0 {START}")
    refusals = sink.write(batch(5000, {place: point(place, "text") for place in bad}))
    assert [refusal.index for refusal in refusals] == list(bad)
    assert 'input field "co2" on measurement "environment" is type string' in refusals[0].reason
    assert database.count("environment", "air_temperature") == 5000 - len(bad)


def test_two_conflicts_with_different_words_are_told_apart(sink: InfluxSink, database: Database) -> None:
    database.write(f"environment,site=elsewhere co2=1.0 {START}", f"water,site=elsewhere co2=1i {START}")
    points = batch(300, {17: point(17, "text"), 200: point(200, measurement="water")})
    refusals = sink.write(points)
    assert [refusal.index for refusal in refusals] == [17, 200]
    assert ['"environment"' in refusals[0].reason, '"water"' in refusals[1].reason] == [True, True]
    assert database.count("environment", "co2") == 299


def test_a_point_is_counted_once_however_many_of_its_fields_conflict(database: Database) -> None:
    database.write("environment,site=a co2=1.0,humidity=1.0 1")
    transport = WriteTransport(InfluxSettings(url=database.server.url, database=database.name))
    lines = [b'environment,site=a co2="x",humidity="y" 2', b"environment,site=a co2=2.0 3"]
    answer = transport.send(b"\n".join(lines))
    alone = transport.send(lines[0])
    transport.close()
    assert "dropped=1" in answer.message
    assert not all_refused(answer, lines)
    assert all_refused(alone, lines[:1])


def test_points_beyond_the_retention_are_refused_where_the_server_takes_the_present(
    sink: InfluxSink, database: Database
) -> None:
    database.rows(f'ALTER RETENTION POLICY "autogen" ON "{database.name}" DURATION 1h SHARD DURATION 1h')
    refusals = sink.write(batch(5000))
    assert len(refusals) == 5000
    assert "beyond retention policy" in refusals[0].reason
    assert database.measurements() == {"citylora_probe"}


def test_a_time_that_influxdb_cannot_hold_is_refused(sink: InfluxSink, database: Database) -> None:
    refusals = sink.write(batch(10, {3: replace(point(3), time=2**63)}))
    assert [refusal.index for refusal in refusals] == [3]
    assert database.count("environment", "co2") == 9


def test_a_missing_database_is_made(shared_influxdb: InfluxDB) -> None:
    sink = sink_on(shared_influxdb, 'odd "name" đ')
    assert sink.write(batch(10)) == []
    sink.close()
    names = [row["name"] for row in shared_influxdb.rows("SHOW DATABASES", "")]
    assert 'odd "name" đ' in names
    shared_influxdb.query('DROP DATABASE "odd \\"name\\" đ"')


def test_who_may_write_is_told_from_who_may_not(tmp_path: Path) -> None:
    with InfluxDB(tmp_path, http="auth-enabled = true") as server:
        server.query("CREATE USER admin WITH PASSWORD 'Đà Nẵng' WITH ALL PRIVILEGES")
        for settings, alarm in (
            ({}, True),
            ({"username": "admin", "password": "wrong"}, True),
            ({"username": "admin", "password": "Đà Nẵng"}, False),
        ):
            sink = sink_on(server, "city", **settings)
            if alarm:
                with pytest.raises(SinkUnavailable, match="401") as raised:
                    sink.write(batch(3))
                assert raised.value.alarm
                assert "username and password" in raised.value.hint
            else:
                assert sink.write(batch(3)) == []
            sink.close()


def test_a_body_larger_than_the_server_takes_is_split(tmp_path: Path) -> None:
    with InfluxDB(tmp_path, http="max-body-size = 50000") as server:
        database = server.create_database("city")
        sink = sink_on(server, "city")
        assert sink.write(batch(3000)) == []
        sink.close()
        assert database.count("environment", "co2") == 3000


def test_a_server_that_hangs_and_comes_back(influxdb: InfluxDB) -> None:
    sink = sink_on(influxdb, "city", timeout=0.5)
    assert sink.write(batch(10)) == []
    influxdb.pause()
    with pytest.raises(SinkUnavailable, match="timed out"):
        sink.write(batch(20))
    influxdb.resume()
    assert sink.write(batch(20)) == []
    sink.close()
    assert influxdb.create_database("city").count("environment", "co2") == 20


@pytest.mark.parametrize("lives_on", [0.0, 0.01, 0.03], ids=lambda seconds: f"{seconds * 1000:g} ms")
def test_a_server_killed_while_it_writes_loses_and_doubles_nothing(influxdb: InfluxDB, lives_on: float) -> None:
    sink = sink_on(influxdb, "city")
    assert sink.write(batch(1)) == []
    raised: list[SinkUnavailable] = []

    def write() -> None:
        try:
            sink.write(batch(20_000))
        except SinkUnavailable as error:
            raised.append(error)

    influxdb.pause()
    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.3)  # the whole body is in the sockets, or waits for them
    influxdb.resume()
    time.sleep(lives_on)
    influxdb.kill()
    writer.join(30)
    assert len(raised) == 1
    assert not raised[0].alarm
    with pytest.raises(SinkUnavailable):
        sink.write(batch(20_000))
    influxdb.start()
    assert sink.write(batch(20_000)) == []
    sink.close()
    assert influxdb.create_database("city").count("environment", "co2") == 20_000


def requests(database: Database) -> int:
    """Writes that the database was asked for since it began; those that it could not read at all do not count."""
    return sum(int(row["req"]) for row in database.rows("SHOW STATS FOR 'write'"))


def recent(size: int, bad: dict[int, str]) -> list[Point]:
    """Points of the last two hours, some of them bad: "late", "text" where a number is due, or "unreadable"."""
    start = time.time_ns() - 7_200_000_000_000
    made = [replace(point(place), time=start + place * 1_000_000_000) for place in range(size)]
    for place, kind in bad.items():
        one = made[place]
        made[place] = {
            "late": replace(one, time=one.time - LONG_AGO),
            "text": replace(one, fields=(("co2", "text"),)),
            "unreadable": replace(one, time=2**63),
        }[kind]
    return made


def test_late_points_cost_three_requests_and_then_two(sink: InfluxSink, database: Database) -> None:
    database.rows(f'ALTER RETENTION POLICY "autogen" ON "{database.name}" DURATION 520w')
    bad = dict.fromkeys(range(37, 5000, 100), "late")
    for number, expected in enumerate([3, 2, 2], 1):
        before, accepted = requests(database), sink.accepted
        refusals = sink.write(recent(5000, bad))
        assert [refusal.index for refusal in refusals] == list(bad)
        assert "points beyond retention policy" in refusals[0].reason
        assert requests(database) - before == expected
        assert sink.accepted - accepted == 4950
        assert database.count("environment", "co2") == number * 4950


def test_kinds_of_badness_that_the_server_conceals_behind_each_other(sink: InfluxSink, database: Database) -> None:
    """It names the conflict alone, then the retention alone, and the line that it cannot read at the very end."""
    database.rows(f'ALTER RETENTION POLICY "autogen" ON "{database.name}" DURATION 520w')
    sink.write(recent(1, {}))
    bad = {3: "late", 4: "text", 50: "unreadable", 90: "text", 200: "late"}
    for _ in range(2):
        accepted = sink.accepted
        refusals = sink.write(recent(1000, bad))
        reasons = {refusal.index: refusal.reason for refusal in refusals}
        assert list(reasons) == list(bad)
        assert [place for place in bad if "retention policy" in reasons[place]] == [3, 200]
        assert [place for place in bad if "type conflict" in reasons[place]] == [4, 90]
        assert "unable to parse" in reasons[50]
        assert sink.accepted - accepted == 995
    assert database.count("environment", "co2") == 1 + 2 * 995


def test_conflicts_in_two_shards_of_which_the_server_names_one(sink: InfluxSink, database: Database) -> None:
    ago = [replace(one, time=one.time - 3 * WEEK) for one in batch(200)]
    sink.write([ago[0], point(0)])
    points = [*ago, *batch(200)]
    points[17], points[217] = replace(ago[17], fields=(("co2", "x"),)), point(17, "x")
    assert [refusal.index for refusal in sink.write(points)] == [17, 217]
    assert sink.accepted == 2 + 398
    assert database.count("environment", "co2") == 398


@pytest.mark.parametrize(
    ("lines", "concealed"),
    [
        (["late", "unreadable", "good"], "unreadable"),
        (["late", "text", "good"], "late"),
        (["text", "unreadable", "good"], "unreadable"),
    ],
    ids="-".join,
)
def test_dropped_is_no_proof_that_the_others_are_stored(database: Database, lines: list[str], concealed: str) -> None:
    """Why the sink believes a yes alone."""
    database.rows(f'ALTER RETENTION POLICY "autogen" ON "{database.name}" DURATION 520w')
    now = time.time_ns()
    text = {
        "good": f"m,a=b f=2.0 {now}",
        "late": f"m,a=b f=2.0 {now - LONG_AGO}",
        "text": f'm,a=b f="x" {now}',
        "unreadable": f"m,a=b f=2.0 {2**63}",
    }
    database.write(text["good"])
    transport = WriteTransport(InfluxSettings(url=database.server.url, database=database.name))
    answer = transport.send("\n".join(text[kind] for kind in lines).encode())
    transport.close()
    assert answer.message.endswith("dropped=1")
    assert {"late": "retention", "unreadable": "unable to parse"}[concealed] not in answer.message
