"""Files of an older citylora are brought up to date and go on; those of a newer one are neither written nor read."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from ingest.alerts.tables import Tables
from ingest.audit.verify import verify
from ingest.data_dir import ALERTS_VERSIONS, consumer_file, open_consumer, read_consumer, schema_known
from ingest.errors import DataDirError
from ingest.journal.file import VERSIONS
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE, SqliteJournal
from ingest.status import read_state
from tests.fakes.house import House
from tests.fakes.older import FIRST, make_older, make_older_store
from tests.fakes.uplinks import city

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory whose journal is of the first schema."""
    with House(tmp_path) as house:
        house.take(city(100))
        house.drain()
        house.take(city(100, seed=1))
    make_older(tmp_path / FILE)
    return tmp_path


def version(path: Path) -> int:
    """A file's schema."""
    db = sqlite3.connect(path)
    try:
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    finally:
        db.close()


def test_the_first_schema_is_what_it_was() -> None:
    """Files of it are in the field: its script is never changed, further ones follow it."""
    assert "".join(VERSIONS[0].split()) == "".join(FIRST.replace("PRAGMA user_version = 1;", "").split())


def test_an_older_journal_is_brought_up_to_date_and_goes_on(folder: Path) -> None:
    assert version(folder / FILE) == 1
    with House(folder) as house:
        assert version(folder / FILE) == len(VERSIONS) == schema_known(FILE) > 1
        assert all(one.entry.verdict for one in house.take(city(100, seed=1)))
        house.take(city(100, seed=2))
        house.drain()
        state = house.honest()
        assert (state.identity.received, state.identity.stored, state.identity.duplicate) == (400, 300, 100)


def test_an_older_journal_is_read_as_it_is_until_its_worker_comes(folder: Path) -> None:
    assert read_state(folder, ["store"]).identity.pending == 100
    assert verify(folder, ["store"]) == []
    reader = SqliteReader(folder / FILE)
    assert reader.totals().last == 200
    assert reader.jumps() == {}
    reader.close()
    assert version(folder / FILE) == 1


@pytest.mark.parametrize("name", [FILE, "store.db"])
def test_a_newer_file_is_neither_written_nor_read(folder: Path, name: str) -> None:
    with sqlite3.connect(folder / name) as db:
        db.execute(f"PRAGMA user_version = {schema_known(name) + 1}")
    db.close()
    before = (folder / name).read_bytes()
    words = f"{name} has schema version {schema_known(name) + 1}, this citylora knows up to {schema_known(name)}"
    with pytest.raises(DataDirError, match=words):
        (SqliteJournal(folder) if name == FILE else open_consumer(folder, "store")).close()
    with pytest.raises(DataDirError, match=words):
        (SqliteReader(folder / FILE) if name == FILE else read_consumer(folder, "store")).close()
    assert (folder / name).read_bytes() == before
    assert consumer_file(folder, "store").exists()


def test_an_older_store_is_brought_up_to_date_and_has_the_same_rows(folder: Path) -> None:
    path = consumer_file(folder, "store")
    before = rows(path)
    make_older_store(path)
    assert rows(path) == before
    assert [fault for fault in verify(folder, ["store"]) if "radio" in fault] == []
    with House(folder) as house:
        assert version(path) == schema_known("store.db")
        assert rows(path) == before
        house.drain()
        house.take(city(100))  # once more
        house.take(city(100, seed=2))
        house.drain()
        house.honest()
    assert [row for row in rows(path) if row in before] == before


def rows(path: Path) -> list[tuple[Any, ...]]:
    """Those of a store."""
    db = sqlite3.connect(path)
    try:
        return db.execute("SELECT series, time, quality, fields FROM point ORDER BY series, time").fetchall()
    finally:
        db.close()


def test_what_alerts_of_before_the_fourth_schema_had_seen_is_there_and_goes_on(tmp_path: Path) -> None:
    path = consumer_file(tmp_path, "alerts")
    db = sqlite3.connect(path)
    for script in ALERTS_VERSIONS[:3]:
        db.executescript(script)
    db.execute("INSERT INTO watch VALUES ('rule|one', x'01'), ('device|70b3', x'02'), ('rule|two', x'03')")
    db.commit()
    db.execute("PRAGMA user_version = 3")
    db.close()
    db = open_consumer(tmp_path, "alerts")
    tables = Tables(db)
    assert list(tables.states().items()) == [("device|70b3", b"\2"), ("rule|one", b"\1"), ("rule|two", b"\3")]
    tables.keep({"rule|one": b"longer than before", "rule|two": b"", "gateway|a": b"new"})
    assert tables.states() == {"device|70b3": b"\2", "gateway|a": b"new", "rule|one": b"longer than before"}
    db.close()
    assert version(path) == len(ALERTS_VERSIONS) == 4
