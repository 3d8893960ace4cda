"""What a worker will not begin on, and says so; and a clock that steps back, which it does not mind."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ingest import data_dir
from ingest.app import Worker as App
from ingest.config import load
from ingest.journal.writer import FILE
from ingest.observe.log import Lines
from tests.e2e.harness import PATIENCE, Site
from tests.e2e.traffic import SECOND, Traffic

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database, Mosquitto

REFUSED = 4
HOUR = 3600


@pytest.fixture
def site(mosquitto: Mosquitto, tmp_path: Path) -> Site:
    return Site(tmp_path, mosquitto.port, None)


def fill(site: Site) -> Traffic:
    """A worker's life with 300 uplinks."""
    traffic = Traffic(site.port)
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(300)
        site.settle(300)
        worker.finish()
    return traffic


def refusal(site: Site) -> str:
    """What a new worker says that must refuse."""
    with site.worker() as worker:
        said = len(worker.words())
        assert worker.wait(PATIENCE) == REFUSED, worker.words()
        return worker.words()[said:]


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)


def test_a_second_worker_on_the_same_directory(site: Site) -> None:
    traffic = Traffic(site.port)
    with site.worker() as worker:
        worker.until_subscribed()
        words = refusal(site)
        assert f"in use by process {worker.pid}" in words
        assert "stop that worker first" in words
        traffic.publish(100)  # and the first one has not noticed
        site.settle(100)
        worker.finish()
    site.account(traffic)


def test_a_damaged_tail_of_the_journal(site: Site) -> None:
    fill(site)
    path = site.data / FILE
    change(path, "UPDATE block SET body = zeroblob(length(body)) WHERE last = (SELECT max(last) FROM block)")
    words = refusal(site)
    assert f"{path}: the block that ends with event 300 is damaged" in words
    assert "restore the whole data directory from a backup" in words


def test_a_file_that_was_cut_off(site: Site) -> None:
    fill(site)
    path = site.data / FILE
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    assert f"{path} cannot be read" in refusal(site)


def test_a_torn_write_at_the_end_of_the_log_is_no_damage(site: Site) -> None:
    """What a power cut leaves of a commit that was never acknowledged."""
    traffic = Traffic(site.port)
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(300)
        site.settle(300)
        worker.kill()
    with (site.data / f"{FILE}-wal").open("ab") as file:
        file.write(b"torn" * 700)
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(300)
        site.settle(600)
        worker.finish()
    site.account(traffic)


@pytest.mark.parametrize("name", ["journal", "store"])
def test_a_file_of_a_newer_citylora(site: Site, name: str) -> None:
    fill(site)
    path = site.data / f"{name}.db"
    change(path, "PRAGMA user_version = 99")
    words = refusal(site)
    assert f"{path} has schema version 99" in words
    assert "run the newer citylora" in words


def test_our_clock_steps_back_an_hour(mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    """In this process, whose clock a test can turn back; over a restart too."""
    site = Site(tmp_path, mosquitto.port, database)
    traffic = Traffic(mosquitto.port)
    behind = [0]
    for _ in range(2):
        app = App(load(site.config()), Lines(print), now=lambda: time.time_ns() - behind[0] * SECOND)
        app.start()
        assert all(one.connected.wait(PATIENCE) for one in app.subscribers)
        traffic.publish(300)
        site.settle(len(traffic.published))
        behind[0] += HOUR
        traffic.publish(300)
        site.settle(len(traffic.published))
        app.stop()
        assert app.failed == ""
    state = site.account(traffic)
    assert state.tallies["clock_ahead"] == 900  # the network server's clock, as seen from ours


def test_the_network_servers_clock_steps_back_an_hour(mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    site = Site(tmp_path, mosquitto.port, database)
    traffic = Traffic(mosquitto.port)
    for _ in range(2):
        with site.worker() as worker:
            worker.until_subscribed()
            traffic.publish(300)
            traffic.behind += HOUR
            traffic.publish(300)
            site.settle(len(traffic.published))
            worker.finish()
    assert site.account(traffic).tallies.get("missing_fcnt", 0) == 0
    assert data_dir.consumer_file(site.data, "store").exists()
