"""A field that a late uplink takes out of a row leaves it, in whichever sink, and no crash takes the row with it."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from msgspec.structs import replace

from ingest import faults
from ingest.decoding.point import Point
from ingest.errors import SinkUnavailable
from ingest.sinks import point_tables, store
from ingest.sinks.influxdb import InfluxSink
from ingest.sinks.influxql import InfluxQL
from ingest.sinks.renewing import RenewingSink
from ingest.sinks.settings import InfluxSettings
from ingest.sinks.store import StoreSink
from tests.fakes.house import House, Way
from tests.fakes.influxdb import FakeInfluxDB
from tests.fakes.rig import sink_on
from tests.fakes.uplinks import SECOND, START, uplink

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.servers import Database

TAGS = ("24e124000000aaaa", "bridge-3", "Hải Châu", "milesight/em500_co2", "0")
ROW = Point("environment", TAGS, (("air_temperature_suspect", 45.5), ("co2", 400.0)), START)
OTHERS = (
    replace(ROW, tags=(*TAGS[:4], "1")),
    replace(ROW, tags=("24e124000000bbbb", *TAGS[1:])),
    replace(ROW, time=START + 1),
    replace(ROW, measurement="device", fields=(("battery", 90.0),)),
)
CHANGE = Point(
    "environment", TAGS, (("air_temperature", 45.5),), START, revises=True, gone=("air_temperature_suspect",)
)
BACK = Point("environment", TAGS, (("air_temperature_suspect", 45.5),), START, revises=True, gone=("air_temperature",))
AMOUNT = Point("environment", TAGS, (("rain", 2.0),), START, revises=True)
GONE = Point("environment", TAGS, (), START, revises=True, gone=("rain",))
ALONE = replace(ROW, fields=(("air_temperature", 45.5), ("co2", 400.0)), gone=("air_temperature_suspect",))
"""The row once more, when what it was judged by is forgotten."""
OTHERWISE = replace(ALONE, fields=(("air_temperature", 20.0), ("co2", 401.0)))
AFTER = {"air_temperature": 45.5, "co2": 400.0}
Found = dict[tuple[str, tuple[str, ...], int], dict[str, float | str]]


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """An empty store."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(f"{store.SCHEMA};{point_tables.SCHEMA};")
    yield connection
    connection.close()


@pytest.fixture(params=["store", "settled", "influxdb"])
def sink(
    request: pytest.FixtureRequest, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StoreSink | InfluxSink]:
    """Each sink, the store with rows that settle at once as well, and InfluxDB as a real one."""
    if request.param == "settled":
        monkeypatch.setattr(point_tables, "RECENT", 1)
        monkeypatch.setattr(point_tables, "STAYS", 100)
    if request.param != "influxdb":
        yield StoreSink(db)
        return
    database: Database = request.getfixturevalue("database")
    sink = InfluxSink(InfluxSettings(url=database.server.url, database=database.name))
    yield sink
    sink.close()


def held(sink: StoreSink | InfluxSink | RenewingSink) -> Found:
    return {(row.measurement, row.tags, row.time): dict(row.fields) for row in sink.rows(START - 10, START + 10, "")}


def as_rows(*points: Point) -> Found:
    return {(one.measurement, one.tags, one.time): dict(one.fields) for one in points}


def test_what_is_gone_leaves_its_row_and_no_other(sink: StoreSink | InfluxSink) -> None:
    sink.write([ROW, *OTHERS])
    assert list(sink.write([CHANGE])) == []
    assert held(sink) == as_rows(*OTHERS) | {("environment", TAGS, START): AFTER}
    assert sink.accepted == 6


@pytest.mark.parametrize(
    ("batches", "expected"),
    [
        ([[ROW, CHANGE]], AFTER),
        ([[ROW], [CHANGE, BACK]], dict(ROW.fields)),
        ([[ROW], [CHANGE, BACK, CHANGE]], AFTER),
        ([[ROW], [AMOUNT, CHANGE, replace(AMOUNT, fields=(("rain", 3.0),))]], AFTER | {"rain": 3.0}),
        ([[ROW, AMOUNT], [GONE]], dict(ROW.fields)),
        ([[ROW, AMOUNT, GONE, CHANGE]], AFTER),
        ([[ROW], [AMOUNT], [GONE, CHANGE]], AFTER),
        ([[ROW], [CHANGE], [CHANGE]], AFTER),
        ([[ROW], [ALONE]], dict(ROW.fields)),
        ([[ROW, ALONE]], dict(ROW.fields)),
        ([[ROW, AMOUNT, ALONE, ALONE]], {**dict(ROW.fields), "rain": 2.0}),
        ([[ROW], [ALONE, CHANGE]], AFTER),
        ([[ROW], [CHANGE, ALONE]], AFTER),
        ([[ALONE]], AFTER),
        ([[ALONE, BACK], [ALONE]], dict(ROW.fields)),
        ([[ROW], [OTHERWISE]], dict(OTHERWISE.fields)),
        ([[ROW, OTHERWISE]], dict(OTHERWISE.fields)),
    ],
)
def test_changes_are_made_in_their_order_whatever_the_batches_are(
    sink: StoreSink | InfluxSink, batches: Sequence[Sequence[Point]], expected: dict[str, float]
) -> None:
    for batch in batches:
        assert list(sink.write(batch)) == []
    assert held(sink) == {("environment", TAGS, START): expected}
    assert sink.accepted == sum(map(len, batches))


