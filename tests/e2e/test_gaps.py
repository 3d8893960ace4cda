"""What is lost inside this process, on purpose, between a real broker's subscriber and the journal."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gateways.chirpstack.broker import BrokerSettings
from gateways.chirpstack.subscriber import Subscriber
from gateways.handover import Handover
from ingest.pipeline import Pipeline
from tests.e2e.harness import until
from tests.e2e.traffic import HOST, Traffic
from tests.fakes.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateways.handover import Report
    from tests.servers import Mosquitto

DEVICES = 20


class Leaky:
    """A pipeline in its own thread, behind a subscriber; `leaks` lets the next events be lost between the two."""

    def __init__(self, house: House, port: int) -> None:
        self.leaks = False
        self.leaked: list[Handover] = []
        self.pipeline = Pipeline(house.intake, house.journal, house.feed, house.evictor(1 << 30), time.time_ns)
        self.settings = BrokerSettings("main", HOST, port, "citylora-leaky", ("application/+/device/+/event/+",))

    def report(self, report: Report) -> None:
        if isinstance(report, Handover) and self.leaks:
            self.leaked.append(report)
        else:
            self.pipeline.report(report)

    @contextmanager
    def running(self) -> Iterator[Subscriber]:
        subscriber = Subscriber(self.settings, self.report, expect_session=False, now=time.time_ns)
        self.pipeline.acknowledge_to({"main": subscriber.acknowledge})
        thread = threading.Thread(target=self.pipeline.run)
        thread.start()
        subscriber.start()
        try:
            until(subscriber.connected.is_set, "subscribed")
            yield subscriber
        finally:
            subscriber.stop()
            self.pipeline.stop()
            thread.join()


def test_what_we_drop_ourselves_is_lost_until_a_restart_fetches_it_again(mosquitto: Mosquitto, tmp_path: Path) -> None:
    traffic = Traffic(mosquitto.port, devices=DEVICES)
    with House(tmp_path) as house:
        leaky = Leaky(house, mosquitto.port)
        with leaky.running():
            _rounds(traffic, house, 2)
            leaky.leaks = True
            traffic.round()
            until(lambda: sum(len(one.events) for one in leaky.leaked) == DEVICES, "a round is dropped")
            leaky.leaks = False
            _rounds(traffic, house, 2)
            until(house.reader.incidents, "the incident is noted")
        assert house.state().missing == {"unknown": 0, "radio": 0, "network": 0, "lost": DEVICES}
        ((kind, source, count, _, detail),) = house.state().incidents
        assert (kind, source, count) == ("lost_events", "main", 1)
        assert detail.startswith(f"{DEVICES} events")
    # The broker was never told that we have them.
    with House(tmp_path) as house, Leaky(house, mosquitto.port).running():
        until(lambda: house.reader.totals().received == 5 * DEVICES, "they come again")
        until(lambda: house.state().tallies["missing_fcnt"] == 0, "nothing is missing")
        assert set(house.state().missing.values()) == {0}


def _rounds(traffic: Traffic, house: House, rounds: int) -> None:
    before = house.reader.totals().received
    for _ in range(rounds):
        traffic.round()
    until(lambda: house.reader.totals().received == before + rounds * DEVICES, f"{rounds} rounds are in")
