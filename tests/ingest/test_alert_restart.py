"""What is rolled back, and what a process has forgotten, changes nothing of what is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from ingest import data_dir
from ingest.alerting import Written
from ingest.alerts.outbox import entries
from ingest.alerts.sink import AlertSink
from ingest.consumer import consumption, idle
from ingest.sqlite import transaction
from tests.fakes.alarms import HIGH, HOUR, MINUTE, SECOND, START, Alarms, department, uplink, written
from tests.fakes.house import STORE, House, Way
from tests.fakes.uplinks import raw
from tests.fakes.uplinks import uplink as event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULES = f"""{HIGH}
[[rule]]
id = "long"
title = {{ vi = "Cao lâu", en = "High for long" }}
severity = "warning"
quantity = "water_level"
above = 1.5
for = "10m"
"""
CITY = 'packs = ["sensors"]\n' + department() + department("quiet", '["high"]', language='"en"')

Step = tuple[str, Any]


def script() -> Iterator[Step]:
    """Two hours of a city of five devices at two gateways, one of which dies; water rises and falls."""
    for minute in range(0, 180, 5):
        now = START + minute * MINUTE
        value = 1.0 + (minute % 60) / 30  # 1.0 to 2.8, and down again
        events = [
            uplink(now + number, value if number < 2 else None, device=f"24e124000000000{number}",
                   site=f"site-{number}", gateway=f"roof-{number % 2}")
            for number in range(5)
            if minute < 60 or number % 2 == 0 or minute > 140
        ]  # fmt: skip
        yield "hear", (now + SECOND, events)
        for turn in range(1, 5):
            yield "idle", now + turn * MINUTE


def do(city: Alarms, step: Step) -> None:
    kind, what = step
    if kind == "hear":
        city.now, events = what
        city.hear(*events)
    else:
        city.now = what
        city.idle()


def in_vain(city: Alarms, step: Step) -> None:
    """The disk is full when the transaction ends."""
    kind, what = step
    with transaction(city.db):
        if kind == "hear":
            city.now, events = what
            city.sink.hear([one._replace(arrived_at=city.now) for one in events])
        else:
            city.now = what
            city.sink.idle(caught_up=True)
        raise sqlite3.OperationalError("disk full")


def whole(folder: Path) -> tuple[dict[str, Any], list[str]]:
    with Alarms(folder, CITY, RULES) as city:
        for step in script():
            do(city, step)
        city.pass_(2 * HOUR, MINUTE)
        return city.dump(), city.lines


def test_what_is_rolled_back_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "well").mkdir()
    expected, lines = whole(tmp_path / "well")
    assert {line.split()[1] for line in lines} >= {"firing", "resolved"}
    assert any("sensors/gateway roof-1" in line for line in lines)
    with Alarms(tmp_path, CITY, RULES) as city:
        for step in script():
            before = city.dump()
            with pytest.raises(sqlite3.OperationalError):
                in_vain(city, step)
            assert city.dump() == before
            do(city, step)
        city.pass_(2 * HOUR, MINUTE)
        assert city.lines == lines
        got = city.dump()
        assert {name: got[name] for name in got if name != "turn"} == {
            name: expected[name] for name in expected if name != "turn"
        }


def test_a_restart_at_any_point_tells_the_same(tmp_path: Path) -> None:
    (tmp_path / "well").mkdir()
    expected, lines = whole(tmp_path / "well")
    with Alarms(tmp_path, CITY, RULES) as city:
        for step in script():
            do(city, step)
            city.crash()
            city.connected_since_ever()
        city.pass_(2 * HOUR, MINUTE)
        got = city.dump()
        assert city.lines == lines
        for name in ("outbox", "alert", "interval"):
            assert got[name] == expected[name], name


class Fails:
    """Raises at a fault point, once."""

    def __init__(self, point: str) -> None:
        self.left = [point]

    def __call__(self, point: str) -> None:
        if point in self.left:
            self.left.remove(point)
            raise sqlite3.OperationalError(f"disk full at {point}")


@pytest.fixture
def clock() -> list[int]:
    return [START]


def watching(folder: Path, clock: list[int]) -> dict[str, Way]:
    rules = HIGH.replace("water_level", "air_temperature").replace("2.0", "30.0").replace("1.8", "29.0")
    settings = written(folder, department(), rules)

    def made(db: sqlite3.Connection) -> AlertSink:
        return AlertSink(db, Written(settings, dict, frozenset({"main"})).book(), lambda: clock[0])

    return {"alerts": Way(made)}


def warm(number: int, degrees: float) -> Any:
    payload = bytes((3, 0x67)) + int(degrees * 10).to_bytes(2, "little", signed=True)
    at = START + number * MINUTE
    return replace(event(number, payload.hex(), at=at, model="milesight/em300-th"), arrived_at=at)


@pytest.mark.parametrize(
    "point", ["sink.before", "sink.after", "quarantine.before", "cursor.before", "idle.before", "idle.after"]
)
def test_a_consumer_that_fails_anywhere_does_it_again_to_the_same_effect(
    tmp_path: Path, clock: list[int], point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for folder, fails in ((tmp_path / "well", ""), (tmp_path / "ill", point)):
        folder.mkdir()
        with House(folder / "data", watching(folder, clock)) as house, monkeypatch.context() as patched:
            fault = Fails(fails)
            patched.setattr(consumption, "reach", fault)
            patched.setattr(idle, "reach", fault)
            patched.setattr("ingest.consumer.consumer.BACK_OFF", (0.01, 0.01))
            for number, degrees in enumerate((25.0, 31.0, 33.0, 24.0, 24.0)):
                clock[0] = START + number * MINUTE + SECOND
                house.take([warm(number, degrees)])
                house.drain()
                house.consumers["alerts"].finish()
                house.consumers["alerts"].finish()  # a turn that failed is taken again
            assert not fault.left or not fails
            house.honest()
        with closing(data_dir.open_consumer(folder / "data", "alerts")) as db:
            rows = [(one.message.id, one.message.body) for one in entries(db, limit=100)]
            told.append(
                (rows, db.execute("SELECT * FROM alert").fetchall(), db.execute("SELECT * FROM watch").fetchall())
            )
    assert told[0] == told[1]
    assert len(told[0][0]) == 1


def test_what_cannot_be_decoded_is_no_case_of_alerts_and_a_replay_of_it_fires_nothing(
    tmp_path: Path, clock: list[int]
) -> None:
    with House(tmp_path / "data", {**STORE, **watching(tmp_path, clock)}) as house:
        house.take(
            [warm(0, 25.0), raw(b"{", at=START), event(9, "0367", at=START + SECOND, model="milesight/em300-th")]
        )
        house.drain()
        state = house.honest()
        assert state.identity.quarantined == 2
        assert house.account("alerts").quarantined == 0
        assert house.consumers["alerts"].replay() == (0, 0)
        assert house.consumers["store"].replay()[0] == 0
        assert house.honest().identity.quarantined == 2
