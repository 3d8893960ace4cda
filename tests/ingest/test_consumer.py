"""A consumer: one transaction a batch, every event counted once, whatever its sink does."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.uplink import Event
from ingest.consumer.batch import EVER, Batch
from ingest.consumer.consumer import Consumer
from ingest.consumer.desk import Health
from ingest.consumer.feed import Kept, Taken
from ingest.decoding.decoding import Outcome
from ingest.decoding.point import Point
from ingest.devices import Device, Directory
from ingest.errors import SinkUnavailable
from ingest.journal.entry import Entry
from ingest.ledger import Cursor
from ingest.ports import Refusal
from ingest.quarantine import Case
from tests.fakes.house import NOW, STORE, House, ListSink, Way
from tests.fakes.uplinks import SECOND, START, city, raw, uplink


class Pauses(threading.Event):
    """In the place of what a consumer waits on: nobody waits, and what would have been waited is noted."""

    def __init__(self, consumer: Consumer) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self.health: list[Health] = []
        self._consumer = consumer

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout or 0.0)
        self.health.append(self._consumer.health)
        return self.is_set()


class Moody(ListSink):
    """A sink that raises these, one a write, before it takes anything."""

    def __init__(self, *moods: Exception) -> None:
        super().__init__()
        self.moods = list(moods)
        self.sizes: list[int] = []

    def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        self.sizes.append(len(points))
        if self.moods:
            raise self.moods.pop(0)
        return super().write(points)


def one_way(sink: ListSink, retention: int | None = None) -> dict[str, Way]:
    """A house's only consumer."""
    return {sink.name: Way(lambda _: sink, retention)}


def test_every_event_is_stored_with_all_its_points(tmp_path: Path) -> None:
    sink = ListSink()
    with House(tmp_path, one_way(sink)) as house:
        house.take(city(120))
        house.take(city(80, seed=2))
        house.drain()
        account = house.account("influxdb")
        assert account.stored_by_kind == {"up": 200}
        assert account.points == {"made": len(sink.points), "written": len(sink.points)}
        assert sum(measurement == "radio" for measurement, _, _ in sink.points) == 200
        assert house.consumers["influxdb"].health == Health()
        assert account.written_at == NOW
        house.honest()


def test_a_duplicate_is_neither_stored_nor_counted_by_a_consumer(tmp_path: Path) -> None:
    sink = ListSink()
    with House(tmp_path, one_way(sink)) as house:
        house.take([uplink(1), uplink(1), uplink(2)])
        house.drain()
        identity = house.honest().identity
        assert (identity.received, identity.duplicate, identity.stored) == (3, 1, 2)
        assert house.consumers["influxdb"].cursor == Cursor(3, 2)


def test_a_sink_in_trouble_keeps_the_batch_and_says_so(tmp_path: Path) -> None:
    sink = Moody(
        SinkUnavailable("no answer"),
        SinkUnavailable("asked to wait", retry_after=120.0),
        SinkUnavailable("asked to be quick", retry_after=0.001),
        SinkUnavailable("locked out", "set a token", alarm=True),
    )
    with House(tmp_path, one_way(sink)) as house:
        consumer = house.consumers["influxdb"]
        consumer._nudged = pauses = Pauses(consumer)
        house.take([uplink(1), raw(b"{")])
        assert consumer.step()
        assert sink.sizes == [3] * 5
        assert [health.trouble for health in pauses.health] == [
            "no answer", "asked to wait", "asked to be quick", "locked out",
        ]  # fmt: skip
        assert [health.alarm for health in pauses.health] == [False, False, False, True]
        assert pauses.health[-1].hint == "set a token"
        assert 0.4 <= pauses.seconds[0] <= 0.6
        assert pauses.seconds[1] == 120.0
        assert 1.6 <= pauses.seconds[2] <= 2.4
        assert consumer.health == Health()
        account = house.account("influxdb")
        assert (account.stored, account.quarantined, account.points["written"]) == (1, 1, 3)
        house.honest()


def test_the_pauses_double_up_to_a_minute(tmp_path: Path) -> None:
    sink = Moody(*[SinkUnavailable("no answer")] * 12)
    with House(tmp_path, one_way(sink)) as house:
        consumer = house.consumers["influxdb"]
        consumer._nudged = pauses = Pauses(consumer)
        house.take([uplink(1)])
        house.drain()
        assert max(pauses.seconds) <= 72.0
        assert pauses.seconds[-1] >= 48.0
        assert all(later > earlier for earlier, later in zip(pauses.seconds[:6], pauses.seconds[1:7], strict=True))


