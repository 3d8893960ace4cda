"""The store's rows lie in one of two tables, and all that is asked of them is as if they lay in one."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ingest import data_dir
from ingest.decoding.point import Point
from ingest.sinks import point_tables
from ingest.sinks.point_tables import border, settle
from ingest.sinks.store import StoreSink
from ingest.sqlite import transaction
from tests.fakes.older import make_older_store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

TAGS = ("02c1710000000001", "cau-rong", "hai-chau", "m", "0")
START = 1_790_000_000_000_000_000
SECOND = 1_000_000_000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = data_dir.open_consumer(tmp_path, "store")
    yield connection
    connection.close()


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_tables, "RECENT", 100)


def of(at: int, value: float = 1.0, device: int = 1) -> Point:
    tags = (f"02c17100000000{device:02x}", *TAGS[1:])
    return Point("environment", tags, (("air_temperature", value),), at, at, "gateway", "ok")


def count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def test_rows_settle_a_hundred_at_a_time_and_the_newest_stay(db: sqlite3.Connection) -> None:
    sink = StoreSink(db)
    for number in range(0, 1000, 10):
        sink.write([of(START + SECOND * place, device=place % 7) for place in range(number, number + 10)])
        assert count(db, "recent") <= 120
    assert sink.accepted == count(db, "point") == 1000
    newest = [at for (at,) in db.execute("SELECT time FROM recent ORDER BY time")]
    assert newest[0] == border(db)
    assert newest == [START + SECOND * place for place in range(1000 - len(newest), 1000)]


def test_what_comes_late_joins_its_row_wherever_that_lies(db: sqlite3.Connection) -> None:
    sink = StoreSink(db)
    sink.write([of(START + SECOND * place) for place in range(100)])
    sink.write([of(START + SECOND * 100)])  # and what was there settles
    assert START < border(db) < START + SECOND * 100
    for place in (0, 100):
        sink.write([of(START + SECOND * place, 2.0)])
        sink.write([of(START + SECOND * place + 1, 3.0)])
    found = db.execute("SELECT time FROM settled WHERE time <= ? ORDER BY time", (START + 1,)).fetchall()
    assert found == [(START,), (START + 1,)]
    assert count(db, "point") == 103
    assert count(db, "point WHERE fields LIKE '%2.0%'") == 2


def test_rows_ahead_of_the_clock_do_not_settle_and_hold_up_no_others(db: sqlite3.Connection) -> None:
    sink, ahead = StoreSink(db), time.time_ns() + 3600 * SECOND
    for number in range(50):
        sink.write([of(ahead + SECOND * (10 * number + place)) for place in range(10)])
        sink.write([of(START + SECOND * (10 * number + place)) for place in range(10)])
    assert border(db) < time.time_ns()
    assert count(db, f"recent WHERE time >= {ahead}") == 500
    assert count(db, f"recent WHERE time < {ahead}") <= 200
    assert count(db, "point") == 1000


def test_what_is_rolled_back_while_rows_settle_is_as_before(db: sqlite3.Connection) -> None:
    sink = StoreSink(db)
    sink.write([of(START + SECOND * place) for place in range(150)])
    before = border(db)
    with pytest.raises(ZeroDivisionError), transaction(db):  # noqa: PT012  (the transaction is what fails)
        sink.write([of(START + SECOND * 150)])
        assert border(db) > before
        raise ZeroDivisionError
    assert (border(db), count(db, "settled"), count(db, "recent")) == (before, 0, 150)
    sink.write([of(START + SECOND * place) for place in range(140, 400)])
    assert count(db, "point") == 400


def test_rows_of_a_range_are_deleted_from_both(db: sqlite3.Connection) -> None:
    sink = StoreSink(db)
    sink.write([of(START + SECOND * place, device=place % 3) for place in range(120)])
    settle(db, START + SECOND * 60)
    two = [f"02c17100000000{device:02x}" for device in (1, 2)]
    assert sink.remove(START + SECOND * 30, START + SECOND * 90, "environment", two)
    left = {(at - START) // SECOND for (at,) in db.execute("SELECT time FROM point")}
    assert left == {place for place in range(120) if not (30 <= place < 90 and place % 3)}


def test_an_older_file_takes_its_rows_along_and_those_ahead_of_the_clock_lie_by_time(tmp_path: Path) -> None:
    path, ahead = data_dir.consumer_file(tmp_path, "store"), time.time_ns() + 3600 * SECOND
    db = data_dir.open_consumer(tmp_path, "store")
    StoreSink(db).write([of(at + place, device=place) for at in (START, ahead) for place in range(20)])
    db.close()
    make_older_store(path)
    db = data_dir.open_consumer(tmp_path, "store")
    assert (count(db, "settled"), count(db, "recent"), count(db, "point")) == (20, 20, 40)
    assert START < border(db) < ahead
    assert db.execute("SELECT min(time), max(time) FROM recent").fetchone() == (ahead, ahead + 19)
    db.close()


def test_an_older_file_without_rows(tmp_path: Path) -> None:
    data_dir.open_consumer(tmp_path, "store").close()
    make_older_store(data_dir.consumer_file(tmp_path, "store"))
    db = data_dir.open_consumer(tmp_path, "store")
    StoreSink(db).write([of(-SECOND), of(START)])
    assert (count(db, "settled"), count(db, "recent")) == (0, 2)
    db.close()


def test_in_any_order_the_rows_are_those_of_one_table(
    db: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, changes, and what is gone, late or not; in one of the stores everything settles now and then."""
    (tmp_path / "other").mkdir()
    other = data_dir.open_consumer(tmp_path / "other", "store")
    parted = StoreSink(db)
    monkeypatch.setattr(point_tables, "RECENT", 1_000_000)
    whole = StoreSink(other)
    monkeypatch.setattr(point_tables, "RECENT", 100)
    drawn = random.Random(7)
    for number in range(400):
        batch = [_drawn(drawn, number * 5) for _ in range(5)]
        for sink in (parted, whole):
            sink.write(batch)
            if number % 9 == 0:
                sink.write_derived(_rolled_up(number))
        if number % 50 == 0:
            settle(db, START + SECOND * number * 5)
    every = "SELECT series, time, quality, fields FROM point ORDER BY series, time"
    assert count(other, "settled") == 0
    assert count(db, "settled") > count(db, "recent") > 0
    assert db.execute(every).fetchall() == other.execute(every).fetchall()
    other.close()


def _drawn(drawn: random.Random, second: int) -> Point:
    row = of(START + SECOND * (second - drawn.choice([0, 0, 0, 1, 40, 400])), drawn.randrange(50), drawn.randrange(5))
    kind = drawn.randrange(10)
    if kind == 0:
        return replace(row, fields=(("rain", 1.0),), revises=True, gone=("air_temperature",))
    if kind == 1:
        return replace(row, gone=("air_temperature_suspect",))
    if kind == 2:
        return replace(row, fields=(("air_temperature_suspect", row.fields[0][1]),))
    return row


def _rolled_up(number: int) -> list[Point]:
    """A row of before, which comes and goes."""
    fields = (("worst", 1.0),) if number % 2 else ()
    return [
        Point(
            "station", ("cau-rong", "hai-chau"), fields, START + number * SECOND, gone=("worst",) if not fields else ()
        )
    ]
