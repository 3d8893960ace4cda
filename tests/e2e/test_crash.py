"""A crash at any instant loses nothing that the broker handed over, and stores nothing twice.

Every crash is a real worker that stops itself at a named place (SIGSTOP) and is killed there (SIGKILL).
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.harness import Site
from tests.e2e.traffic import RATE, Traffic
from tests.servers import Proxy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database, Mosquitto

JOURNALED = 200
"""Uplinks that a worker has journaled before it is killed, at least."""

SEAMS = [
    f"{place}.{side}"
    for place in ("commit", "ack", "sink", "quarantine", "cursor", "checkpoint")
    for side in ("before", "after")
] + ["compaction.after"]
FILLING = 6000
"""Uplinks that take about as many bytes as the smallest journal may have."""

GIVING_UP = ["evict.before", "evict.after", "eviction.before", "eviction.after"]


def crash(site: Site, traffic: Traffic, seam: str, burst: int = 0) -> None:
    """Kill a new worker at a seam, after enough uplinks (a burst first), with more on their way."""
    with site.worker(seam) as worker:
        worker.until_subscribed()
        traffic.publish(burst)
        with traffic.flowing():
            site.until_received(burst + JOURNALED)
            site.arm()
            worker.until_stopped()
        worker.kill()


@pytest.mark.parametrize("seam", SEAMS)
def test_crash_at(seam: str, mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    site = Site(tmp_path, mosquitto.port, database)
    traffic = Traffic(mosquitto.port, unknown_model=3 if seam.startswith("quarantine") else 50)
    crash(site, traffic, seam)
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(200)
        site.settle(len(traffic.published))
        worker.finish()
    site.account(traffic)


@pytest.mark.parametrize("seam", GIVING_UP)
def test_crash_while_a_full_journal_gives_up_events(
    seam: str, mosquitto: Mosquitto, database: Database, tmp_path: Path
) -> None:
    down = Proxy(database.server.port)
    site = Site(
        tmp_path, mosquitto.port, database, f"http://127.0.0.1:{down.port}", extra='[journal]\nmax_size = "1MiB"'
    )
    traffic = Traffic(mosquitto.port)
    crash(site, traffic, f"{seam}:2", FILLING)
    with down, site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(200)
        state = site.settle(len(traffic.published))
        worker.finish()
    state = site.honest()
    influxdb = next(account for account in state.accounts if account.name == "influxdb")
    stored = site.in_influxdb()
    assert influxdb.evicted > 0
    assert set(stored.values()) == {1}
    assert set(stored) <= set(traffic.published)
    assert len(stored) + influxdb.evicted == len(traffic.published)
    assert site.in_store() == dict.fromkeys(traffic.published, 1)


@pytest.mark.parametrize("seed", range(4))
def test_crashes_at_random_moments(seed: int, mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    draw = random.Random(seed)
    site = Site(tmp_path, mosquitto.port, database)
    traffic = Traffic(mosquitto.port, unknown_model=20)
    with site.worker() as worker:
        worker.until_subscribed()  # from now on the broker queues what comes while no worker is there
        worker.kill()
    for _ in range(5):
        goal = site.received() + JOURNALED
        with traffic.flowing(RATE / 2), site.worker() as worker:
            site.until_received(goal)
            time.sleep(draw.uniform(0, 0.2))
            worker.kill()
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.round()
        site.settle(len(traffic.published))
        worker.finish()
    site.account(traffic)
