"""The faults again with everything that a city's servers publish: all kinds, JSON and Protobuf, from two brokers.

Each test packs several faults into one site, and holds it to account at its end: the ledger adds up, the files agree,
and each event that a broker handed over is stored once, in both sinks, counted by kind.
"""

from __future__ import annotations

import resource
import signal
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from gateways.simulator import City
from gateways.simulator.publish import publish
from tests.e2e.harness import Site, Worker, until
from tests.e2e.traffic import HOST, RATE, Mixed
from tests.fakes.hostile import hostile
from tests.fakes.uplinks import START, TOPIC
from tests.servers import Database, InfluxDB, Mosquitto, Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.status import Account

JOURNALED = 200
"""Events that a worker has journaled before it is killed, at least."""

FILLING = 4
"""Thousands of events of each broker that take about as many bytes as the smallest journal may have."""

SEAMS = (
    ("commit.before", "commit.after", "ack.before", "ack.after"),
    ("sink.before", "sink.after", "quarantine.before", "quarantine.after"),
    ("cursor.before", "cursor.after", "checkpoint.before", "checkpoint.after", "compaction.after"),
)
GIVING_UP = ("evict.before", "evict.after", "eviction.before", "eviction.after")
ALL_KINDS = {"up", "join", "ack", "txack", "log", "status", "location", "stats", "conn"}


class Town(NamedTuple):
    """Two network servers and their brokers, one with JSON and one with Protobuf, and one worker's site."""

    site: Site
    brokers: tuple[Mosquitto, Mosquitto]
    traffics: tuple[Mixed, Mixed]

    @property
    def kinds(self) -> Counter[str]:
        """Events that the brokers have taken, by kind."""
        return self.traffics[0].kinds + self.traffics[1].kinds

    def publish(self, count: int) -> None:
        """So many by each broker."""
        for traffic in self.traffics:
            traffic.publish(count)

    @contextmanager
    def flowing(self, rate: float = RATE) -> Iterator[None]:
        """Publish by both in the background, at `rate` together."""
        with ExitStack() as stack:
            for traffic in self.traffics:
                stack.enter_context(traffic.flowing(rate / len(self.traffics)))
            yield

    def settle(self) -> None:
        """Until all that was published is where it belongs."""
        self.site.settle(self.kinds.total())

    def account(self) -> None:
        """Hold everything to account; it must have been of every kind."""
        assert set(self.kinds) == ALL_KINDS
        self.site.account_kinds(*self.traffics)


@pytest.fixture
def brokers(mosquitto: Mosquitto, tmp_path: Path) -> Iterator[tuple[Mosquitto, Mosquitto]]:
    """Two brokers that keep everything."""
    with Mosquitto(tmp_path / "second") as second:
        yield mosquitto, second


def town_of(
    folder: Path, brokers: tuple[Mosquitto, Mosquitto], database: Database, *, unknown_model: int = 20, **site: Any
) -> Town:
    """A site that both brokers deliver to."""
    first, second = brokers
    traffics = (
        Mixed(first.port, unknown_model=unknown_model),
        Mixed(second.port, seed=2, protobuf=True, unknown_model=unknown_model),
    )
    return Town(Site(folder, first.port, database, second=second.port, **site), brokers, traffics)


def of(city: Town, name: str) -> Account:
    """One consumer's ledger now."""
    return next(one for one in city.site.state().accounts if one.name == name)


@pytest.mark.parametrize("seams", SEAMS, ids=lambda seams: seams[0].partition(".")[0])
def test_crashes_at_one_seam_after_the_other(
    seams: tuple[str, ...], brokers: tuple[Mosquitto, Mosquitto], database: Database, tmp_path: Path
) -> None:
    city = town_of(tmp_path, brokers, database, unknown_model=3 if "quarantine.before" in seams else 20)
    for seam in seams:
        with city.site.worker(seam) as worker:
            worker.until_subscribed()
            goal = city.site.received() + JOURNALED
            with city.flowing():
                city.site.until_received(goal)
                city.site.arm()
                worker.until_stopped()
            worker.kill()
    with city.site.worker() as worker:
        worker.until_subscribed()
        city.publish(1200)  # of every kind, whatever came before
        city.settle()
        worker.finish()
    city.account()


def test_crashes_while_a_full_journal_gives_up_what_one_sink_lacks(
    brokers: tuple[Mosquitto, Mosquitto], database: Database, tmp_path: Path
) -> None:
    down = Proxy(database.server.port)
    city = town_of(
        tmp_path, brokers, database, extra='[journal]\nmax_size = "1MiB"', url=f"http://127.0.0.1:{down.port}"
    )
    for place, seam in enumerate(GIVING_UP):
        with city.site.worker(seam) as worker:
            worker.until_subscribed()
            for _ in range(0 if place else FILLING):
                city.publish(1000)
                until(lambda: of(city, "store").pending == 0, "the store keeps up")
            goal = city.site.received() + JOURNALED
            with city.flowing():
                city.site.until_received(goal)
                city.site.arm()
                worker.until_stopped()
            worker.kill()
    with down, city.site.worker() as worker:
        worker.until_subscribed()
        city.publish(200)
        city.settle()
        worker.finish()
    _, kinds = city.site.honest(), city.kinds
    influxdb, store = of(city, "influxdb"), of(city, "store")
    rows = city.site.rows_in_store()
    assert rows == kinds
    assert store.evicted == 0
    assert set(influxdb.evicted_by_cause) == {"cap"}
    assert influxdb.stored + influxdb.quarantined + influxdb.evicted == rows.total()
    published = Counter(key for traffic in city.traffics for key in traffic.published)
    assert city.site.in_store() == published
    assert not city.site.in_influxdb() - published


