"""A disk that is full, a journal at its cap: nothing is acknowledged that is not kept, and it goes on by itself."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.disk import fill, small_disk
from tests.e2e.harness import Site, Worker, until
from tests.e2e.traffic import Traffic
from tests.servers import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.status import Account
    from tests.servers import Database, Mosquitto

KEEPALIVE = 5
"""Seconds, the least that the configuration allows; a broker gives up a client after one and a half of it."""


def hold_out(site: Site, worker: Worker, traffic: Traffic, mosquitto: Mosquitto, free: Callable[[], object]) -> None:
    """What a worker does whose disk takes nothing: it waits, connected, then goes on and stores everything."""
    with traffic.flowing(400):
        until(lambda: blocked(worker), "the disk is found full")
        before = site.received()
        time.sleep(2 * KEEPALIVE + 2)
        assert blocked(worker)
        assert worker.ask("status")["brokers"] == {"main": True}
        assert site.received() == before < len(traffic.published) + 1000
    assert len(traffic.published) > before + 1000  # the broker has them, unacknowledged
    free()
    site.settle(len(traffic.published))
    assert not blocked(worker)
    worker.finish()
    assert "connection_lost" not in site.incidents()
    assert mosquitto.log.read_text().count("as citylora-main") == 1
    site.account(traffic)


def blocked(worker: Worker) -> str:
    """Why it keeps nothing; "" where it does."""
    answer: str = worker.ask("status")["blocked"]
    return answer


def account_of(site: Site, name: str) -> Account:
    """One consumer's ledger now."""
    return next(one for one in site.state().accounts if one.name == name)


def test_a_full_disk(mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, "12m") as mounted:
        if not mounted:
            pytest.skip("this user may mount no tmpfs; test_a_disk_that_refuses_to_grow_a_file shows the same")
        site = Site(disk, mosquitto.port, database, broker=f"keepalive = {KEEPALIVE}")
        traffic = Traffic(mosquitto.port)
        with site.worker() as worker:
            worker.until_subscribed()
            traffic.publish(300)
            fill(disk / "filler")
            hold_out(site, worker, traffic, mosquitto, (disk / "filler").unlink)


def test_a_disk_that_refuses_to_grow_a_file(mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    """RLIMIT_FSIZE: writes fail with EFBIG, for every file of the worker."""
    site = Site(tmp_path, mosquitto.port, database, broker=f"keepalive = {KEEPALIVE}")
    traffic = Traffic(mosquitto.port)
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(300)
        largest = max(path.stat().st_size for path in site.data.iterdir())
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

        def free() -> None:
            resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

        hold_out(site, worker, traffic, mosquitto, free)


def test_at_its_cap_the_journal_gives_up_what_the_lagging_sink_has_not_read(
    mosquitto: Mosquitto, database: Database, tmp_path: Path
) -> None:
    away = Proxy(database.server.port)
    site = Site(tmp_path, mosquitto.port, database, f"http://127.0.0.1:{away.port}", extra='[journal]\nmax_size="1MiB"')
    traffic = Traffic(mosquitto.port)
    with site.worker() as worker:
        worker.until_subscribed()
        while account_of(site, "influxdb").evicted < 1000:
            traffic.publish(500, 2000)
        with away:
            site.settle(len(traffic.published))
        worker.finish()
    state = site.honest()
    store, influxdb = (account_of(site, name) for name in ("store", "influxdb"))
    assert store.evicted_by_cause == {}
    assert store.stored == len(traffic.published)
    assert set(influxdb.evicted_by_cause) == {"cap"}
    assert influxdb.stored + influxdb.evicted == len(traffic.published)
    assert state.identity.evicted == influxdb.evicted
    # The oldest went: of each device a first part is missing, and nothing in the middle.
    stored = site.in_influxdb()
    assert set(stored.values()) == {1}
    assert sum(stored.values()) == influxdb.stored
    assert set(traffic.published[influxdb.evicted :]) == set(stored)
    assert site.in_store() == dict.fromkeys(traffic.published, 1)


def test_on_full_stop_gives_up_nothing_and_takes_no_more(
    mosquitto: Mosquitto, database: Database, tmp_path: Path
) -> None:
    away = Proxy(database.server.port)
    site = Site(tmp_path, mosquitto.port, database, f"http://127.0.0.1:{away.port}")
    site.extra = '[journal]\nmax_size="1MiB"\non_full="stop"'
    traffic = Traffic(mosquitto.port)
    with site.worker() as worker:
        worker.until_subscribed()
        while not blocked(worker):
            traffic.publish(500, 2000)
        assert "on_full" in blocked(worker)
        before = site.received()
        traffic.publish(500)
        time.sleep(1)
        assert site.received() == before < len(traffic.published)
        # What it holds unkept when it is told to stop is the broker's again, and no duplicate of itself.
        worker.finish()
    assert site.honest().identity.evicted == 0
    with away, site.worker() as worker:
        site.settle(len(traffic.published))
        worker.finish()
    site.account(traffic)
