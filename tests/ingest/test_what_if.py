"""What rules would have said of stored history is what the worker said of it."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ingest import data_dir
from ingest.alerting import Written
from ingest.alerts import rulebook
from ingest.alerts.sink import AlertSink, Outside
from ingest.alerts.tables import Tables
from ingest.decoding.decoding import Decoding
from ingest.devices import Directory
from ingest.registry.site import Site
from ingest.rollup.derived_log import DerivedReader
from ingest.rollup.sink import Outside as Beside
from ingest.rollup.sink import RollupSink
from ingest.rollup.summarise import Places
from ingest.what_if import Known, not_held, what_if
from tests.fakes.alarms import HOUR, MINUTE, SECOND, START, department, written
from tests.fakes.house import STORE, House, Way
from tests.fakes.uplinks import raw, uplink

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gateways.uplink import Event
    from ingest.consumer.desk import Desk
    from ingest.decoding.point import Point

TITLE = 'title = { vi = "x", en = "x" }\nseverity = "warning"\nquantity = "air_temperature"\n'
RULES = "".join(
    f'[[rule]]\nid = "{name}"\n{TITLE}{more}\n'
    for name, more in {
        "prompt": "above = 32.0\nclear = 31.0",
        "held": 'above = 30.0\nfor = "6m"',
        "often": 'above = 31.0\nof = "3 of 5"',
        "falls": 'below = -6.0\nrate = "20m"\nper = "hour"',
        "ward": 'above = 29.0\naggregate = "mean"\nspan = "10m"',
        "far": 'above = 4.0\nminus = "site-2"\nsites = ["site-1"]',
    }.items()
)


def warm(number: int, device: int, degrees: float, at: int, arrived: int) -> Event:
    payload = bytes((3, 0x67)) + int(degrees * 10).to_bytes(2, "little", signed=True)
    one = uplink(
        number, payload.hex(), at=at, model="milesight/em300-th", dev_eui=f"02c17100000000{device:02x}",
        tags={"site": f"site-{device}"},
        rxInfo=[{"gatewayId": f"02c171ffff00000{device % 2}", "nsTime": None, "rssi": -60, "snr": 10.5}],
    )  # fmt: skip
    return replace(one, arrived_at=arrived)


def events(seed: int) -> list[Event]:
    """Four hours of four devices: values wander, some come late, one device dies, one gateway comes and goes."""
    chance = random.Random(seed)
    found: list[Event] = []
    values = dict.fromkeys(range(4), 28.0)
    for number in range(200):
        for device in range(4):
            at = START + number * MINUTE + device * 7 * SECOND
            values[device] = min(36.0, max(22.0, values[device] + chance.uniform(-1.5, 1.5)))
            if (device == 3 and number > 90) or (device % 2 and 120 < number < 140) or chance.random() < 0.05:
                continue
            late = chance.choice((0, 0, 0, 0, 1, 5, 40, 55, 90)) * SECOND
            found.append(warm(number, device, values[device], at, at + late))
    found.append(raw(b"{", at=START + HOUR))
    return sorted(found, key=lambda one: one.arrived_at)


class Live:
    """A worker's consumers, by a clock of the events' own."""

    def __init__(
        self, folder: Path, rules: str = RULES, packs: str = '"sensors"', sites: Mapping[str, Site] | None = None
    ) -> None:
        self.now = START
        self.settings = written(folder, f"packs = [{packs}]\n{department()}", rules)
        self.sites = sites or {}
        self._log, self._passed = DerivedReader(folder / "data"), 0

        def made(db: sqlite3.Connection) -> AlertSink:
            book = Written(self.settings, dict, frozenset({"main"})).book()
            return AlertSink(db, book, lambda: self.now, Outside(connected=lambda: ("main",)))

        def rolling(db: sqlite3.Connection) -> RollupSink:
            places = Places(sites=self.sites)
            return RollupSink(db, "Asia/Ho_Chi_Minh", lambda: self.now, Beside(places=lambda: places))

        self.house = House(folder / "data", {**STORE, "alerts": Way(made), "rollup": Way(rolling)})

    def play(self, found: list[Event]) -> None:
        alerts = self.house.consumers["alerts"]
        for one in found:
            while self.now + 10 * SECOND < one.arrived_at:
                self.now += 10 * SECOND
                alerts.finish()
            self.now = one.arrived_at
            alerts.finish()
            self.house.take([one])
            self.house.drain()
            alerts.finish()
        for _ in range(11):
            self.now += 10 * SECOND
            alerts.finish()

    def roll_up(self, until: int) -> None:
        """Time goes on for the roll-ups, and alerts get their rows."""
        self.now = until
        self.house.drain("rollup")
        while self.house.consumers["rollup"].finish():
            pass
        for block in self._log.read(self._passed, 10**6):
            self._passed = block.seq
            self.house.consumers["alerts"].desk(lambda desk, rows=block.points: derived(desk, rows))  # type: ignore[misc]
            self.house.consumers["alerts"].finish()

    def known(self) -> Known:
        return Known(
            self.settings.data_dir, Decoding(Directory(()).resolve), self.house.feed.facts,
            ZoneInfo("Asia/Ho_Chi_Minh"), frozenset({"main"}), self.sites,
        )  # fmt: skip


def derived(desk: Desk, rows: Sequence[Point]) -> None:
    """Rows of the roll-ups' log come to alerts."""
    assert isinstance(desk.sink, AlertSink)
    desk.sink.write_derived(rows)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_the_worker_said(tmp_path: Path, seed: int) -> None:
    live = Live(tmp_path)
    with live.house:
        live.play(events(seed))
        rules = rulebook.load(live.settings.alerts).rules
        found = what_if(live.known(), rules, START - HOUR, live.now)  # while the files are open
        with closing(data_dir.read_consumer(live.settings.data_dir, "alerts")) as db:
            tables = Tables(db)
            said = {one.id: one.last for one in tables.alerts()}
            intervals = set(tables.intervals())
        with closing(DerivedReader(live.settings.data_dir, "alerts")) as log:
            rows = [point for block in log.read(0, 10**6) for point in block.points if point.measurement == "alert"]
    assert {one.alert: one for one in found.changes} == said
    assert len(found.changes) == len([row for row in rows if row.tags[-1] != "pending"])
    assert set(found.intervals) == intervals
    assert {one.rule for one in found.changes} >= {"prompt", "held", "often", "falls", "ward", "sensors/silent"}
    assert found.events == len(events(seed))


