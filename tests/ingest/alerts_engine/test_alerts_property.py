"""Whatever comes, in whatever order: what may be relied on of alerts and of their history."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.alerts.rule import Aggregate, Difference, Rate, Total
from tests.fakes.alert_rules import LEVEL, MINUTE, SECOND, START, City, heard, row, rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from ingest.alerts.alert import Change, Waiting
    from ingest.alerts.heard import Heard
    from ingest.alerts.rule import Rule

SITES = {"s1": "east", "s2": "west", "s3": "east"}
"""Each site and its source."""

PLAIN = (
    rule(above=2.0, clear=1.0, name="prompt", settle=3 * MINUTE),
    rule(below=0.0, name="below", settle=0),
    rule(above=2.0, clear=1.0, name="held", hold=2 * MINUTE, settle=MINUTE),
    rule(above=2.0, clear=1.0, name="often", n=2, of=4),
    rule(above=2.0, clear=1.0, name="lost", hold=MINUTE, settle=MINUTE, forget=3 * MINUTE),
    rule(above=2.0, clear=1.0, name="given up", settle=MINUTE, forget=2 * MINUTE),
    rule(above=2.0, name="night", hours=(21 * 60 + 20, 21 * 60 + 30), settle=MINUTE),
)
COUNTING = (
    rule(Rate(LEVEL, 5 * MINUTE, MINUTE), above=1.0, name="rate", settle=MINUTE),
    rule(Total(LEVEL, 4 * MINUTE), above=5.0, name="total", settle=MINUTE),
    rule(Difference(LEVEL, "s1", "s3", 3 * MINUTE), above=1.0, name="difference", settle=MINUTE),
    rule(Aggregate(LEVEL, "mean", 5 * MINUTE, least=1), above=2.0, name="mean", settle=MINUTE),
    rule(Aggregate(LEVEL, "max", 5 * MINUTE, least=2), above=2.0, name="max", settle=MINUTE, forget=3 * MINUTE),
    rule(Difference(LEVEL, "s1", "s3", 3 * MINUTE), below=-1.0, name="lower", settle=MINUTE, forget=2 * MINUTE),
)


class Reading(NamedTuple):
    site: str
    device: str
    at: int
    value: float
    delays: tuple[int, int]


def readings(sites: Sequence[str] = tuple(SITES)) -> st.SearchStrategy[list[Reading]]:
    """Of some minutes, no two of a device at one time; each with two delays within which it may arrive."""
    delay = st.integers(0, 60).map(lambda seconds: seconds * SECOND)
    reading = st.builds(
        lambda site, number, second, value, delays: Reading(
            site, f"{site}-{number}", second * 10 * SECOND, value, delays
        ),
        st.sampled_from(sites),
        st.integers(0, 1),
        st.integers(0, 120),
        st.sampled_from([-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0]),
        st.tuples(delay, delay),
    )
    return st.lists(reading, max_size=40, unique_by=lambda one: (one.device, one.at))


def arriving(found: Sequence[Reading], which: int) -> list[Heard]:
    """As they come with the one delay or the other."""
    ordered = sorted(found, key=lambda one: (one.at + one.delays[which], one.device))
    return [
        heard(
            row(one.at, one.device, one.site, water_level=one.value),
            at=one.at + one.delays[which],
            source=SITES[one.site],
        )
        for one in ordered
    ]


def run(rules: Sequence[Rule], events: Sequence[Heard], size: int, city: City | None = None) -> City:
    """All of them in batches, and long after that."""
    city = city or City(rules)
    for first in range(0, len(events), size):
        city.hear(*events[first : first + size])
    finish(city)
    return city


def finish(city: City) -> None:
    for minute in (60, 120):
        for source in sorted(set(SITES.values())):
            city.quiet(minute * MINUTE, source)


def alternate(city: City) -> None:
    """Never two firings without an end between, never an end without a beginning, and of the same alert."""
    by_watch = defaultdict(list)
    for change in city.changes:
        by_watch[change.rule, change.scope.key].append(change)
    for changes in by_watch.values():
        assert changes[0].phase == "firing"
        for before, after in pairwise(changes):
            assert before.phase != after.phase
            if after.phase == "resolved":
                assert before.alert == after.alert
                assert before.opened == after.opened <= after.time
            else:
                assert after.opened > before.opened
                assert after.alert != before.alert


wild = st.lists(
    st.tuples(
        st.sampled_from(tuple(SITES)),
        st.integers(0, 1),
        st.integers(0, 1200),
        st.integers(-30, 400),
        st.sampled_from([-1.0, 0.5, 1.0, 2.0, 3.0]),
        st.sampled_from(["", "", "", "again", "tick", "revised", "gone", "restart"]),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(wild)
def test_no_two_firings_without_an_end_between_whatever_comes(
    steps: list[tuple[str, int, int, int, float, str]],
) -> None:
    city, clock = City((*PLAIN, *COUNTING)), 0
    for site, number, second, delay, value, also in steps:
        source, clock = SITES[site], max(clock, second + delay)
        point = row(second * SECOND, f"{site}-{number}", site, water_level=value)
        one = heard(point, at=(second + delay) * SECOND, source=source)
        city.hear(one)
        if also == "again":
            city.hear(one, one)
        elif also == "tick":
            city.quiet(clock * SECOND, source)  # one that is put back has its own test
        elif also in {"revised", "gone"}:
            changed = (("water_level", 3.0 - value),)
            fields, gone = (changed, ()) if also == "revised" else ((), ("water_level",))
            again = msgspec.structs.replace(point, fields=fields, revises=True, gone=gone)
            city.hear(heard(again, at=(second + delay) * SECOND, source=source))
        elif also == "restart":
            city.restart()
    finish(city)
    alternate(city)
    assert not city.failed


@settings(max_examples=60, deadline=None)
@given(readings(), st.integers(1, 7), st.integers(1, 7))
def test_the_history_is_the_same_for_every_order_of_arrival(found: list[Reading], one: int, other: int) -> None:
    cities = [run(PLAIN, arriving(found, which), size) for which, size in enumerate((one, other))]
    assert cities[0].history == cities[1].history
    assert not cities[0].counts
    for city in cities:
        alternate(city)
    assert told_at_the_watermark(cities[0]) == told_at_the_watermark(cities[1])
    assert waited(cities[0]) == waited(cities[1])


def waited(city: City) -> list[Waiting]:
    """What was pending, in order: it begins and ends by turns, at each scope of each rule."""
    found = sorted(city.waiting, key=lambda one: (one.rule, one.scope, one.time, one.opened, not one.pending))
    for before, after in pairwise(found):
        if (before.rule, before.scope) == (after.rule, after.scope):
            assert before.pending is not after.pending
            assert after.pending or before.alert == after.alert
    return found


def told_at_the_watermark(city: City) -> list[Change]:
    """Rules that wait for it tell the same in every order, too."""
    return by_time([change for change in city.changes if change.rule in {"held", "often", "lost"}])


def by_time(changes: Sequence[Change]) -> list[Change]:
    """Which watch's comes first, where both are told at once, means nothing."""
    return sorted(changes, key=lambda one: (one.time, one.rule, one.scope))