def test_every_failed_attempt_is_told_and_then_the_end(tmp_path: Path) -> None:
    told: list[str] = []
    sink = Moody(*[SinkUnavailable(words) for words in ("a", "a", "b")])
    with House(tmp_path, one_way(sink)) as house:
        consumer = house.consumers["influxdb"]
        consumer._on_trouble = lambda name, error: told.append(f"{name}: {error}")
        consumer._nudged = Pauses(consumer)
        house.take([uplink(1)])
        house.drain()
        assert told == ["influxdb: a", "influxdb: a", "influxdb: b", "influxdb: None"]
        assert consumer.failures == 3


def test_what_the_sink_took_before_a_crash_is_written_again_and_counted_once(tmp_path: Path) -> None:
    class Dies(ListSink):
        def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
            super().write(points)
            raise KeyboardInterrupt  # as little of the transaction as SIGKILL leaves

    sink = Dies()
    with House(tmp_path, one_way(sink)) as house:
        house.take(city(50))
        with pytest.raises(KeyboardInterrupt):
            house.consumers["influxdb"].step()
        assert house.account("influxdb").points == {}
        assert house.honest().identity.pending == 50
    again = ListSink()
    again.points = dict(sink.points)
    with House(tmp_path, one_way(again)) as house:
        house.drain()
        assert again.points == sink.points
        assert house.honest().identity.stored == 50


def test_only_the_events_of_refused_points_are_quarantined_and_the_rest_of_their_points_stored(tmp_path: Path) -> None:
    sink = ListSink()
    sink.refuses = lambda point: f"no {point.time}" if point.measurement == "device" and point.time % 2 else ""
    with House(tmp_path, one_way(sink)) as house:
        house.take([uplink(f_cnt, at=START + f_cnt * SECOND) for f_cnt in range(10)])
        house.drain()
        cases = house.consumers["influxdb"].quarantine.cases()
        assert [(case.seq, case.reason) for case in cases] == [(seq, "refused") for seq in (2, 4, 6, 8, 10)]
        assert all(case.detail.startswith("no ") for case in cases)
        account = house.account("influxdb")
        assert (account.stored, account.quarantined) == (5, 5)
        assert account.points == {"made": 30, "written": 25, "refused": 5}
        assert len(sink.points) == 25
        house.honest()


def test_points_older_than_the_retention_are_not_sent(tmp_path: Path) -> None:
    sink = ListSink()
    history = "20ce" + ((NOW - 3 * 3600 * SECOND) // SECOND).to_bytes(4, "little").hex() + "67046827190173"
    old = [{"gatewayId": "02c171ffff000001", "nsTime": "2020-01-01T00:00:00Z"}]
    with House(tmp_path, one_way(sink, 3600 * SECOND)) as house:
        house.take([uplink(1), uplink(2, rxInfo=old), uplink(3, "ff0bff" + history), raw(b"{")])
        house.drain()
        account = house.account("influxdb")
        assert account.evicted_by_cause == {"retention": 1}  # nothing of the second is young enough
        assert (account.stored, account.quarantined) == (2, 1)
        assert account.points["late"] == 3 + 1
        assert min(time for _, _, time in sink.points) >= NOW - 3600 * SECOND
        house.honest()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.booleans(), max_size=4), min_size=1, max_size=8), st.data())
def test_a_refusal_finds_the_event_that_its_point_belongs_to(events: list[list[bool]], data: st.DataObject) -> None:
    """`events` has for each of its points whether it is too old to be sent."""
    entry = Entry("t", b"", "s", 0, 0)
    oldest = data.draw(st.sampled_from([None, 1000]))
    kept = [
        Kept(index, index, entry, Outcome("up", tuple(_point(-5 if late else 1000 + index) for late in points)))
        for index, points in enumerate(events)
    ]
    owners = [
        index for index, points in enumerate(events) for late in points if oldest is None or not late
    ]  # fmt: skip
    points = [point for event in kept for point in event.outcome.points if oldest is None or point.time >= oldest]
    batch = Batch(Cursor(0, 0), kept, points, 0, EVER if oldest is None else oldest)
    refused = data.draw(st.sets(st.sampled_from(range(len(points))))) if points else set()
    refusals = [Refusal(index, f"point {index}") for index in sorted(refused)]
    expected = {owners[index]: f"point {index}" for index in sorted(refused, reverse=True)}
    assert batch.owners(refusals) == expected


