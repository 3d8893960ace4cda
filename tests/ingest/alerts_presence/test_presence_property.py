"""Whatever comes, in whatever order: one sample for each crossing, none of a live device, and a restart is not seen."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.alerts import rhythm
from ingest.alerts.due import Wheel
from ingest.alerts.heard import Heard
from ingest.alerts.presence import Found, Mark, Presence
from ingest.alerts.rule import Silence
from ingest.decoding.point import Point

S = 1_000_000_000
MINUTE = 60 * S
START = 1_790_000_000 * S
LATENESS = 60 * S
LEARNED, DECLARED = Silence(least=0), Silence(interval=10 * MINUTE, least=0)
MARKS = (Mark(LEARNED, 3.0), Mark(LEARNED, 30.0), Mark(DECLARED, 2.0))
EUIS = ("24e124136b502217", "24e124136b502218", "24e124136b502219")
GATEWAYS = ("roof", "harbour")

Step: TypeAlias = tuple[str, int, int, int, int]
"""What, after how many s (late ones: before), which device, which gateways (bits), which source."""

steps = st.lists(
    st.tuples(
        st.sampled_from(("up", "up", "up", "join", "stats", "offline", "online", "live", "away")),
        st.one_of(st.integers(-90, 900), st.sampled_from((600, 600, 600, 5000))),
        st.integers(0, 2),
        st.integers(1, 3),
        st.sampled_from((0, 0, 0, 1)),
    ),
    max_size=120,
)


def presence(states: dict[str, bytes]) -> Presence:
    return Presence(LEARNED, gateway=True, states=states, marks=MARKS, gateway_above=(300.0, 3600.0))


def heard(step: Step, at: int) -> Heard:
    what, _, device, bits, source = step
    name = ("city", "port")[source]
    ours = tuple(gateway for bit, gateway in enumerate(GATEWAYS) if bits >> bit & 1)
    if what in {"up", "join"}:
        of = ("radio", (ours[0],)) if what == "up" else ("lns_event", ("join", "JOIN"))
        tags = (EUIS[device], "bridge", "hai-chau", "em300", *of[1])
        rows = (Point(of[0], tags, (("gap", float(bits == 3)),), at, at, "server"),)
        return Heard(name, at, EUIS[device], rows, gateways=ours if what == "up" else ())
    fields = (("rx_received", 1.0),) if what == "stats" else (("online", float(what == "online")),)
    return Heard(name, at, "", (Point("gateway", ours[:1], fields, at, at, "server"),))


def run(given_steps: list[Step], restarts: frozenset[int] = frozenset()) -> list[Found]:
    """What is found; before each of `restarts` it is made anew of what it wrote."""
    states: dict[str, bytes] = {}
    one = presence(states)
    found: list[Found] = []
    now = START
    watermarks: dict[str, int] = {}
    for number, step in enumerate(given_steps):
        if number in restarts:
            one = presence(states)
        at = now + step[1] * S
        if step[0] != "away":
            for time in range(now, at, 100 * S):  # the sources are there: their time goes on by itself
                watermarks = dict.fromkeys(watermarks, time - LATENESS)
                found += one.look(watermarks)
        now = max(now, at)
        if step[0] not in {"live", "away"}:
            event = heard(step, at)
            found += one.hear(event)
            watermarks[event.source] = max(watermarks.get(event.source, 0), at - LATENESS)
        found += one.look(watermarks)
        states |= one.take_states()
        states = {key: state for key, state in states.items() if state}
    return found


@settings(max_examples=150, deadline=None)
@given(steps, st.frozensets(st.integers(0, 119)))
def test_a_restart_anywhere_changes_nothing(given_steps: list[Step], restarts: frozenset[int]) -> None:
    assert run(given_steps, restarts) == run(given_steps)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_each_crossing_is_told_once_until_there_is_life_again(given_steps: list[Step]) -> None:
    told: dict[str, list[tuple[Silence | None, float]]] = {}
    last: dict[str, int] = {}
    for one in run(given_steps):
        marks = told.setdefault(one.scope.key, [])
        if one.value == 0.0:
            assert marks, "nobody comes back who was not away"
            marks.clear()
        elif one.scope.kind == "device":
            mark = next(mark for mark in MARKS[::-1] if mark.signal == one.signal and one.value >= mark.above)
            assert (mark.signal, mark.above) not in marks
            marks.append((mark.signal, mark.above))
        else:
            assert one.value >= 300.0
            marks.append((None, one.value))
        last[one.scope.key] = one.time


@settings(max_examples=40, deadline=None)
@given(
    interval=st.integers(20, 1800),
    jitter=st.floats(0, 0.4),
    lost=st.sets(st.integers(0, 200)),
    seed=st.randoms(use_true_random=False),
)
def test_a_live_device_is_never_silent(interval: int, jitter: float, lost: set[int], seed: object) -> None:
    one = presence({})
    number, missing = 0, 0
    events = []
    while number < 200:
        at = START + int((number + seed.uniform(0, jitter)) * interval) * S  # type: ignore[attr-defined]
        # Neither three of five lost at once nor while nothing is known of it: that would be silence.
        if number in lost and missing < 1 and number > rhythm.NEEDED:
            missing += 1
        else:
            events.append((at, missing))
            missing = 0
        number += 1
    beats = [(at, -1) for at in range(START, events[-1][0], 30 * S)]
    for at, gap in sorted([*events, *beats]):
        if gap < 0:
            event = Heard("city", at, "", (Point("gateway", ("roof",), (("rx_received", 1.0),), at, at, "server"),))
        else:
            tags = (EUIS[0], "bridge", "hai-chau", "em300", "roof")
            event = Heard(
                "city", at, EUIS[0], (Point("radio", tags, (("gap", float(gap)),), at, at),), gateways=("roof",)
            )
        found = one.hear(event) + one.look({"city": at - LATENESS})
        assert [each for each in found if each.signal == LEARNED] == []


@given(st.lists(st.floats(1.0, 1e5), min_size=1, max_size=50), st.floats(1.0, 1e5))
def test_the_usual_time_shrinks_by_no_more_than_a_part_of_the_time_that_passes(gaps: list[float], usual: float) -> None:
    now = usual
    for gap in gaps:
        now = rhythm.shorter(now, gap) if gap < now else rhythm.longer(now, gap, missing=True)
    assert now >= usual - rhythm.FORGETS * sum(gaps) - 1e-6 * usual
    assert now > 0


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(-5, 50)), max_size=60), st.lists(st.integers(0, 60)))
def test_a_wheel_gives_everybody_back_at_their_time(waiting: list[tuple[int, int]], looks: list[int]) -> None:
    wheel = Wheel()
    for span, who in waiting:
        wheel.put(span, who)
    got = []
    for until in [*sorted(looks), 60]:
        taken = [(span, who) for span, those in wheel.take(until) for who in those]
        assert all(span <= until for span, _ in taken)
        got += taken
    assert sorted(got) == sorted(waiting)
    assert [span for span, _ in got] == sorted(span for span, _ in got)