@settings(max_examples=60, deadline=None)
@given(readings(("s1", "s3")), st.integers(1, 7), st.integers(1, 7))
def test_so_it_is_for_what_is_worked_out_of_several_values(found: list[Reading], one: int, other: int) -> None:
    cities = [run(COUNTING, arriving(found, which), size) for which, size in enumerate((one, other))]
    assert cities[0].history == cities[1].history
    assert by_time(cities[0].changes) == by_time(cities[1].changes)


@settings(max_examples=60, deadline=None)
@given(readings())
def test_the_history_is_what_the_readings_say_in_their_order(found: list[Reading]) -> None:
    city = run(PLAIN, arriving(found, 0), 3)
    for site in SITES:
        own = sorted((one.at, one.device, one.value) for one in found if one.site == site)
        spans = [
            (since - START, until - START if until else 0)
            for (name, scope, since), until in city.history.items()
            if (name, scope) == ("prompt", f"site:{site}")
        ]
        assert sorted(spans) == hysteresis([(at, value) for at, _device, value in own])


def hysteresis(samples: Sequence[tuple[int, float]]) -> list[tuple[int, int]]:
    """From 2.0 up to under 1.0, in the plainest way."""
    spans: list[tuple[int, int]] = []
    since = -1
    for at, value in samples:
        if since < 0 and value >= 2.0:
            since = at
        elif since >= 0 and value < 1.0:
            spans.append((since, at))
            since = -1
    return sorted([*spans, (since, 0)] if since >= 0 else spans)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from((*PLAIN, *COUNTING)), readings(("s1", "s3")), st.integers(1, 4), st.randoms())
def test_a_restart_changes_nothing_of_what_is_not_idle(
    one: Rule, found: list[Reading], size: int, chance: Random
) -> None:
    events = arriving(found, 0)
    unbroken, broken = run([one], events, size), City([one])
    plain = {f"rule|{one.id}|site:{event.points[0].tags[1]}" for event in events if one in PLAIN}
    for first in range(0, len(events), size):
        broken.hear(*events[first : first + size])
        idle = any(watch.idle for watch in broken.engine._watches)
        if plain <= broken.states.keys() and not idle and chance.random() < 0.5:
            broken.restart()
    finish(broken)
    assert by_time(broken.changes) == by_time(unbroken.changes)
    assert broken.history == unbroken.history


@settings(max_examples=50, deadline=None)
@given(readings(), st.randoms())
def test_where_rows_come_in_order_a_plain_rule_may_be_restarted_at_any_time(
    found: list[Reading], chance: Random
) -> None:
    prompt = [Reading(*one[:4], (0, 0)) for one in found]
    events = arriving(prompt, 0)
    unbroken, broken = run(PLAIN, events, 1), City(PLAIN)
    for event in events:
        broken.hear(event)
        if chance.random() < 0.5:
            broken.restart()
    finish(broken)
    assert broken.changes == unbroken.changes
    assert broken.history == unbroken.history