def test_a_change_of_a_row_that_is_no_more_makes_no_half_of_one_in_the_store(db: sqlite3.Connection) -> None:
    sink = StoreSink(db)
    assert sink.write([CHANGE, GONE]) == ()
    assert held(sink) == {}
    assert sink.accepted == 2


def test_a_row_that_comes_again_otherwise_does_not_hold_a_value_twice(db: sqlite3.Connection) -> None:
    """An event that comes a week later, past what duplicates are known by: its values are doubted now."""
    sink = StoreSink(db)
    sink.write([replace(ROW, fields=(("air_temperature", 45.5), ("rain", 1.0)))])
    sink.write([ROW])
    assert held(sink) == {("environment", TAGS, START): {"air_temperature_suspect": 45.5, "co2": 400.0, "rain": 1.0}}
    sink.write([replace(ROW, fields=(("air_temperature", 45.5),))])
    assert held(sink) == {("environment", TAGS, START): {"air_temperature": 45.5, "co2": 400.0, "rain": 1.0}}


def test_a_refusal_is_of_the_point_that_was_given(database: Database) -> None:
    sink = InfluxSink(InfluxSettings(url=database.server.url, database=database.name))
    sink.write([ROW, *OTHERS])
    bad = replace(ROW, time=START + 5, fields=(("co2", "text"),))
    assert [one.index for one in sink.write([CHANGE, OTHERS[0], GONE, bad])] == [3]
    assert held(sink)["environment", TAGS, START] == AFTER
    assert sink.accepted == 8
    sink.close()


def test_a_failure_between_deleting_and_writing_loses_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = InfluxSink(InfluxSettings(url=database.server.url, database=database.name))
    sink.write([ROW, *OTHERS])
    remove = InfluxQL.remove_rows

    def answers_never(self: InfluxQL, rows: Sequence[Point]) -> bool:
        remove(self, rows)
        raise SinkUnavailable("the answer was lost")

    with monkeypatch.context() as broken:
        broken.setattr(InfluxQL, "remove_rows", answers_never)
        with pytest.raises(SinkUnavailable):
            sink.write([CHANGE])
    assert ("environment", TAGS, START) not in held(sink)
    sink.write([OTHERS[0]])  # the batch was given up: whatever comes next brings the row back
    assert held(sink) == as_rows(*OTHERS) | {("environment", TAGS, START): AFTER}
    sink.close()


