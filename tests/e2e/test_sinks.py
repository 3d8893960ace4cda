"""A sink that is away, hangs or dies costs no event, and no other sink waits for it. All of it is real."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.e2e.harness import Site, until
from tests.e2e.traffic import Traffic
from tests.servers import Database, InfluxDB

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.status import Account
    from tests.servers import Mosquitto

NEAR = 500
"""Events that a sink which keeps pace may lag behind at 500 a second on a busy machine."""


def site_of(folder: Path, mosquitto: Mosquitto, influxdb: InfluxDB) -> Site:
    """Its InfluxDB may be away: the sink makes the database itself."""
    return Site(folder, mosquitto.port, Database(influxdb, "city"))


def account(site: Site, name: str) -> Account:
    """One consumer's ledger now."""
    return next(one for one in site.state().accounts if one.name == name)


def test_influxdb_down_from_the_start_and_the_worker_killed_meanwhile(mosquitto: Mosquitto, tmp_path: Path) -> None:
    influxdb = InfluxDB(tmp_path / "influxdb")
    site, traffic = site_of(tmp_path, mosquitto, influxdb), Traffic(mosquitto.port, unknown_model=20)
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(400)
        until(lambda: account(site, "store").cursor.ordinal == 400, "the store has what InfluxDB has not")
        assert "does not answer" in worker.ask("status")["consumers"]["influxdb"]["trouble"]
        state = site.honest()
        assert state.identity.pending == 400
        worker.kill()
    site.honest()
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(200)
        with influxdb:
            site.settle(600)
            worker.finish()
            site.account(traffic)


def test_influxdb_down_in_mid_flow_then_killed_in_mid_write(
    mosquitto: Mosquitto, influxdb: InfluxDB, tmp_path: Path
) -> None:
    site, traffic = site_of(tmp_path, mosquitto, influxdb), Traffic(mosquitto.port, unknown_model=50)
    with site.worker() as worker:
        worker.until_subscribed()
        with traffic.flowing(600):
            until(lambda: account(site, "influxdb").stored > 100, "points are stored")
            influxdb.stop()
            time.sleep(6)
            assert account(site, "influxdb").pending > 1000
            influxdb.start()
            for _ in range(2):
                written = account(site, "influxdb").points["written"]
                until(lambda: account(site, "influxdb").points["written"] > written, "it goes on")  # noqa: B023
                influxdb.kill()
                influxdb.start()
        site.settle(len(traffic.published))
        worker.finish()
    site.account(traffic)


def test_influxdb_and_broker_down_together(mosquitto: Mosquitto, influxdb: InfluxDB, tmp_path: Path) -> None:
    site, traffic = site_of(tmp_path, mosquitto, influxdb), Traffic(mosquitto.port)
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(300)
        influxdb.kill()
        traffic.publish(300)
        mosquitto.stop()
        time.sleep(2)
        mosquitto.start()
        traffic.publish(300)
        influxdb.start()
        site.settle(900)
        worker.finish()
    assert site.incidents().get("connection_lost") == 1
    assert "session_lost" not in site.incidents()
    site.account(traffic)


def test_a_second_sink_never_waits_for_one_that_hangs(mosquitto: Mosquitto, influxdb: InfluxDB, tmp_path: Path) -> None:
    site, traffic = site_of(tmp_path, mosquitto, influxdb), Traffic(mosquitto.port)
    lags = []
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(200)
        site.settle(200)
        influxdb.pause()
        with traffic.flowing(500):
            for _ in range(20):
                time.sleep(0.2)
                lags.append((account(site, "store").pending, account(site, "influxdb").pending))
        until(lambda: account(site, "store").pending == 0, "the store has everything")
        assert max(store for store, _ in lags) < NEAR
        assert lags[-1][1] > 1000
        assert lags[-1][1] > lags[9][1] > lags[2][1]
        worker.finish()  # also while a write hangs
    site.honest()
    influxdb.resume()
    with site.worker() as worker:
        site.settle(len(traffic.published))
        worker.finish()
    site.account(traffic)