def test_brokers_that_stop_are_cut_off_and_forget(
    brokers: tuple[Mosquitto, Mosquitto], database: Database, tmp_path: Path
) -> None:
    first, second = brokers
    with Proxy(second.port) as line:
        city = town_of(tmp_path, brokers, database)
        city.site.second = line.port
        with city.site.worker() as worker:
            worker.until_subscribed()
            with city.flowing(600):
                time.sleep(0.5)
                first.restart()
                time.sleep(0.3)
                line.cut()
                worker.until_subscribed()
                time.sleep(0.3)
                second.restart()
                worker.until_subscribed()
            city.settle()
            assert "session_lost" not in city.site.incidents()
            # What a broker alone has, and only in memory, goes with it.
            line.stop()
            mark = city.traffics[1].mark()
            city.traffics[1].publish(170)
            second.kill()
            city.traffics[1].forget(mark)
            second.start()
            line.start()
            worker.until_subscribed()
            city.publish(1200)
            city.settle()
            worker.finish()
    city.account()


def test_influxdb_away_killed_and_hanging_while_the_worker_is_killed_too(
    brokers: tuple[Mosquitto, Mosquitto], tmp_path: Path
) -> None:
    influxdb = InfluxDB(tmp_path / "influxdb")
    city = town_of(tmp_path, brokers, Database(influxdb, "city"))
    with city.site.worker() as worker:
        worker.until_subscribed()
        city.publish(600)  # InfluxDB is not there yet
        until(lambda: of(city, "store").pending == 0 and of(city, "influxdb").pending >= 1200, "one sink lags")
        city.site.honest()
        worker.kill()
    with influxdb, city.site.worker() as worker:
        worker.until_subscribed()
        with city.flowing(600):
            for away in (influxdb.kill, influxdb.stop):
                written = of(city, "influxdb").points.get("written", 0)
                until(lambda: of(city, "influxdb").points.get("written", 0) > written, "it goes on")  # noqa: B023
                away()
                time.sleep(1)
                influxdb.start()
            influxdb.pause()
            time.sleep(1)
            worker.kill()
            influxdb.resume()
        with city.site.worker() as again:
            again.until_subscribed()
            city.publish(600)
            city.settle()
            again.finish()
            city.account()


def test_a_disk_that_takes_nothing_a_hang_and_a_hup(
    brokers: tuple[Mosquitto, Mosquitto], database: Database, tmp_path: Path
) -> None:
    city = town_of(tmp_path, brokers, database, broker="keepalive = 5")
    with city.site.worker() as worker:
        worker.until_subscribed()
        city.publish(600)
        with city.flowing(600):
            _limit_files(worker, max(path.stat().st_size for path in city.site.data.iterdir()))
            until(lambda: "does not take the events" in worker.ask("status")["blocked"], "the disk is found full")
            before = city.site.received()
            time.sleep(2)
            assert city.site.received() == before
            _limit_files(worker, resource.RLIM_INFINITY)
            until(lambda: not worker.ask("status")["blocked"], "it goes on")
            worker.send(signal.SIGSTOP)
            time.sleep(9)  # the brokers give it up after one and a half of its keep-alive
            worker.send(signal.SIGCONT)
            worker.send(signal.SIGHUP)
            worker.until_subscribed()
        city.publish(600)
        city.settle()
        worker.finish()
    assert "session_lost" not in city.site.incidents()
    city.account()


def _limit_files(worker: Worker, size: int) -> None:
    """No file of the worker may grow beyond that: writes fail with EFBIG."""
    resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_bad_input_of_both_encodings_harms_only_itself(
    brokers: tuple[Mosquitto, Mosquitto], database: Database, tmp_path: Path
) -> None:
    city = town_of(tmp_path, brokers, database, unknown_model=0)
    bad = [one for one in hostile().values() if one.event.payload or one.reason]
    wire = _mangled()
    with city.site.worker() as worker:
        worker.until_subscribed()
        with city.flowing(400):
            texts = [(one.event.arrived_at, one.event.topic, one.event.payload) for one in bad]
            assert publish(HOST, brokers[0].port, texts, 50) == len(bad)
            assert publish(HOST, brokers[1].port, wire, 50) == len(wire)
        city.publish(1000)
        city.site.settle(city.kinds.total() + len(bad) + len(wire))
        worker.finish()
    state, kinds = city.site.honest(), city.kinds
    harmless = Counter(one.event.topic.rpartition("/")[2] for one in bad if not one.reason)
    reasons = Counter(one.reason for one in bad if one.reason) + Counter({"not_protobuf": len(wire)})
    for account in state.accounts:
        assert account.quarantined_by_reason == reasons
        assert account.stored_by_kind == kinds + harmless
    others = ALL_KINDS - {"up"}
    for rows in (city.site.rows_in_store(), city.site.rows_in_influxdb()):
        assert {kind: rows[kind] for kind in others} == {kind: kinds[kind] for kind in others}
    good = {key for traffic in city.traffics for key in traffic.published}
    for stored in (city.site.in_store(), city.site.in_influxdb()):
        assert sum(times for key, times in stored.items() if key in good) == kinds["up"]


def _mangled() -> list[tuple[int, str, bytes]]:
    """Protobuf that is none any more: cut off in a field, overwritten, and with a field's length beyond the end."""
    (_, _, whole) = next(City(5, seed=9, protobuf=True).stream(START, 1))
    broken = [whole[:-3], b"\xff" * 40, whole[:200] + b"\xff" * 30 + whole[230:], b"\x0a\x7f" + whole[2:40]]
    return [(START, TOPIC.format(f"02c17100000000{place:02x}"), payload) for place, payload in enumerate(broken)]