def test_a_rule_alone_says_the_same_as_among_others_and_only_of_the_time_asked_for(tmp_path: Path) -> None:
    live = Live(tmp_path)
    with live.house:
        live.play(events(0))
        rules = rulebook.load(live.settings.alerts).rules
        all_of_it = what_if(live.known(), rules, START - HOUR, live.now)
        held = [one for one in rules if one.id == "held"]
        alone = what_if(live.known(), held, START - HOUR, live.now)
        assert alone.changes == [one for one in all_of_it.changes if one.rule == "held"]
        later = what_if(live.known(), held, START + 2 * HOUR, live.now)
        assert later.changes == [one for one in alone.changes if one.time >= START + 2 * HOUR]
        seen: list[int] = []
        first = what_if(live.known(), held, START, START + HOUR, seen.append)
        assert 0 < seen[-1] == first.events < all_of_it.events


def test_rules_on_hours_and_days_say_the_same(tmp_path: Path) -> None:
    title = TITLE.replace("temperature", "temperature_mean")
    rules = "".join(
        f'[[rule]]\nid = "{name}"\n{title}rows = "{name}"\nabove = {above}\nclear = {above - 1}\n'
        for name, above in (("hour", 29.0), ("day", 27.0))
    )
    chance, live = random.Random(1), Live(tmp_path, rules, "")
    with live.house:
        for number in range(52 * 6):
            at = START + number * 10 * MINUTE
            degrees = 28.0 + 4 * (number // 12 % 3 - 1) + chance.uniform(-1, 1)
            live.house.take([warm(number, 1, degrees, at, at)])
            live.house.drain("alerts")
            live.roll_up(at + SECOND)
        live.roll_up(live.now + 2 * HOUR)
        found = what_if(live.known(), rulebook.load(live.settings.alerts).rules, START, live.now)
        with closing(data_dir.read_consumer(live.settings.data_dir, "alerts")) as db:
            said = {one.id: one.last for one in Tables(db).alerts()}
            intervals = set(Tables(db).intervals())
    assert {one.alert: one for one in found.changes} == said
    assert set(found.intervals) == intervals
    assert {one.rule for one in found.changes} == {"hour", "day"}
    assert len(said) > 4


def test_rows_that_a_reading_makes_of_a_place_say_the_same(tmp_path: Path) -> None:
    """A street that floods: told by the newest depth, in the rows `station` that no event is."""
    street = Site(id="site-1", kind="street")
    live = Live(tmp_path, RULES, '"street_flood", "citylora"', {street.id: street})
    chance, depth = random.Random(2), 10.0
    with live.house:
        for number in range(0, 6 * 60, 3):
            depth = max(0.0, depth + chance.uniform(-4, 4) + (0.4 if number < 240 else -1.5))
            at = START + number * MINUTE
            live.house.take([deep(number, round(depth), at)])
            live.house.drain("alerts")
            live.roll_up(at + SECOND)
        live.roll_up(live.now + 20 * MINUTE)
        rules = [one for one in rulebook.load(live.settings.alerts).rules if one.id.startswith("street")]
        found = what_if(live.known(), rules, START - HOUR, live.now)
        with closing(data_dir.read_consumer(live.settings.data_dir, "alerts")) as db:
            said = {one.last for one in Tables(db).alerts() if one.last.rule.startswith("street")}
    begun = {(one.alert, one.opened) for one in found.changes if one.phase == "firing"}
    assert begun == {(one.alert, one.opened) for one in said}
    ended = {(one.alert, one.time) for one in found.changes if one.phase == "resolved"}
    assert ended == {(one.alert, one.time) for one in said if one.phase == "resolved"}
    assert {one.rule for one in said} == {"street_flood/flooded", "street_flood/deep"}
    assert not_held(rules) == {}


def deep(number: int, depth: int, at: int) -> Event:
    payload = bytes((3, 0x77)) + depth.to_bytes(2, "little")
    tags = {"site": "site-1"}
    one = uplink(number, payload.hex(), at=at, model="milesight/em500-swl", dev_eui="02c1710000000051", tags=tags)
    return replace(one, arrived_at=at)
