"""A device that comes back to a place begins anew there, live and in a replay alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace as changed

from ingest.devices import EVER, FOREVER, Directory, Stay
from ingest.replay import plan as planning
from ingest.replay import rework
from ingest.replay.plan import Span, Wanted
from ingest.replay.rewrite import Order, replay
from tests.fakes.house import House
from tests.fakes.month import METER
from tests.fakes.uplinks import SECOND, START, uplink

if TYPE_CHECKING:
    from pathlib import Path

    from gateways.uplink import Event
    from ingest.replay.rewrite import Report

DEVICE = "02c1710000000001"
INTERVAL = 900 * SECOND
ALL = Wanted(Span(EVER, FOREVER))


def meter(number: int, site: str = "", arrived: int | None = None) -> Event:
    """A counter goes on by 10; `arrived` intervals after the start, else at once."""
    at = START + number * INTERVAL
    body = "05c8" + (100 + 10 * number).to_bytes(4, "little").hex()
    one = uplink(number + 1, body, at=at, dev_eui=DEVICE, model=METER, tags={"site": site})
    return one if arrived is None else changed(one, arrived_at=START + arrived * INTERVAL)


def told(house: House, *, dry: bool = True) -> Report:
    return [*replay(house.consumers["store"], house.reader, house.feed, Order(ALL, dry=dry))][-1].report


def amounts(house: House) -> dict[int, float]:
    """What was counted since the row before, by number of the row."""
    rows = house.consumers["store"].desk(lambda desk: [*desk.sink.rows(START, START + 100 * INTERVAL, "")])  # type: ignore[attr-defined]
    found = {(row.time - START) // INTERVAL: dict(row.fields).get("pulse_count") for row in rows}
    return {number: float(value) for number, value in found.items() if value is not None}


@pytest.mark.parametrize("says", ["placements", "tags"])
def test_what_passed_elsewhere_is_not_counted_at_the_return(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    says: str,
) -> None:
    monkeypatch.setattr(planning, "EVENTS", 4)
    left, back = START + 5 * INTERVAL - SECOND, START + 10 * INTERVAL - SECOND
    stays = (Stay("a", "", EVER, left), Stay("b", "", left, back), Stay("a", "", back, FOREVER))
    places = Directory(stays={DEVICE: stays}) if says == "placements" else Directory()
    with House(tmp_path, directory=places) as house:
        house.take(
            [meter(number, "" if says == "placements" else "b" if 5 <= number < 10 else "a") for number in range(15)]
        )
        house.drain()
        assert amounts(house) == {number: 10.0 for number in range(15) if number not in {0, 5, 10}}
        assert told(house).fields == {}


def test_what_came_late_from_the_former_place_is_put_among_its_own(tmp_path: Path) -> None:
    """Live it is told by itself: the device was elsewhere when it came."""
    with House(tmp_path) as house:
        house.take([meter(number, "a") for number in (0, 1, 3, 4)])
        house.take([meter(number, "b") for number in (5, 6)])
        house.take([meter(2, "a", arrived=7)])
        house.take([meter(number, "a") for number in (8, 9)])
        house.drain()
        told(house, dry=False)
        assert amounts(house) == dict.fromkeys((1, 2, 3, 4, 6, 9), 10.0)
        assert told(house).fields == {}


def test_a_device_of_two_places_by_turns_is_remembered_for_so_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rework, "SPELLS", 3)
    with House(tmp_path) as house:
        house.take([meter(number, "ab"[number % 2]) for number in range(20)])
        house.drain()
        assert amounts(house) == {}
        assert told(house).fields == {}