def _point(time: int) -> Point:
    return Point("radio", ("d", "s", "w", "m", "g"), (("f_cnt", 1.0),), time)


# Evictions.


def test_what_is_evicted_while_its_sink_is_in_trouble_is_given_up_and_not_stored(tmp_path: Path) -> None:
    sink = Moody(SinkUnavailable("no answer"))
    with House(tmp_path, one_way(sink)) as house:
        consumer = house.consumers["influxdb"]
        house.take([uplink(1), uplink(2)])
        house.take([uplink(3)])

        class EvictsMeanwhile(Pauses):
            def wait(self, timeout: float | None = None) -> bool:
                assert consumer.evict(Cursor(2, 2), "cap")
                return super().wait(timeout)

        consumer._nudged = EvictsMeanwhile(consumer)
        house.drain()
        account = house.account("influxdb")
        assert account.evicted_by_cause == {"cap": 2}
        assert account.stored == 1
        assert {dict(point.fields)["f_cnt"] for point in sink.points.values() if point.measurement == "radio"} == {3.0}
        house.honest()


def test_what_is_evicted_between_reading_and_writing_is_not_stored(tmp_path: Path) -> None:
    sink = ListSink()
    with House(tmp_path, one_way(sink)) as house:
        consumer = house.consumers["influxdb"]
        house.take([uplink(1), uplink(2)])
        make = consumer._batch

        def evicts_first(taken: Taken) -> Batch:
            assert consumer.evict(Cursor(2, 2), "cap")
            return make(taken)

        consumer._batch = evicts_first  # type: ignore[method-assign]
        consumer.step()
        assert sink.points == {}
        assert house.account("influxdb").evicted == 2
        house.honest()


def test_what_is_evicted_just_before_its_write_is_not_stored(tmp_path: Path) -> None:
    sink = ListSink()
    with House(tmp_path, one_way(sink)) as house:
        consumer = house.consumers["influxdb"]
        house.take([uplink(1), uplink(2)])
        write = consumer._write

        def evicts_first(batch: Batch, before: Cursor) -> bool:
            assert consumer.evict(Cursor(2, 2), "cap")
            return write(batch, before)

        consumer._write = evicts_first  # type: ignore[method-assign]
        consumer.step()
        assert sink.points == {}
        assert house.account("influxdb").evicted == 2
        house.honest()


def test_whoever_is_at_a_write_is_asked_later_and_nobody_waits(tmp_path: Path) -> None:
    answers: list[bool] = []

    class Asks(ListSink):
        def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
            asking = threading.Thread(
                target=lambda: answers.extend([consumer.evict(Cursor(1, 1), "cap"), consumer.settle()])
            )
            asking.start()
            asking.join(5)
            assert not asking.is_alive()
            return super().write(points)

    with House(tmp_path, one_way(Asks())) as house:
        consumer = house.consumers["influxdb"]
        house.take([uplink(1)])
        house.drain()
        assert answers == [False, False]
        assert consumer.settle()
        assert house.honest().identity.stored == 1


