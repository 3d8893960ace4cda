"""The headline counts each event once, whatever became of it at each consumer."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ingest.ledger import Cursor, Range
from ingest.status import Account, headline, union
from tests.fakes.house import House, ListSink, Way
from tests.fakes.uplinks import raw, uplink

STATES = ("stored", "quarantined", "evicted")


def account(name: str, states: Sequence[str], events: int) -> Account:
    """The account of a consumer that has read the first events and has them in these states."""
    held = frozenset(place for place, state in enumerate(states, 1) if state == "quarantined")
    gone = tuple(union(Range(place, place) for place, state in enumerate(states, 1) if state == "evicted"))
    return Account(
        name=name,
        cursor=Cursor(len(states), len(states)),
        stored=list(states).count("stored"),
        quarantined=len(held),
        evicted=sum(span.size for span in gone),
        pending=events - len(states),
        stored_by_kind={},
        quarantined_by_reason={},
        evicted_by_cause={},
        points={},
        counted_quarantined=len(held),
        held=held,
        given_up=gone,
        oldest_pending=None,
        written_at=0,
    )


def _states(events: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(STATES), max_size=events)


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0, max_value=12), st.integers(min_value=0, max_value=3), st.data())
def test_pending_goes_before_quarantined_before_evicted_before_stored(
    events: int, duplicates: int, data: st.DataObject
) -> None:
    """Held against the rule itself, event by event."""
    consumers = data.draw(st.lists(_states(events), min_size=1, max_size=3))
    accounts = [account(str(number), states, events) for number, states in enumerate(consumers)]
    bound = min(map(len, consumers))
    expected = {"stored": 0, "quarantined": 0, "evicted": 0}
    for place in range(bound):
        each = {states[place] for states in consumers}
        expected[next(state for state in ("quarantined", "evicted", "stored") if state in each)] += 1
    found = headline(events + duplicates, duplicates, accounts)
    assert found.adds_up
    assert found.pending == events - bound
    assert (found.stored, found.quarantined, found.evicted) == tuple(expected.values())


def test_without_a_consumer_everything_is_pending() -> None:
    assert headline(10, 3, []) == (10, 0, 0, 7, 3, 0)


@pytest.mark.parametrize(
    ("spans", "joined"),
    [
        ([], []),
        ([Range(1, 2), Range(3, 4)], [Range(1, 4)]),
        ([Range(5, 6), Range(1, 2)], [Range(1, 2), Range(5, 6)]),
        ([Range(1, 9), Range(3, 4), Range(9, 12)], [Range(1, 12)]),
    ],
)
def test_union(spans: list[Range], joined: list[Range]) -> None:
    assert union(spans) == joined


class Histories(RuleBasedStateMachine):
    """Two real consumers of one journal, and everything that can happen to an event."""

    folder: Path

    @initialize()
    def begin(self) -> None:
        self.number = self.folders = 0
        self.sinks = {name: ListSink(name) for name in ("influxdb", "archive")}
        for sink in self.sinks.values():
            sink.refuses = lambda point: "no" if dict(point.fields).get("f_cnt", 1.0) % 7 == 0 else ""
        self.house = self.open(type(self).folder / str(len(list(type(self).folder.iterdir()))))

    def open(self, folder: Path) -> House:
        return House(folder, {name: Way(self.sinks[name].made) for name in self.sinks}, tail_events=5)

    @rule(kinds=st.lists(st.sampled_from(["good", "bad", "unknown", "again"]), min_size=1, max_size=4))
    def take(self, kinds: list[str]) -> None:
        events = []
        for kind in kinds:
            self.number += kind != "again"
            event = uplink(self.number, model="acme/1" if kind == "unknown" else "milesight/em500-co2")
            events.append(raw(b"{") if kind == "bad" else event)
        self.house.take(events)

    @rule(name=st.sampled_from(["influxdb", "archive"]))
    def step(self, name: str) -> None:
        self.house.consumers[name].step()

    @rule(name=st.sampled_from(["influxdb", "archive"]), behind=st.integers(min_value=0, max_value=3))
    def evict(self, name: str, behind: int) -> None:
        blocks = self.house.reader.read(0, 10_000)
        if len(blocks) > behind:
            block = blocks[-1 - behind]
            self.house.consumers[name].evict(Cursor(block.last, block.ordinal), "cap")

    @rule()
    def drop(self) -> None:
        self.house.journal.drop(min(consumer.cursor.seq for consumer in self.house.consumers.values()))

    @rule(name=st.sampled_from(["influxdb", "archive"]), reason=st.sampled_from([None, "not_json", "refused"]))
    def purge(self, name: str, reason: str | None) -> None:
        self.house.consumers[name].purge(reason)

    @rule(name=st.sampled_from(["influxdb", "archive"]), taking=st.booleans())
    def replay(self, name: str, *, taking: bool) -> None:
        if taking:
            self.sinks[name].refuses = lambda _: ""
        self.house.consumers[name].replay()

    @rule()
    def restart(self) -> None:
        self.house.close()
        self.house = self.open(self.house.folder)

    @invariant()
    def adds_up(self) -> None:
        if hasattr(self, "house"):
            self.house.honest()

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.close()


def test_the_headline_adds_up_in_every_history_of_two_consumers(tmp_path: Path) -> None:
    Histories.folder = tmp_path
    run_state_machine_as_test(Histories, settings=settings(max_examples=25, stateful_step_count=20, deadline=None))
