"""The board of the pipeline asks a real Prometheus that reads a real worker."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from dashboards.queries import WORKER
from tests.dashboards.asked import board
from tests.deploy.stack import SetPrometheus, stack
from tests.e2e.harness import until
from tests.fakes.uplinks import messages, uplink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.uplink import Event
    from tests.servers import Prometheus

EXPRESSIONS = [
    (panel["title"], target["expr"].replace("$__rate_interval", "10s"))
    for panel in board("pipeline")["panels"]
    for target in panel["targets"]
]
UPLINKS = 60


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """That of a set of `citylora init`, which has read a worker with something of everything."""
    folder = tmp_path_factory.mktemp("pipeline")
    with (
        stack(folder) as servers,
        SetPrometheus(folder / "prometheus", servers.site) as server,
        servers.worker() as worker,
    ):
        worker.until_subscribed()
        servers.publish("chirpstack", messages(map(_uplink, range(UPLINKS))))
        until(lambda: _read(server), "Prometheus has read all of it")
        yield server
        worker.finish()


def _uplink(number: int) -> Event:
    """One of ten is of a model that nobody knows."""
    return uplink(number, at=time.time_ns(), model="milesight/em500-co2" if number % 10 else "nobody/knows")


def _read(server: Prometheus) -> bool:
    found = server.query("min_over_time(citylora_events_received_total[4s])")
    times = server.query("count_over_time(citylora_events_received_total[4s])")
    return bool(found) and float(found[0]["value"][1]) == UPLINKS and float(times[0]["value"][1]) > 2


@pytest.mark.parametrize(("of", "expression"), EXPRESSIONS)
def test_each_expression_finds_something(of: str, expression: str, prometheus: Prometheus) -> None:
    assert prometheus.query(expression), (of, expression)
    wrong = expression.replace("citylora_", "citylora_x", 1).replace("process_", "process_x")
    assert not prometheus.query(wrong)


def test_the_ledger_adds_up_and_what_is_in_quarantine_is_what_nobody_can_read(prometheus: Prometheus) -> None:
    asked = dict(EXPRESSIONS)
    assert [float(one["value"][1]) for one in prometheus.query(asked["Events unaccounted for"])] == [0.0]
    assert [float(one["value"][1]) for one in prometheus.query(asked["Quarantine by reason"])] == [UPLINKS / 10]


def test_every_panel_asks_the_workers_metrics() -> None:
    asked = {target["datasource"]["uid"] for panel in board("pipeline")["panels"] for target in panel["targets"]}
    assert asked == {WORKER.uid}