def test_a_new_consumer_counts_what_the_journal_gave_up_before_it_came(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([uplink(1), uplink(1), uplink(2)])
        house.take([uplink(3)])
        house.drain()
        house.journal.drop(3)
    sink = ListSink()
    with House(tmp_path, {**one_way(sink), "store": STORE["store"]}) as house:
        house.drain()
        account = house.account("influxdb")
        assert account.evicted_by_cause == {"gone": 2}
        assert account.stored == 1
        assert house.account("store").evicted == 0
        house.honest()


# Stopping.


@pytest.mark.timeout(20)
def test_stop_ends_the_wait_for_a_sink_and_the_batch_stays(tmp_path: Path) -> None:
    sink = ListSink()
    sink.trouble = SinkUnavailable("asked to wait", retry_after=3600.0)
    with House(tmp_path, one_way(sink)) as house:
        consumer = house.consumers["influxdb"]
        house.take([uplink(1)])
        running = threading.Thread(target=consumer.run)
        running.start()
        while not consumer.health.trouble:
            pass
        consumer.stop()
        running.join(5)
        assert not running.is_alive()
        assert house.honest().identity.pending == 1
    assert sink.closed


# Quarantine.


def test_replay_stores_what_can_be_decoded_now_and_leaves_the_rest(tmp_path: Path) -> None:
    sink = ListSink()
    with House(tmp_path, one_way(sink)) as house:
        house.take([uplink(1, model=None), uplink(2, model="acme/1"), raw(b"{"), uplink(3)])
        house.drain()
        consumer = house.consumers["influxdb"]
        assert {group.reason: group.count for group in consumer.quarantine.groups()} == {
            "no_model": 1, "unknown_model": 1, "not_json": 1,
        }  # fmt: skip
        assert consumer.replay() == (0, 3)
        house.feed.decode._resolve = Directory([Device("02c1710000000001", model="milesight/em500-co2")]).resolve
        assert consumer.replay("no_model") == (1, 0)
        assert consumer.replay() == (1, 1)
        account = house.account("influxdb")
        assert (account.stored, account.quarantined) == (3, 1)
        assert sum(measurement == "environment" for measurement, _, _ in sink.points) == 3
        assert sum(measurement == "radio" for measurement, _, _ in sink.points) == 3
        house.honest()


def test_replay_of_refused_points(tmp_path: Path) -> None:
    sink = ListSink()
    sink.refuses = lambda point: "no" if point.measurement == "device" else ""
    with House(tmp_path, one_way(sink)) as house:
        house.take([uplink(1), uplink(2)])
        house.drain()
        consumer = house.consumers["influxdb"]
        assert consumer.replay() == (0, 2)
        house.honest()
        sink.trouble = SinkUnavailable("no answer")
        with pytest.raises(SinkUnavailable):
            consumer.replay()
        assert house.honest().identity.quarantined == 2
        sink.trouble = None
        sink.refuses = lambda _: ""
        assert consumer.replay("refused") == (2, 0)
        assert house.honest().identity.stored == 2
        assert len(sink.points) == 6


def test_purge_counts_as_evicted(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([raw(b"{"), raw(b"nothing"), uplink(1, model=None), uplink(2)])
        house.drain()
        consumer = house.consumers["store"]
        assert consumer.purge("not_json") == 2
        assert house.honest().accounts[0].evicted_by_cause == {"purged": 2}
        assert consumer.purge() == 1
        assert consumer.purge() == 0
        identity = house.honest().identity
        assert (identity.stored, identity.quarantined, identity.evicted) == (1, 0, 3)


def test_a_case_that_a_quota_pushes_out_during_a_replay_is_counted_once(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([uplink(1, model=None)])
        house.drain()
        consumer = house.consumers["store"]
        house.feed.decode._resolve = Directory([Device("02c1710000000001", model="milesight/em500-co2")]).resolve
        read = consumer.quarantine.cases

        def purged_then(reason: str | None = None, after: int = 0, limit: int = 1000) -> list[Case]:
            cases = read(reason, after, limit)
            consumer.quarantine.cases = read  # type: ignore[method-assign]
            consumer.purge()
            return cases

        consumer.quarantine.cases = purged_then  # type: ignore[method-assign]
        assert consumer.replay() == (0, 1)
        identity = house.honest().identity
        assert (identity.stored, identity.quarantined, identity.evicted) == (0, 0, 1)


def test_a_sink_that_swallows_points_is_noticed(tmp_path: Path) -> None:
    class Swallows(ListSink):
        def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
            return super().write(points[:-1])

    with House(tmp_path, one_way(Swallows())) as house:
        house.take([uplink(1)])
        house.drain()
        assert house.faults() == [
            "influxdb: 3 points were made, but 2 written, refused or too old: 1 are missing"
        ]  # fmt: skip


def events(*f_cnts: int) -> list[Event]:
    """Uplinks of one device."""
    return [uplink(f_cnt) for f_cnt in f_cnts]


def test_consumers_do_not_wait_for_each_other(tmp_path: Path) -> None:
    slow = ListSink()
    with House(tmp_path, {**one_way(slow), "store": STORE["store"]}) as house:
        house.take(events(1, 2))
        house.drain("store")
        state = house.honest()
        assert [account.pending for account in state.accounts] == [2, 0]
        assert (state.identity.pending, state.identity.stored) == (2, 0)
        house.drain("influxdb")
        assert house.honest().identity.stored == 2
