"""The embedded store holds the same rows under the same identity as a time series database."""

import json
import sqlite3
from collections.abc import Iterator

import pytest

from ingest.decoding.point import Point
from ingest.sinks import point_tables, store
from ingest.sinks.store import StoreSink, series_id
from tests.fakes.points import START, batch, point


@pytest.fixture(params=[point_tables.RECENT, 1], ids=["by time", "settled at once"])
def db(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """An empty store; whether its rows have settled makes no difference."""
    monkeypatch.setattr(point_tables, "RECENT", request.param)
    monkeypatch.setattr(point_tables, "STAYS", 100)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(f"{store.SCHEMA};{point_tables.SCHEMA};")
    yield connection
    connection.close()


def rows(db: sqlite3.Connection) -> list[tuple[str, str, int, dict[str, float]]]:
    """(measurement, DevEUI, time, fields) of everything."""
    found = db.execute("SELECT measurement, dev_eui, time, fields FROM point JOIN series ON id = series ORDER BY time")
    return [(measurement, dev_eui, time, json.loads(fields)) for measurement, dev_eui, time, fields in found]


def test_points_come_back(db: sqlite3.Connection) -> None:
    sink = StoreSink(db)
    assert sink.write(batch(1000)) == ()
    assert sink.accepted == 1000
    expected = [(one.measurement, one.tags[0], one.time, dict(one.fields)) for one in batch(1000)]
    assert rows(db) == expected
    assert db.execute("SELECT count(*) FROM series").fetchone() == (500,)


def test_the_same_point_again_changes_nothing_and_counts(db: sqlite3.Connection) -> None:
    sink = StoreSink(db)
    sink.write(batch(10))
    before = rows(db)
    sink.write([*batch(10), *batch(3)])
    assert rows(db) == before
    assert sink.accepted == 23


def test_other_fields_of_a_point_join_it_and_the_same_field_is_replaced(db: sqlite3.Connection) -> None:
    sink = StoreSink(db)
    one = point(1)
    sink.write([one])
    sink.write([Point(one.measurement, one.tags, (("co2", 500.0), ("humidity", 40.0)), one.time)])
    assert rows(db) == [
        ("environment", one.tags[0], one.time, {"air_temperature": 0.1, "co2": 500.0, "humidity": 40.0})
    ]


def test_a_point_is_another_by_its_measurement_each_of_its_tags_and_its_time(db: sqlite3.Connection) -> None:
    one = point(1)
    others = [Point("water", one.tags, one.fields, one.time), Point("environment", one.tags, one.fields, one.time + 1)]
    for place in range(5):
        tags = tuple("other" if place == index else tag for index, tag in enumerate(one.tags))
        others.append(Point("environment", tags, one.fields, one.time))
    StoreSink(db).write([one, *others])
    assert len(rows(db)) == 1 + len(others)


def test_what_was_rolled_back_is_not_taken_for_known(db: sqlite3.Connection) -> None:
    sink = StoreSink(db)
    db.execute("BEGIN")
    sink.write(batch(3))
    db.execute("ROLLBACK")
    before = sink.accepted
    sink.write(batch(5))
    assert len(rows(db)) == 5
    assert sink.accepted - before == 5


def test_hostile_text_is_text(db: sqlite3.Connection) -> None:
    site = "'; DROP TABLE point; --\"\\,= \t\0Đà Nẵng"
    StoreSink(db).write([point(1, site=site)])
    assert db.execute("SELECT site FROM series").fetchone() == (site,)


def test_a_code_with_spaces_comes_back_whole(db: sqlite3.Connection) -> None:
    tags = (point(1).tags[0], "bridge-3", "hai-chau", "unknown", "log", "A CODE OF MANY WORDS")
    one = Point("lns_event", tags, (("count", 1.0),), START)
    sink = StoreSink(db)
    sink.write([one])
    assert [row.tags for row in sink.rows(START, START + 1, "")] == [tags]


def test_times_and_their_source_are_kept(db: sqlite3.Connection) -> None:
    one = Point("radio", ("d", "s", "w", "m", "g"), (("f_cnt", 1.0),), START, START + 5, "gps", "clock_suspect")
    StoreSink(db).write([one])
    found = db.execute("SELECT received_at, time_source, quality FROM point").fetchone()
    assert found == (START + 5, "gps", "clock_suspect")


def test_a_series_has_the_same_number_in_every_store() -> None:
    assert series_id("radio", ("a", "b")) == 3_523_881_721_546_945_094
    assert series_id("radio", ("a", "b")) != series_id("radio", ("ab", ""))


def test_more_series_than_are_cached(db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "CACHED_SERIES", 10)
    sink = StoreSink(db)
    for _ in range(3):
        for start in range(0, 100, 20):
            sink.write([point(index) for index in range(start, start + 20)])
    assert len(rows(db)) == 100
