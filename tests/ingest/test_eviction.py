"""The journal at its cap: what everybody has goes first, then the oldest, for whoever lags and for nobody else."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Thread

import pytest

from ingest.decoding.point import Point
from ingest.errors import SinkUnavailable
from ingest.ports import Refusal
from ingest.sinks.store import StoreSink
from ingest.sqlite import connect
from tests.fakes.house import House, ListSink, Way
from tests.fakes.uplinks import city


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Twenty blocks of a hundred events, and two consumers that have read none of them."""
    ways = {"influxdb": Way(lambda _: ListSink()), "store": Way(StoreSink)}
    with House(tmp_path, ways) as house:
        for seed in range(20):
            house.take(city(100, seed=seed))
        house.journal.checkpoint()
        yield house


def test_nothing_is_given_up_below_the_cap(house: House) -> None:
    room = house.evictor(house.journal.size() + 1).make_room()
    assert (room.stuck, house.reader.totals().oldest) == (False, 1)
    assert house.honest().identity.evicted == 0


def test_delivered_events_go_first_and_stay_as_long_as_they_fit(house: House) -> None:
    house.drain()
    size = house.journal.size()
    room = house.evictor(size).make_room()
    assert room.size < size
    assert not room.stuck
    oldest = house.reader.totals().oldest
    assert 1 < oldest <= 401  # a twentieth, in whole blocks, and not everything
    state = house.honest()
    assert (state.identity.evicted, state.identity.stored) == (0, 2000)


def test_the_lagging_consumers_oldest_go_for_it_alone(house: House) -> None:
    house.drain("store")
    cap = house.journal.size() * 3 // 4
    room = house.evictor(cap).make_room()
    assert room.size < cap
    lagging, other = house.account("influxdb"), house.account("store")
    assert lagging.evicted_by_cause == {"cap": lagging.cursor.ordinal}
    assert lagging.cursor.seq == house.reader.totals().oldest - 1 > 0
    assert (other.evicted, other.stored) == (0, 2000)
    house.honest()
    house.drain()
    assert house.account("influxdb").stored == 2000 - lagging.evicted
    state = house.honest()
    assert state.identity.evicted == lagging.evicted


def test_a_consumer_between_keeps_what_it_has_read(house: House) -> None:
    house.consumers["influxdb"].evict(house.reader.end_of_oldest(1), "purged")
    house.drain("store")
    house.evictor(house.journal.size() * 3 // 4).make_room()
    assert house.account("influxdb").evicted_by_cause["purged"] == 100
    house.honest()


def test_on_full_stop_nothing_undelivered_goes(house: House) -> None:
    house.drain("store")
    cap = house.journal.size() * 3 // 4
    evictor = house.evictor(cap, stop_when_full=True)
    assert evictor.make_room().stuck
    assert house.reader.totals().oldest == 1
    assert house.honest().identity.evicted == 0
    house.drain()
    assert not evictor.make_room().stuck
    assert house.reader.totals().oldest > 1
    assert house.honest().identity.stored == 2000


def test_a_consumer_at_a_write_is_waited_for_by_nobody(house: House) -> None:
    consumer = house.consumers["influxdb"]
    cap = house.journal.size() // 2
    asked: list[bool] = []

    class Evicts(ListSink):
        def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
            thread = Thread(target=house.evictor(cap).make_room)
            thread.start()
            thread.join(10)
            asked.append(thread.is_alive())
            if len(asked) == 1:
                raise SinkUnavailable("no answer")
            return super().write(points)

    consumer._sink = Evicts()
    consumer._nudged.wait = lambda timeout=None: not timeout  # type: ignore[method-assign]
    consumer.step()
    assert asked == [False, False]
    assert house.reader.totals().oldest == 1
    assert house.honest().identity.evicted == 0


def test_what_is_dropped_stays_in_the_count(house: House) -> None:
    house.drain()
    for _ in range(10):
        house.evictor(house.journal.size()).make_room()
    totals = house.reader.totals()
    assert totals.sealed_received == totals.oldest - 1 > 500
    assert totals.received == 2000
    house.honest()


def test_whoever_reads_an_old_state_for_long_holds_nothing_up(house: House) -> None:
    """A backup does, of every file."""
    house.drain("store")
    with ExitStack() as readers:
        for path in sorted(house.folder.glob("*.db")):
            db = readers.enter_context(closing(connect(path, durable=False, read_only=True)))
            db.execute("BEGIN")
            db.execute("SELECT count(*) FROM tally").fetchone()
        house.drain()
        keeper = house.evictor(house.journal.size() * 3 // 4, stop_when_full=True)
        assert not keeper.make_room().stuck
        assert house.reader.totals().oldest > 1
    house.honest()
