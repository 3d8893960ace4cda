"""A sink that has work by the clock gets its turn between the batches, in a transaction of its consumer's file."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

from ingest.consumer import idle
from tests.fakes.house import House, ListSink, Way
from tests.fakes.uplinks import city

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class ClockSink(ListSink):
    """Has some turns' worth of work, and writes each turn down."""

    def __init__(self, db: sqlite3.Connection, work: int) -> None:
        super().__init__("rollup")
        self.db = db
        self.left = work
        self.caught_up: list[bool] = []
        self.fail = False

    def idle(self, *, caught_up: bool) -> bool:
        assert self.db.in_transaction
        self.caught_up.append(caught_up)
        self.db.execute("INSERT INTO dirty VALUES (0, ?, 'a')", (len(self.caught_up),))
        if self.fail:
            raise sqlite3.OperationalError("database or disk is full")
        self.left -= 1
        return self.left > 0


def made(sinks: list[ClockSink], work: int = 3) -> dict[str, Way]:
    def make(db: sqlite3.Connection) -> ClockSink:
        sinks.append(ClockSink(db, work))
        return sinks[-1]

    return {"rollup": Way(make)}


def test_it_has_its_turns_when_no_events_come_and_as_many_as_it_wants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "PAUSE", 3600.0)
    sinks: list[ClockSink] = []
    with House(tmp_path, made(sinks)) as house:
        house.take(city(5))
        consumer = house.consumers["rollup"]
        thread = threading.Thread(target=consumer.run)
        thread.start()
        while sinks[0].left:
            thread.join(0.01)
        consumer.stop()
        thread.join()
        assert len(sinks[0].points) > 5
        assert (len(sinks[0].caught_up), sinks[0].caught_up[-1]) == (3, True)


def test_between_two_turns_without_work_left_over_there_is_a_pause(tmp_path: Path) -> None:
    sinks: list[ClockSink] = []
    with House(tmp_path, made(sinks, work=1)) as house:
        assert not house.consumers["rollup"].idle(caught_up=True)
        assert not house.consumers["rollup"].idle(caught_up=True)
        assert len(sinks[0].caught_up) == 1


def test_a_turn_that_fails_leaves_nothing_and_is_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "PAUSE", 0.0)
    sinks: list[ClockSink] = []
    with House(tmp_path, made(sinks)) as house:
        consumer = house.consumers["rollup"]
        sinks[0].fail = True
        assert not consumer.idle(caught_up=True)
        assert sinks[0].db.execute("SELECT count(*) FROM dirty").fetchone() == (0,)
        sinks[0].fail = False
        assert consumer.idle(caught_up=True)
        assert sinks[0].db.execute("SELECT count(*) FROM dirty").fetchone() == (1,)


def test_a_sink_without_such_work_has_no_turn(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        assert not house.consumers["store"].idle(caught_up=True)
