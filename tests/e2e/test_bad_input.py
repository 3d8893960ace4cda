"""Bad input harms only itself: it stops nothing, crashes nothing and is never gone without a trace."""

from __future__ import annotations

import json
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.simulator.publish import publish
from ingest.data_dir import open_consumer
from ingest.ledger import Ledger
from ingest.quarantine import Quarantine
from ingest.sinks.influxdb import InfluxSink
from ingest.sinks.settings import InfluxSettings
from ingest.sinks.store import StoreSink
from tests.e2e.harness import Site, same
from tests.e2e.traffic import HOST, Traffic
from tests.fakes.hostile import hostile
from tests.fakes.house import House, ListSink, Way
from tests.fakes.uplinks import TOPIC, messages, raw, uplink

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database, Mosquitto


def test_each_by_itself(tmp_path: Path, database: Database) -> None:
    """Into a real InfluxDB, between two good uplinks each."""
    settings = InfluxSettings(url=database.server.url, database=database.name)
    ways = {"influxdb": Way(lambda _: InfluxSink(settings)), "store": Way(StoreSink)}
    good = count(1000)
    with House(tmp_path, ways) as house:
        for name, bad in hostile().items():
            before = house.account("store")
            house.take([uplink(next(good)), bad.event, uplink(next(good))])
            house.drain()
            for consumer in house.consumers.values():
                after = house.account(consumer.name)
                assert after.stored - before.stored == 3 - bool(bad.reason), name
                newest = consumer.quarantine.cases()[-1] if bad.reason else None
                assert (newest.reason if newest else "") == bad.reason, name
        state = house.honest()
        assert state.identity.pending == state.identity.duplicate == 0


@pytest.mark.timeout(120)
def test_the_flow_goes_on_through_all_of_it(mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    site, traffic = Site(tmp_path, mosquitto.port, database), Traffic(mosquitto.port)
    bad = [one for one in hostile().values() if one.event.payload or one.reason]
    with site.worker() as worker:
        worker.until_subscribed()
        with traffic.flowing(300):
            assert publish(HOST, mosquitto.port, iter(messages([one.event for one in bad])), 50) == len(bad)
        site.settle(len(traffic.published) + len(bad))
        worker.finish()
    state = site.honest()
    assert state.identity.duplicate == 0
    for name in site.consumers:
        db = open_consumer(site.data, name)
        groups = Quarantine(db, Ledger(db)).groups()
        assert {group.reason: group.count for group in groups} == Counter(one.reason for one in bad if one.reason)
        db.close()
    good = set(traffic.published)
    for stored in (site.in_store(), site.in_influxdb()):
        same(Counter({key: times for key, times in stored.items() if key in good}), traffic.published)


def _json() -> st.SearchStrategy[object]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys(), inner, max_size=4))


def _dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def _keys() -> st.SearchStrategy[str]:
    known = ["deviceInfo", "devEui", "tags", "model", "rxInfo", "nsTime", "fCnt", "data", "time", "deduplicationId"]
    return st.sampled_from(known) | st.text(max_size=8)


def _mangled() -> st.SearchStrategy[bytes]:
    """A good uplink with some bytes of it replaced."""

    def mangle(f_cnt: int, edits: list[tuple[int, bytes]]) -> bytes:
        whole = bytearray(uplink(f_cnt).payload)
        for place, new in edits:
            whole[place : place + len(new)] = new
        return bytes(whole)

    edit = st.tuples(st.integers(min_value=0, max_value=700), st.binary(min_size=1, max_size=4))
    return st.builds(mangle, st.integers(min_value=0, max_value=50), st.lists(edit, max_size=3))


def _topics() -> st.SearchStrategy[str]:
    """Whatever MQTT lets one publish on: UTF-8 without U+0000, not empty, no wildcards."""
    level = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0+#"), max_size=12)
    known = st.sampled_from(["up", "join", "status", "ack", "txack", "log", "conn", "location", "integration"])
    anything = st.lists(level | known, min_size=1, max_size=6).map("/".join).filter(bool)
    return st.just(TOPIC.format("02c1710000000001")) | anything


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_topics(), st.binary(max_size=200) | _mangled() | _json().map(_dumped)), max_size=8))
def test_arbitrary_bytes_on_arbitrary_topics(
    tmp_path_factory: pytest.TempPathFactory, received: list[tuple[str, bytes]]
) -> None:
    ways = {"influxdb": Way(lambda _: ListSink()), "store": Way(StoreSink)}
    with House(tmp_path_factory.mktemp("house"), ways) as house:
        house.take([uplink(100_001)])
        for topic, payload in received:
            house.take([raw(payload, topic=topic)])
        house.take([uplink(100_002)])
        house.drain()
        state = house.honest()
        assert state.identity.received == len(received) + 2
        assert state.identity.pending == state.identity.evicted == 0
        assert state.identity.stored >= 1