def test_other_credentials_hold_what_the_ones_before_held(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = [InfluxSettings(url=database.server.url, database=database.name)]
    sink = RenewingSink(lambda: settings[-1])
    sink.write([ROW])
    remove = InfluxQL.remove_rows

    def loses_its_rights(self: InfluxQL, rows: Sequence[Point]) -> bool:
        removed = remove(self, rows)
        settings.append(InfluxSettings(url=database.server.url, database=database.name, username="another"))
        monkeypatch.undo()
        raise SinkUnavailable(f"removed {removed}, and nobody says so")

    monkeypatch.setattr(InfluxQL, "remove_rows", loses_its_rights)
    assert list(sink.write([CHANGE])) == []
    assert held(sink) == {("environment", TAGS, START): AFTER}
    sink.close()


@pytest.mark.parametrize("mode", ["v2", "v3"])
def test_a_server_that_cannot_delete_keeps_going(mode: Literal["v2", "v3"]) -> None:
    """It answers no query: what is new is written over the row, and what is no more stays."""
    with FakeInfluxDB(mode) as server:
        sink = sink_on(server, "v2")
        assert list(sink.write([ROW])) == []
        assert list(sink.write([CHANGE, GONE])) == []
        (fields,) = server.points.values()
        assert set(fields) == {"air_temperature", "air_temperature_suspect", "co2"}
        assert sink.accepted == 3
        sink.close()


def test_a_server_that_can_be_read_and_not_deleted_from_keeps_what_it_has(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """InfluxDB 3 has no DELETE, and a user may have no right to it."""

    def may_not(_self: InfluxQL, _rows: Sequence[Point]) -> bool:
        raise SinkUnavailable("not allowed to delete", alarm=True)

    sink = InfluxSink(InfluxSettings(url=database.server.url, database=database.name))
    sink.write([ROW])
    for answer in (may_not, lambda _self, _rows: False):
        monkeypatch.setattr(InfluxQL, "remove_rows", answer)
        assert list(sink.write([CHANGE])) == []
        assert held(sink) == {("environment", TAGS, START): AFTER | {"air_temperature_suspect": 45.5}}
    assert sink.accepted == 3
    sink.close()


def report(number: int, temperature: float) -> Any:
    """An uplink of the EM500-CO2, a quarter of an hour after the one before."""
    payload = f"0367{round(temperature * 10).to_bytes(2, 'little').hex()}057d9001"
    return uplink(number, payload, at=START + number * 900 * SECOND)


def live(folder: Path, url: str, name: str, fault: str) -> None:
    """Three reports, the second one last, in a process that stops where a test says."""
    with House(folder, {"influxdb": Way(lambda _: InfluxSink(InfluxSettings(url=url, database=name)))}) as house:
        house.take([report(0, 22.0), report(2, 39.5)])
        house.drain()
        faults._point, faults._remaining = fault, 1
        house.take([report(1, 39.0)])
        house.drain()


@pytest.mark.parametrize("fault", ["revision.deleted", "sink.after", "cursor.before"])
def test_a_crash_between_deleting_and_writing_loses_nothing(tmp_path: Path, database: Database, fault: str) -> None:
    """Killed where the row is in the consumer's file alone; the next start brings it back."""
    time_of = {number: START + number * 900 * SECOND + number for number in range(3)}
    worker = multiprocessing.get_context("fork").Process(
        target=live, args=(tmp_path, database.server.url, database.name, fault)
    )
    worker.start()
    stat = Path(f"/proc/{worker.pid}/stat")
    deadline = time.monotonic() + 20
    while stat.read_text().rpartition(")")[2].split()[0] != "T":
        assert time.monotonic() < deadline, "it never came there"
        time.sleep(0.01)
    worker.kill()
    worker.join()
    sink = InfluxSink(InfluxSettings(url=database.server.url, database=database.name))

    def rows() -> dict[int, dict[str, float | str]]:
        found = sink.rows(START, START + 3600 * SECOND, "")
        return {row.time: dict(row.fields) for row in found if row.measurement == "environment"}

    if fault == "revision.deleted":
        assert time_of[2] not in rows()
    with House(tmp_path, {"influxdb": Way(lambda _: sink)}) as house:
        house.drain()
        assert rows() == {
            time_of[0]: {"air_temperature": 22.0, "co2": 400.0},
            time_of[1]: {"air_temperature_suspect": 39.0, "co2": 400.0},
            time_of[2]: {"air_temperature": 39.5, "co2": 400.0},
        }
        assert house.consumers["influxdb"]._db.execute("SELECT * FROM held").fetchall() == []
        house.honest()


def test_a_value_that_is_fetched_again_beyond_memory_keeps_its_verdict(tmp_path: Path, database: Database) -> None:
    """A false echo among what a sensor kept, asked for a second time when its neighbours are long forgotten."""
    settings = InfluxSettings(url=database.server.url, database=database.name)
    kept = START + 3 * 900 * SECOND + 300 * SECOND
    echo = "20ce" + (kept // SECOND).to_bytes(4, "little").hex() + (7000).to_bytes(2, "little").hex()
    ways = {"store": Way(StoreSink), "influxdb": Way(lambda _: InfluxSink(settings))}
    with House(tmp_path, ways) as house:
        for number in range(24):
            body = "0382" + (3000 + number).to_bytes(2, "little").hex() + (echo if number in {4, 20} else "")
            house.take([uplink(number, body, at=START + number * 900 * SECOND, model="milesight/em500-udl")])
            house.drain()
        for name in ways:
            found = house.consumers[name].desk(lambda desk: [*desk.sink.rows(kept, kept + 1, "")])  # type: ignore[attr-defined]
            (fields,) = [dict(row.fields) for row in found]
            assert (fields["distance_suspect"], "distance" in fields) == (7000.0, False)
        assert house.consumers["store"].ledger.tally("points.unplaced") == 1
