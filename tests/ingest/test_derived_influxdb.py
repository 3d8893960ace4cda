"""The second log in a real InfluxDB 1.x: roll-ups in a database of their own, the rest beside the readings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from ingest.consumer import derived
from ingest.consumer.derived import Delivery
from ingest.decoding.point import Point
from ingest.delivered import delivered
from ingest.rollup.derived_log import DerivedReader
from ingest.sinks.remedies import remedy
from ingest.sinks.renewing import RenewingSink
from ingest.sinks.settings import InfluxSettings, rollups
from tests.fakes.derived import HOUR, START, hour, log, state
from tests.fakes.house import NOW, House, Way
from tests.fakes.influxdb import PathShim
from tests.fakes.uplinks import city

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database, InfluxDB


@pytest.fixture
def settings(database: Database) -> InfluxSettings:
    """Of the test's own database; that of its roll-ups nobody makes beforehand."""
    return InfluxSettings(url=database.server.url, database=database.name)


def house_of(folder: Path, settings: InfluxSettings) -> House:
    """A house whose one consumer, with both logs, writes to an InfluxDB."""
    house = House(folder, {"influxdb": Way(lambda _: RenewingSink(lambda: settings))})
    consumer = house.consumers["influxdb"]
    consumer.derived = Delivery("influxdb", consumer._db, DerivedReader(folder), lambda: NOW)
    return house


def test_roll_ups_have_their_own_database_and_the_rest_is_beside_the_readings(
    tmp_path: Path, database: Database, settings: InfluxSettings
) -> None:
    log(tmp_path, [hour(1), state(1), hour(2, site="Cầu Rồng, bờ = đông"), state(2)])
    with house_of(tmp_path, settings) as house:
        house.take(city(20))
        house.drain()
        assert house.consumers["influxdb"].deliver()
        assert delivered(house.consumers["influxdb"]._db)[:4] == (1, 4, 0, 0)
    server, name = database.server, rollups(settings).database
    assert name == f"{database.name}_rollup"
    assert server.rows("SELECT * FROM water_1h", name) == [
        {
            "time": START + number * HOUR,
            "site": site,
            "ward": "hai-chau",
            "channel": "0",
            "water_level_mean": float(number),
            "water_level_count": 4.0,
        }
        for number, site in ((1, "cau-rong"), (2, "Cầu Rồng, bờ = đông"))
    ]
    assert {row["tagKey"] for row in server.rows("SHOW TAG KEYS FROM water_1h", name)} == {"site", "ward", "channel"}
    assert [row["name"] for row in server.rows("SHOW MEASUREMENTS", name)] == ["water_1h"]
    assert database.count("station", "worst") == 2
    policies = [(row["name"], row["shardGroupDuration"]) for row in server.rows("SHOW RETENTION POLICIES", name)]
    assert policies == [("autogen", "8736h0m0s")]  # a year
    assert "water_1h" not in database.measurements()
    assert "radio" in database.measurements()


