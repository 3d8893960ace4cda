"""Intake's thread: what is acknowledged, when, and what happens while the disk takes nothing."""

import errno
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from gateways.chirpstack.events import parse
from gateways.handover import Handover, Incident, SessionOpened
from gateways.uplink import Event
from ingest.intake.intake import Intake
from ingest.journal.entry import Verdict
from ingest.pipeline import Pipeline
from tests.fakes.house import NOW, House
from tests.fakes.uplinks import SECOND, START, city, raw, uplink

pytestmark = pytest.mark.timeout(30)


class Rig:
    """A pipeline over a real journal, in its own thread, and what it acknowledged."""

    def __init__(self, house: House, cap: int = 1 << 30, *, stop_when_full: bool = False) -> None:
        self.house = house
        self.acknowledged: list[Handover] = []
        evictor = house.evictor(cap, stop_when_full=stop_when_full)
        self.pipeline = Pipeline(house.intake, house.journal, house.feed, evictor, lambda: NOW)
        self.pipeline.acknowledge_to({"main": self.acknowledged.append})
        self.thread = threading.Thread(target=self.pipeline.run)

    def hand_over(self, events: list[Event]) -> Handover:
        """Events of one delivery."""
        handover = Handover("main", 1, events, list(range(1, len(events) + 1)))
        self.pipeline.report(handover)
        return handover

    def stop(self) -> None:
        """As a worker stops."""
        self.pipeline.stop()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A data directory."""
    with House(tmp_path) as house:
        yield house


def until(done: Callable[[], object]) -> None:
    """Wait until it is so; the test's timeout ends it otherwise."""
    while not done():
        time.sleep(0.01)


