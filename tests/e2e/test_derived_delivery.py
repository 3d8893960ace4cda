"""The second log reaches InfluxDB and the store from a real worker, whatever instant it is killed at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ingest import data_dir
from ingest.status import read_state
from tests.e2e.harness import Site, until
from tests.e2e.traffic import Traffic
from tests.fakes.derived import HOUR, START, hour, log, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database, Mosquitto

HOURS = 50
BLOCKS = [[hour(number), state(number)] for number in range(HOURS)]


def delivered(site: Site) -> bool:
    """Whether every sink has the log as it was made."""
    found = read_state(site.data, site.sinks).accounts
    return len(found) == len(site.sinks) and all(one.derived.seq >= HOURS for one in found)


def held(site: Site) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    """The hours of the test's site in InfluxDB and in the store: when, and the value."""
    assert site.database is not None
    asked = "SELECT water_level_mean FROM water_1h WHERE site = 'cau-rong'"
    found = site.database.server.rows(asked, f"{site.database.name}_rollup")
    with closing(sqlite3.connect(data_dir.consumer_file(site.data, "store"))) as db:
        query = (
            "SELECT time, json_extract(fields, '$.water_level_mean') FROM point JOIN series ON id = series"
            " WHERE measurement = 'water_1h' AND site = 'cau-rong' ORDER BY time"
        )
        return [(row["time"], row["water_level_mean"]) for row in found], db.execute(query).fetchall()


@pytest.mark.parametrize("seam", ["derived.before", "derived.after", "derived.cursor"])
def test_a_worker_killed_in_the_middle_repeats_the_rows_to_the_same_effect(
    seam: str, mosquitto: Mosquitto, database: Database, tmp_path: Path
) -> None:
    site, traffic = Site(tmp_path, mosquitto.port, database), Traffic(mosquitto.port)
    data_dir.make(site.data)
    log(site.data, *BLOCKS)
    with site.worker(seam) as worker:
        site.arm()
        worker.until_stopped()
        worker.kill()
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(100)
        site.settle(100)
        until(lambda: delivered(site), "every sink has the log")
        worker.finish()
    expected = [(START + number * HOUR, float(number)) for number in range(HOURS)]
    assert held(site) == (expected, expected)
    assert database.count("station", "worst", "site = 'cau-rong'") == HOURS
    site.account(traffic)


def test_without_roll_ups_the_log_rests_and_nothing_else_changes(
    mosquitto: Mosquitto, database: Database, tmp_path: Path
) -> None:
    site = Site(tmp_path, mosquitto.port, database, extra="[rollup]\nenabled = false")
    traffic = Traffic(mosquitto.port)
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(100)
        site.settle(100)
        assert sorted(worker.ask("status")["consumers"]) == ["influxdb", "store"]
        worker.finish()
    assert not data_dir.consumer_file(site.data, "rollup").exists()
    log(site.data, *BLOCKS)
    with site.worker() as worker:  # it was enabled once
        worker.until_subscribed()
        traffic.publish(100)
        until(lambda: read_state(site.data, site.sinks).identity[:4:3] == (200, 0), "all of it is stored")
        worker.finish()
    assert [one.derived.seq for one in read_state(site.data, site.sinks).accounts] == [0, 0]
    site.extra = ""
    with site.worker() as worker:  # and is enabled again
        until(lambda: delivered(site), "every sink has the log")
        site.settle(200)
        worker.finish()
    site.account(traffic)