def test_a_row_that_is_made_again_overwrites_and_loses_what_is_gone(
    tmp_path: Path, database: Database, settings: InfluxSettings
) -> None:
    def gone(one: Point, *names: str) -> Point:
        return Point(one.measurement, one.tags, one.fields, one.time, revises=True, gone=names)

    site = "it's a\\ "
    log(tmp_path, [hour(1, a=1.0, b=1.0), hour(1, site, a=1.0, b=1.0), hour(2, a=1.0, b=1.0), hour(3, a=1.0)])
    again = Point("water_1h", ("cau-rong", "hai-chau", "0"), (), START + 3 * HOUR, revises=True, gone=("a",))
    with house_of(tmp_path, settings) as house:
        consumer = house.consumers["influxdb"]
        assert consumer.deliver()
        log(tmp_path, [hour(1, a=2.0, b=2.0), gone(hour(1, site, a=3.0), "b"), gone(hour(2, b=4.0), "a"), again])
        assert consumer.deliver()
        assert delivered(consumer._db)[:4] == (2, 8, 0, 0)
    rows = database.server.rows("SELECT a, b, site FROM water_1h", rollups(settings).database)
    found = sorted(((row["time"] - START) // HOUR, row["site"][:2], row["a"], row["b"]) for row in rows[:2])
    assert found == [(1, "ca", 2.0, 2.0), (1, "it", 3.0, None)]
    assert [((row["time"] - START) // HOUR, row["a"], row["b"]) for row in rows[2:]] == [(2, None, 4.0)]


def test_a_dead_influxdb_holds_the_cursor_and_it_goes_on_after(
    tmp_path: Path, influxdb: InfluxDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "BACK_OFF", (0.05, 0.1))
    settings = InfluxSettings(url=influxdb.url, database="city", timeout=2.0)
    log(tmp_path, [hour(1)])
    with house_of(tmp_path, settings) as house:
        consumer = house.consumers["influxdb"]
        assert consumer.deliver()
        influxdb.stop()
        log(tmp_path, [hour(2), state(2)])
        assert not consumer.deliver()
        assert "does not answer" in consumer.health.trouble
        assert not consumer.health.alarm
        assert delivered(consumer._db).seq == 1
        influxdb.start()
        deadline = time.monotonic() + 20
        while not consumer.deliver() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not consumer.health.trouble
        assert delivered(consumer._db).seq == 2
    assert len(influxdb.rows("SELECT * FROM water_1h", "city_rollup")) == 2


def test_a_crash_after_the_write_repeats_it_to_the_same_effect(
    tmp_path: Path, database: Database, settings: InfluxSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(place: str) -> None:
        if place == "derived.after":
            raise KeyboardInterrupt  # as little of the transaction as SIGKILL leaves

    log(tmp_path, [hour(number) for number in range(100)])
    with house_of(tmp_path, settings) as house, monkeypatch.context() as patched:
        patched.setattr(derived, "reach", die)
        with pytest.raises(KeyboardInterrupt):
            house.consumers["influxdb"].deliver()
    before = database.server.rows("SELECT * FROM water_1h", rollups(settings).database)
    assert len(before) == 100
    with house_of(tmp_path, settings) as house:
        assert house.consumers["influxdb"].deliver()
        assert delivered(house.consumers["influxdb"]._db)[:2] == (1, 100)
    assert database.server.rows("SELECT * FROM water_1h", rollups(settings).database) == before


def test_a_missing_bucket_is_named_and_the_journal_goes_on(tmp_path: Path, database: Database) -> None:
    with PathShim(database.server.url) as shim:
        settings = InfluxSettings(url=shim.url, api="v2", bucket=database.name, org="city", token="t")  # noqa: S106
        log(tmp_path, [hour(1)])
        with house_of(tmp_path, settings) as house:
            consumer = house.consumers["influxdb"]
            house.take(city(5))
            house.drain()
            assert not consumer.deliver()
            assert f"bucket {database.name}_rollup, answered 404" in consumer.health.trouble
            assert consumer.health.hint.startswith(f"make the bucket {database.name}_rollup and a token that may write")
            assert consumer.health.alarm
            assert house.honest().identity.stored == 5
            database.server.query(f'CREATE DATABASE "{database.name}_rollup"')
            assert consumer.derived is not None
            consumer.derived.nudge()
            assert consumer.deliver()
            assert not consumer.health.trouble
    assert len(database.server.rows("SELECT * FROM water_1h", f"{database.name}_rollup")) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_the_remedy_names_the_place_and_who_is_to_be_let_in(status: int) -> None:
    first = rollups(InfluxSettings(url="http://x", database="city", username="worker", password="p"))  # noqa: S106
    assert remedy(first, status).startswith(
        'run CREATE DATABASE "city_rollup" WITH SHARD DURATION 52w and GRANT ALL ON "city_rollup" TO "worker" as an adm'
    )
    second = rollups(InfluxSettings(url="http://x", api="v2", bucket="city/autogen"))
    assert second.bucket == "city_rollup"
    assert "[rollup] enabled = false" in remedy(second, status)


def test_a_refusal_of_either_place_names_its_own_row(database: Database, settings: InfluxSettings) -> None:
    database.write(f'station,site=a worst="a text" {START}')
    sink = RenewingSink(lambda: settings)
    try:
        refusals = sink.write_derived([hour(1), state(1), hour(2), state(2), hour(3, a=float("nan"))])
    finally:
        sink.close()
    assert [one.index for one in refusals] == [1, 3, 4]
    assert sink.accepted == 2
