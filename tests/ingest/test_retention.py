"""The store and the archive keep what they are told to, and what is gone is neither missed nor counted as lost."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from ingest.consumer import retention
from ingest.data_dir import consumer_file
from ingest.decoding.point import Point
from ingest.eviction import Evictor
from ingest.sinks.store import StoreSink
from tests.fakes.house import NOW, House, Way
from tests.fakes.uplinks import SECOND, START, city, raw, uplink

if TYPE_CHECKING:
    from pathlib import Path

HOUR = 3600 * SECOND
KEPT = NOW - START
"""A retention by which everything since `START` is kept: the house's clock stands still at NOW."""


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between the steps; a pass that is over rests."""
    monkeypatch.setattr(retention, "PAUSE", 0.0)


def expire(house: House, steps: int = 200) -> None:
    """Take that many steps; none is taken once a pass is over."""
    for _ in range(steps):
        house.consumers["store"].expire()


def times(folder: Path) -> list[int]:
    """The times of every row of the store."""
    db = sqlite3.connect(consumer_file(folder, "store"))
    try:
        return [time for (time,) in db.execute("SELECT time FROM point ORDER BY time")]
    finally:
        db.close()


def test_rows_that_are_too_old_are_deleted_and_counted_and_the_rest_stays(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        for start in (START - 5 * HOUR, START - 2 * HOUR, START):
            house.take([*city(200, start=start), raw(b"{%d" % start)])
        house.drain()
    before = times(tmp_path)
    with House(tmp_path, {"store": Way(StoreSink, KEPT + HOUR, expires=True)}) as house:
        expire(house)
        state = house.honest()
        assert (state.identity.stored, state.identity.quarantined, state.identity.evicted) == (600, 3, 0)
        points = house.account("store").points
        assert times(tmp_path) == [time for time in before if time >= START - HOUR]
        assert points["expired"] == len(before) - len(times(tmp_path)) > 400
        assert points["made"] == points["written"]


def test_what_is_missing_behind_the_horizon_is_excused_and_before_it_is_not(tmp_path: Path) -> None:
    with House(tmp_path, {"store": Way(StoreSink, KEPT + HOUR, expires=True)}) as house:
        house.take(city(100, start=START - HOUR))
        house.take(city(100, start=START))
        house.drain()
        expire(house)
        assert house.faults() == []
        with house.consumers["store"]._db as db:
            db.execute("DELETE FROM settled WHERE time < ?", (START,))
            db.execute("DELETE FROM recent WHERE time < ?", (START,))
        assert [fault for fault in house.faults() if "100 uplinks it has read have no radio row" in fault]
        with house.consumers["store"]._db as db:
            db.execute("UPDATE tally SET count = ? WHERE name = 'horizon'", (START,))
        assert house.faults() == []


def test_the_horizon_is_in_the_file_before_anything_is_deleted_and_never_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "STEP_SECONDS", -1.0)  # a step that has time for nothing
    with House(tmp_path, {"store": Way(StoreSink, KEPT, expires=True)}) as house:
        house.take(city(10))
        house.drain()
        expire(house, 1)
        consumer = house.consumers["store"]
        assert consumer.ledger.horizon() == START
        consumer.keep(KEPT + HOUR)
        consumer._expiry = retention.Expiry(consumer._db, consumer.ledger)
        expire(house, 1)
        assert consumer.ledger.horizon() == START


def test_a_pass_is_many_small_steps_which_cross_many_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "STEP_SECONDS", 0.0005)
    monkeypatch.setattr(retention, "ROWS", 3)
    monkeypatch.setattr(retention, "SERIES", 7)
    with House(tmp_path, {"store": Way(StoreSink)}) as house:
        house.take(city(1000, devices=60, start=START - 9 * HOUR))
        house.take(city(100, devices=60))
        house.drain()
    with House(tmp_path, {"store": Way(StoreSink, KEPT + HOUR, expires=True)}) as house:
        expire(house, 1)
        assert min(times(tmp_path)) < START - HOUR
        expire(house, 5000)
        assert min(times(tmp_path)) >= START
        house.honest()
        assert house.consumers["store"]._expiry.wait  # type: ignore[union-attr]


def test_without_a_retention_nothing_goes(tmp_path: Path) -> None:
    with House(tmp_path, {"store": Way(StoreSink, expires=True)}) as house:
        house.take(city(100, start=START - 1000 * HOUR))
        house.drain()
        expire(house)
        assert house.consumers["store"].ledger.horizon() == 0
        assert "expired" not in house.account("store").points
        house.honest()


def test_what_comes_too_late_for_the_store_counts_as_evicted_and_is_not_missed(tmp_path: Path) -> None:
    with House(tmp_path, {"store": Way(StoreSink, KEPT, expires=True)}) as house:
        # The radio's row of the last one is too old, a millisecond before; its readings are not.
        late = [uplink(n, at=START - HOUR + n * SECOND) for n in range(5)]
        split = uplink(9, at=START - 1_000_000)
        house.take([*late, split, uplink(10, at=START + SECOND), raw(b"{", at=START - HOUR)])
        house.drain()
        state = house.honest()
        assert house.account("store").evicted_by_cause == {"retention": 6}
        assert (state.identity.stored, state.identity.evicted, state.identity.quarantined) == (1, 6, 1)
        assert min(times(tmp_path)) >= START


def test_the_radio_row_that_alone_is_too_old_is_not_missed(tmp_path: Path) -> None:
    with House(tmp_path, {"store": Way(StoreSink, KEPT, expires=True)}) as house:
        gateway = {"gatewayId": "02c171ffff000001", "rssi": -60, "snr": 1.0}
        link = {**gateway, "nsTime": "2026-09-21T14:13:19.999Z", "gwTime": "2026-09-21T14:13:21Z"}
        house.take([uplink(1, at=START, rxInfo=[link])])
        assert house.reader.read(0, 1)[0].entries[0].received_at < START
        house.drain()
        state = house.honest()
        assert (state.identity.stored, state.identity.evicted) == (1, 0)
        assert len(times(tmp_path)) < 3


def test_a_file_gives_back_the_room_of_what_is_deleted(tmp_path: Path) -> None:
    path = consumer_file(tmp_path, "store")
    with House(tmp_path, {"store": Way(StoreSink, KEPT, expires=True)}) as house:
        consumer = house.consumers["store"]
        tags = ("d" * 16, "s", "w", "m", "0")
        fields = (("co2", 1.0), ("noise", 2.0))
        with consumer._db as db:
            StoreSink(db).write([Point("environment", tags, fields, START - n - 1) for n in range(50_000)])
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        large = path.stat().st_size
        expire(house, 2000)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert consumer.ledger.tallies()["points.expired"] == 50_000
    assert path.stat().st_size < large // 5


def test_a_file_of_before_cannot_shrink_and_its_passes_end_all_the_same(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take(city(2000, start=START - HOUR))
        house.drain()
    path = consumer_file(tmp_path, "store")
    db = sqlite3.connect(path)
    db.executescript("PRAGMA auto_vacuum = NONE; VACUUM;")
    db.close()
    with House(tmp_path, {"store": Way(StoreSink, KEPT, expires=True)}) as house:
        expire(house)
        assert times(tmp_path) == []
        assert house.consumers["store"]._expiry.wait  # type: ignore[union-attr]


def evictor(house: House, kept: int) -> Evictor:
    """Keeps delivered events for so long, ns."""
    consumers = list(house.consumers.values())
    return Evictor(
        house.journal, house.reader, consumers, 1 << 40, stop_when_full=False, retention=kept, now=lambda: NOW
    )


def test_of_the_archive_goes_what_is_older_and_delivered(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        for hours in (9, 8, 7, 2, 1):
            house.take(city(10, start=START - hours * HOUR))
        keeper = evictor(house, KEPT + 5 * HOUR)
        keeper.make_room()
        assert house.reader.totals().oldest == 1  # nobody has it yet
        house.consumers["store"].step()
        house.take(city(10, start=START))
        keeper.make_room()
        assert house.reader.totals().oldest == 31
        house.drain()
        assert house.honest().identity.evicted == 0
        evictor(house, KEPT).make_room()
        assert house.reader.totals().oldest == 51
        house.honest()


def test_old_events_that_came_late_wait_for_the_younger_ones_before_them(tmp_path: Path) -> None:
    """They may be from a file: what the journal holds is dropped in its own order alone."""
    with House(tmp_path) as house:
        house.take(city(10, start=START))
        house.take(city(10, start=START - 9 * HOUR))
        house.drain()
        evictor(house, KEPT + HOUR).make_room()
        assert house.reader.totals().oldest == 1


def test_a_clock_that_was_ahead_holds_nothing_up(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take(city(10, start=NOW + 1000 * HOUR))
        house.take(city(10, start=START - 9 * HOUR))
        house.take(city(10, start=NOW + 1000 * HOUR, seed=1))
        house.take(city(10, start=START))
        house.drain()
        evictor(house, KEPT + HOUR).make_room()
        assert house.reader.totals().oldest == 21


def test_a_large_archive_goes_by_and_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.journal.reader.OLD_BLOCKS", 2)
    with House(tmp_path) as house:
        for n in range(5):
            house.take([uplink(n, at=START - HOUR + n)])
        house.drain()
        keeper, seen = evictor(house, KEPT), []
        for _ in range(4):
            keeper.make_room()
            seen.append(house.reader.totals().oldest)
        assert seen == [3, 5, 6, 6]
        house.honest()