@pytest.fixture
def full(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Callable[[], None]]:
    """Lets the disk be full for these methods of the journal; gives what frees it."""
    monkeypatch.setattr("ingest.pipeline.RETRY_SECONDS", 0.02)

    def refuses(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def fill(*methods: str) -> Callable[[], None]:
        for method in methods:
            setattr(house.journal, method, refuses)

        def free() -> None:
            for method in methods:
                delattr(house.journal, method)

        return free

    return fill


Full = Callable[..., Callable[[], None]]


def test_what_is_acknowledged_is_in_the_journal_before(house: House) -> None:
    rig = Rig(house)
    in_journal: list[int] = []

    def look(_: Handover) -> None:
        reader = house.journal.reader()
        in_journal.append(reader.totals().received)
        reader.close()

    rig.pipeline.acknowledge_to({"main": look})
    rig.thread.start()
    for size in (1, 2, 3):
        rig.hand_over(city(size, seed=size))
        until(lambda size=size: len(in_journal) == size)  # type: ignore[misc]
    rig.stop()
    assert in_journal == [1, 3, 6]


def test_all_that_has_come_is_kept_and_acknowledged_before_it_ends(house: House) -> None:
    rig = Rig(house)
    handed = [rig.hand_over(city(70, seed=seed)) for seed in range(20)]
    rig.pipeline.stop()
    rig.thread.start()
    rig.stop()
    assert rig.acknowledged == handed
    totals = house.reader.totals()
    assert totals.received == 1400
    assert max(len(block.entries) for block in house.reader.read(0, 10_000)) == 500


def test_events_of_a_source_that_wants_no_answer_are_kept(house: House) -> None:
    rig = Rig(house)
    rig.pipeline.report(Handover("file", 0, city(3), [0, 0, 0]))
    rig.pipeline.stop()
    rig.pipeline.run()
    assert house.reader.totals().received == 3


def test_nothing_is_acknowledged_while_the_disk_takes_nothing(house: House, full: Full) -> None:
    free = full("append", "remember")
    rig = Rig(house)
    rig.thread.start()
    handed = rig.hand_over(city(30))
    until(lambda: rig.pipeline.blocked)
    assert rig.pipeline.blocked is not None
    assert "No space left" in rig.pipeline.blocked.reason
    later = rig.hand_over(city(20, seed=5))
    time.sleep(0.2)
    assert rig.acknowledged == []
    free()
    until(lambda: len(rig.acknowledged) == 2)
    rig.stop()
    assert rig.acknowledged == [handed, later]
    assert not rig.pipeline.blocked
    house.drain()
    identity = house.honest().identity
    assert (identity.received, identity.duplicate, identity.stored) == (50, 0, 50)


def test_what_was_not_kept_when_it_is_told_to_stop_is_no_duplicate_later(house: House, full: Full) -> None:
    """A journal at its cap takes what intake knows, and not the events that it knows it from."""
    full("append")
    rig = Rig(house)
    rig.thread.start()
    events = [uplink(1), uplink(2)]
    rig.hand_over(events)
    until(lambda: rig.pipeline.blocked)
    rig.stop()
    assert rig.acknowledged == []
    fresh = Intake(parse)
    fresh.recall(house.reader)
    assert [fresh.judge(event).entry.verdict for event in events] == [Verdict.KEPT, Verdict.KEPT]


def test_what_could_not_be_remembered_is_remembered_later(house: House, full: Full) -> None:
    free = full("remember")
    rig = Rig(house)
    rig.hand_over([uplink(1)])
    rig.pipeline.stop()
    rig.pipeline.run()  # ends, although it could not write that down
    assert house.reader.devices() == (0, {})
    free()
    rig.pipeline.stop()
    rig.pipeline.run()
    assert list(house.reader.devices()[1]) == [0x02C1_7100_0000_0001]


def test_a_journal_at_its_cap_that_may_give_up_nothing_blocks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.pipeline.RETRY_SECONDS", 0.02)
    monkeypatch.setattr("ingest.pipeline.ROOM_SECONDS", 0.02)
    rig = Rig(house, house.journal.size() + 100_000, stop_when_full=True)
    rig.thread.start()
    sent = 0
    while not rig.pipeline.blocked:
        rig.hand_over(city(100, seed=sent))
        sent += 1
        until(lambda: len(rig.acknowledged) == sent or rig.pipeline.blocked)  # noqa: B023
    assert "on_full" in rig.pipeline.blocked.reason
    assert len(rig.acknowledged) < sent + 1
    house.drain()  # and then there is room
    until(lambda: len(rig.acknowledged) == sent)
    rig.stop()
    house.drain()
    identity = house.honest().identity
    assert (identity.stored, identity.evicted) == (100 * sent, 0)


@pytest.mark.parametrize("stop_when_full", [True, False])
def test_what_is_known_outlives_the_blocks_that_it_was_learned_from(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    stop_when_full: bool,  # noqa: FBT001
) -> None:
    """A crash after they were dropped: nothing was written down on the way out."""
    monkeypatch.setattr("ingest.pipeline.RETRY_SECONDS", 0.02)
    monkeypatch.setattr("ingest.pipeline.ROOM_SECONDS", 0.02)
    conn = raw(b'{"gatewayId":"02c171ffff000001","state":"ONLINE"}', topic="r/gateway/02c171ffff000001/state/conn")
    first = [conn, uplink(1)]
    rig = Rig(house, house.journal.size() + 100_000, stop_when_full=stop_when_full)
    rig.thread.start()
    rig.hand_over(first)
    until(lambda: rig.acknowledged)
    for seed in count(1):
        rig.hand_over(city(100, seed=seed))
        until(lambda: len(rig.acknowledged) == 1 + seed or rig.pipeline.blocked)  # noqa: B023
        house.drain()
        until(lambda: len(rig.acknowledged) == 1 + seed)  # noqa: B023
        if house.reader.totals().oldest > len(first):
            break
    fresh, reader = Intake(parse), house.journal.reader()
    fresh.recall(reader)
    reader.close()
    assert [fresh.judge(event).entry.verdict for event in first] == [Verdict.DUPLICATE] * 2
    rig.stop()
    house.honest()


def test_incidents_and_sessions_are_noted(house: House) -> None:
    rig = Rig(house)
    for report in (
        SessionOpened("main", "citylora-main", ("application/+/device/+/event/+", "a/#")),
        Incident("main", "connection_lost", "first"),
        Incident("main", "connection_lost", "second"),
    ):
        rig.pipeline.report(report)
    rig.pipeline.stop()
    rig.pipeline.run()
    assert house.reader.sessions() == {"main": "citylora-main"}
    assert house.reader.subscriptions() == {"main": ("application/+/device/+/event/+", "a/#")}
    assert house.reader.incidents() == [("connection_lost", "main", 2, NOW, "second")]


# What it tells intake of where frames get lost.


def test_a_lost_session_is_known_before_the_events_that_follow_it(house: House) -> None:
    rig = Rig(house)
    rig.pipeline.report(Handover("main", 1, [uplink(0), uplink(1, at=START + 600 * SECOND)], [1, 2]))
    rig.pipeline.report(Incident("main", "session_lost", "forgotten"))
    rig.pipeline.report(Handover("main", 2, [uplink(3, at=START + 1800 * SECOND)], [1], 2))
    rig.pipeline.stop()
    rig.pipeline.run()
    assert house.state().missing == {"network": 1, "radio": 0, "lost": 0, "unknown": 0}
    assert len(rig.acknowledged) == 2
    fresh = Intake(parse)
    fresh.recall(house.reader)
    assert fresh._network == house.intake._network


def test_events_that_were_handed_over_and_never_came_are_an_incident(house: House) -> None:
    rig = Rig(house)
    first, last = (uplink(f_cnt, at=START + 600 * SECOND * f_cnt) for f_cnt in (0, 2))
    rig.pipeline.report(Handover("main", 1, [first], [1], 0))
    rig.pipeline.report(Handover("main", 1, [last], [3], 2))
    rig.pipeline.stop()
    rig.pipeline.run()
    rig.pipeline.stop()
    rig.pipeline.run()  # the incident went to the inbox
    assert house.state().missing == {"network": 0, "radio": 0, "lost": 1, "unknown": 0}
    ((kind, source, count, _, detail),) = house.reader.incidents()
    assert (kind, source, count) == ("lost_events", "main", 1)
    assert detail.startswith("1 events have got lost inside citylora")


def test_a_source_that_counts_from_the_beginning_again_has_lost_nothing(house: House) -> None:
    rig = Rig(house)
    for number, f_cnt in ((0, 0), (1, 1), (0, 2), (1, 3)):
        rig.pipeline.report(Handover("main", 1, [uplink(f_cnt)], [1], number))
    rig.pipeline.stop()
    rig.pipeline.run()
    assert house.reader.incidents() == []


@pytest.mark.parametrize(("mid", "expected"), [(7, "unknown"), (0, "network")])
def test_what_is_sent_while_we_are_away_is_lost_where_nothing_is_queued(house: House, mid: int, expected: str) -> None:
    """The quality of service of an uplink is known by its packet id; a gateway's report says nothing of it."""
    rig = Rig(house)
    stats = Event("main", "as923/gateway/02c171ffff000001/event/stats", b"{}", START)
    rig.pipeline.report(Handover("main", 1, [uplink(0), uplink(1, at=START + 600 * SECOND)], [mid, mid]))
    rig.pipeline.report(Handover("main", 1, [stats], [7], 2))
    rig.pipeline.report(Incident("main", "connection_lost", "gone"))
    rig.pipeline.report(SessionOpened("main", "citylora-main"))
    rig.pipeline.report(Handover("main", 2, [uplink(3, at=START + 1800 * SECOND)], [mid], 3))
    rig.pipeline.stop()
    rig.pipeline.run()
    missing = house.state().missing
    assert missing.pop(expected) == 1
    assert set(missing.values()) == {0}
