"""Who has fallen silent: told once, at the right time, and never of somebody who could not be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.alerts import rhythm
from ingest.alerts.heard import Heard
from ingest.alerts.presence import Found, Mark, Presence
from ingest.alerts.rule import Silence
from ingest.decoding.point import Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

S = 1_000_000_000
MINUTE = 60 * S
HOUR = 60 * MINUTE
START = 1_790_000_000 * S
LATENESS = 60 * S
SIGNAL = Silence()
THREE = (Mark(SIGNAL, 3.0),)
EUI = "24e124136b502217"


def eui(number: int) -> str:
    return f"24e124000000{number:04x}"


def uplink(
    at: int, dev_eui: str = EUI, gateways: Sequence[str] = ("roof",), source: str = "city", gap: int = 0
) -> Heard:
    tags = (dev_eui, "han-bridge", "hai-chau", "em300", gateways[0] if gateways else "unknown")
    fields = (("f_cnt", 1.0), ("gap", float(gap)), ("gateways", 1.0))
    return Heard(source, at, dev_eui, (Point("radio", tags, fields, at, at, "server"),), gateways=gateways)


def stats(at: int, gateway: str = "roof", source: str = "city") -> Heard:
    return Heard(source, at, "", (Point("gateway", (gateway,), (("rx_received", 1.0),), at, at, "server"),))


def conn(at: int, gateway: str = "roof", *, online: bool) -> Heard:
    return Heard("city", at, "", (Point("gateway", (gateway,), (("online", float(online)),), at, at, "server"),))


def event(at: int, measurement: str, last_tags: tuple[str, ...], field: str) -> Heard:
    tags = (EUI, "han-bridge", "hai-chau", "em300", *last_tags)
    return Heard("city", at, EUI, (Point(measurement, tags, ((field, 1.0),), at, at, "server"),))


class World:
    """One source that is there all the time: a gateway that says so every 30 s, and a look after each event."""

    def __init__(self, presence: Presence) -> None:
        self.presence = presence
        self.states: dict[str, bytes] = {}
        self.found: list[Found] = []

    def run(self, events: Iterable[Heard], until: int = 0) -> list[Found]:
        """Events in the order of their times; then time goes on."""
        found: list[Found] = []
        newest: dict[str, int] = {}
        for one in sorted(events, key=lambda each: each.received_at):
            found += self.presence.hear(one)
            newest[one.source] = one.received_at
            found += self.presence.look({one.source: one.received_at - LATENESS})
        for now in range(max(newest.values()) if newest else until, until + 1, 10 * S):
            found += self.presence.look(dict.fromkeys(newest or ("city",), now))
        self.found += found
        return found


def every(interval: int, times: int, since: int = START, **more: object) -> list[Heard]:
    return [uplink(since + number * interval, **more) for number in range(times)]  # type: ignore[arg-type]


def alive(since: int, until: int, gateway: str = "roof") -> list[Heard]:
    return [stats(at, gateway) for at in range(since, until, 30 * S)]


def devices(found: Sequence[Found]) -> list[tuple[str, int, float]]:
    return [(one.scope.id, one.time, one.value) for one in found if one.scope.kind == "device"]


def gateways(found: Sequence[Found]) -> list[Found]:
    return [one for one in found if one.scope.kind == "gateway"]


def test_a_device_is_silent_after_three_of_its_own_intervals_and_heard_again_with_its_next_uplink() -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=THREE))
    last = START + 9 * 10 * MINUTE
    back = last + 5 * HOUR
    found = world.run([*every(10 * MINUTE, 10), uplink(back), *alive(START, back)])
    assert devices(found) == [(EUI, last + 30 * MINUTE, 3.0), (EUI, back, 0.0)]
    assert found[0].scope.site == "han-bridge"
    assert found[0].scope.ward == "hai-chau"
    assert found[0].model == "em300"
    assert found[0].signal == SIGNAL


def test_each_mark_is_told_once_when_it_is_reached() -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=[Mark(SIGNAL, 10.0), Mark(SIGNAL, 3.0), Mark(SIGNAL, 50.0)]))
    last = START + 9 * 10 * MINUTE
    found = world.run([*every(10 * MINUTE, 10), *alive(START, last + 12 * HOUR)])
    assert devices(found) == [(EUI, last + k * 10 * MINUTE, float(k)) for k in (3, 10, 50)]


def test_least_puts_off_the_silence_of_a_quick_device() -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=THREE))
    last = START + 99 * 10 * S
    found = world.run([*every(10 * S, 100), *alive(START, last + HOUR)])
    assert devices(found) == [(EUI, last + 15 * MINUTE, 90.0)]


def test_a_declared_interval_wins_and_needs_no_learning() -> None:
    declared = Silence(interval=HOUR, least=0)
    world = World(Presence(None, gateway=True, marks=[Mark(declared, 2.0), Mark(Silence(least=0), 2.0)]))
    last = START + 9 * 10 * MINUTE
    found = world.run([*every(10 * MINUTE, 10), uplink(last, eui(1)), *alive(START, last + 5 * HOUR)])
    assert [(one.scope.id, one.time - last, one.signal) for one in found if one.scope.kind == "device"] == [
        (EUI, 20 * MINUTE, Silence(least=0)),
        (eui(1), 2 * HOUR, declared),
        (EUI, 2 * HOUR, declared),
    ]


def test_nobody_is_judged_by_a_few_uplinks() -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=THREE))
    found = world.run([*every(10 * MINUTE, rhythm.NEEDED), *alive(START, START + 24 * HOUR)])
    assert devices(found) == []


@pytest.mark.parametrize("kind", ["join", "status"])
def test_joins_and_states_prove_life(kind: str) -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=THREE))
    last = START + 9 * 10 * MINUTE
    other = last + 25 * MINUTE
    sign = (
        event(other, "lns_event", ("join", "JOIN"), "count")
        if kind == "join"
        else event(other, "device", ("0",), "margin")
    )
    found = world.run([*every(10 * MINUTE, 10), sign, *alive(START, last + 2 * HOUR)])
    assert devices(found) == [(EUI, other + 30 * MINUTE, 3.0)]


def test_what_was_only_sent_to_a_device_proves_nothing() -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=THREE))
    last = START + 9 * 10 * MINUTE
    sent = event(last + 25 * MINUTE, "lns_event", ("txack", "TXACK"), "count")
    found = world.run([*every(10 * MINUTE, 10), sent, *alive(START, last + 2 * HOUR)])
    assert devices(found) == [(EUI, last + 30 * MINUTE, 3.0)]


def test_bursts_and_repetitions_do_not_shorten_the_interval() -> None:
    world = World(Presence(Silence(least=0), gateway=True, marks=[Mark(Silence(least=0), 3.0)]))
    burst = [uplink(START + 50 * HOUR + number * 2 * S) for number in range(1, 200)]
    last = START + 59 * HOUR
    found = world.run([*every(HOUR, 60), *burst, *alive(START, last + 6 * HOUR)])
    ((_, time, value),) = devices(found)
    assert value == 3.0
    assert last + 2.9 * HOUR < time <= last + 3 * HOUR


def test_lost_frames_hardly_lengthen_the_interval() -> None:
    world = World(Presence(Silence(least=0), gateway=True, marks=[Mark(Silence(least=0), 4.0)]))
    heard, missing = [], 0
    for number in range(400):
        if number % 10 in {2, 5, 6}:
            missing += 1
        else:
            heard.append(uplink(START + number * 10 * MINUTE, gap=missing))
            missing = 0
    last = START + 399 * 10 * MINUTE
    found = world.run([*heard, *alive(START, last + 3 * HOUR)])
    ((_, time, _),) = devices(found)
    assert last + 40 * MINUTE < time < last + 55 * MINUTE


def test_who_is_slow_at_night_is_not_silent_at_dusk() -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=THREE))
    heard = []
    for day in range(14):
        midnight = START + day * 24 * HOUR
        heard += [uplink(midnight + hour * HOUR) for hour in range(12)]
        heard += [uplink(midnight + 12 * HOUR + number * 5 * MINUTE) for number in range(144)]
    found = world.run([*heard, *alive(START, START + 14 * 24 * HOUR)])
    assert [one for one in devices(found) if one[1] > START + 24 * HOUR] == []


def test_a_broker_that_is_away_for_two_hours_makes_nobody_silent() -> None:
    presence = Presence(SIGNAL, gateway=True, marks=THREE)
    world = World(presence)
    crowd = [
        uplink(START + round_ * 10 * MINUTE + n * 60_000_000, eui(n)) for round_ in range(6) for n in range(10_000)
    ]
    gone = START + 60 * MINUTE
    before = [one for one in [*crowd, *alive(START, gone)] if one.received_at < gone]
    assert world.run(before) == []
    assert presence.look({"city": gone - LATENESS}) == []  # its time stands still, however long that is
    back = gone + 2 * HOUR
    after = [uplink(back + n * 60_000_000, eui(n)) for n in range(10_000)]
    assert world.run([*after, *alive(back, back + 10 * MINUTE)]) == []
    late = world.run(alive(back + 10 * MINUTE, back + 2 * HOUR))
    assert len(devices(late)) == 10_000  # that they have fallen silent since is another matter


def test_two_hundred_devices_behind_a_dead_gateway_are_the_gateway_once() -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=THREE))
    crowd = [uplink(START + r * 10 * MINUTE + n * S, eui(n)) for r in range(7) for n in range(200)]
    others = [uplink(START + r * 10 * MINUTE, EUI, ("harbour",)) for r in range(37)]
    died = START + 62 * MINUTE
    back = died + 5 * HOUR
    gone = [one for one in [*crowd, *alive(START, died)] if one.received_at <= died]
    found = world.run([*gone, *others, *alive(START, back, "harbour")])
    assert devices(found) == []
    assert {one.scope.id for one in found} == {"roof"}
    first, *grown = found
    assert (first.time, first.value) == (died - (died - START) % (30 * S) + 300 * S, 300.0)
    assert first.devices == tuple(eui(n) for n in range(200))  # before any of them is due
    assert len(grown) < 20
    assert found[-1].devices == tuple(eui(n) for n in range(200))

    again = world.run([stats(back), *alive(back, back + 20 * MINUTE), *alive(back, back + 20 * MINUTE, "harbour")])
    assert [(one.scope.id, one.time, one.value, one.devices) for one in again] == [("roof", back, 0.0, ())]
    since = world.run([*alive(back + 20 * MINUTE, back + HOUR), *alive(back + 20 * MINUTE, back + HOUR, "harbour")])
    assert {(one, value) for one, _, value in devices(since)} == {(eui(n), 3.0) for n in range(200)} | {(EUI, 3.0)}
    assert {time for one, time, _ in devices(since) if one != EUI} == {back + 30 * MINUTE}  # its clock began anew


def test_quick_devices_are_due_before_their_gateway_is_held_to_be_down_and_wait_for_that() -> None:
    signal = Silence(least=0)
    world = World(Presence(signal, gateway=True, marks=[Mark(signal, 3.0)]))
    crowd = [uplink(START + r * MINUTE // 2 + n * S // 10, eui(n)) for r in range(100) for n in range(200)]
    died = START + 50 * MINUTE
    found = world.run([*crowd, *alive(START, died), *alive(START, died + HOUR, "harbour")])
    assert devices(found) == []
    assert found[-1].devices == tuple(eui(n) for n in range(200))


def test_a_restart_after_each_event_changes_nothing() -> None:
    marks = [Mark(SIGNAL, 3.0), Mark(SIGNAL, 30.0)]
    died = START + 5 * HOUR
    crowd = [uplink(START + r * 10 * MINUTE + n * S, eui(n), ("roof",)) for r in range(29) for n in range(3)]
    others = [uplink(START + r * 7 * MINUTE, EUI, ("harbour",), gap=r % 5 == 4) for r in range(30)]
    back = [uplink(died + 3 * HOUR, eui(1)), uplink(died + 9 * HOUR, EUI, ("harbour",))]
    roof = [*alive(START, died), *alive(died + 4 * HOUR, died + 6 * HOUR)]
    beats = [*roof, *alive(START, died + 10 * HOUR, "harbour")]
    events = sorted([*crowd, *others, *back, *beats], key=lambda one: one.received_at)
    plain = Presence(SIGNAL, gateway=True, marks=marks)
    states: dict[str, bytes] = {}
    one_by_one, anew = [], []
    for event_ in events:
        now = {"city": event_.received_at - LATENESS}
        one_by_one += [*plain.hear(event_), *plain.look(now)]
        restarted = Presence(SIGNAL, gateway=True, states=states, marks=marks)
        anew += [*restarted.hear(event_), *restarted.look(now)]
        states |= restarted.take_states()
    assert anew == one_by_one
    assert {one.scope.id for one in anew if one.value} == {"roof", EUI, eui(0), eui(1), eui(2)}
    assert len(anew) < 30


def test_a_device_that_another_gateway_hears_too_is_not_excused() -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=THREE))
    last = START + 9 * 10 * MINUTE
    heard = every(10 * MINUTE, 10, gateways=("roof", "harbour"))
    found = world.run([*heard, *alive(START, last), *alive(START, last + 2 * HOUR, "harbour")])
    assert devices(found) == [(EUI, last + 30 * MINUTE, 3.0)]
    assert [one.scope.id for one in gateways(found)] == ["roof"]


def test_a_gateway_that_heard_a_device_long_ago_does_not_count() -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=THREE))
    heard = [*every(10 * MINUTE, 10, gateways=("harbour",)), *every(10 * MINUTE, 20, START + 100 * MINUTE)]
    last = START + 290 * MINUTE
    found = world.run([*heard, *alive(START, last), *alive(START, last + 2 * HOUR, "harbour")])
    assert devices(found) == []
    assert gateways(found)[-1].devices == (EUI,)


def test_without_gateways_watched_nobody_is_excused() -> None:
    world = World(Presence(SIGNAL, gateway=False, marks=THREE))
    last = START + 9 * 10 * MINUTE
    found = world.run([*every(10 * MINUTE, 10), *alive(START, last)], until=last + 2 * HOUR)
    assert [(one.scope.id, one.time, one.value) for one in found] == [(EUI, last + 30 * MINUTE, 3.0)]


def test_gateways_alone_can_be_watched() -> None:
    world = World(Presence(None, gateway=True, gateway_above=[300.0, 3600.0]))
    found = world.run([*every(10 * S, 100), *alive(START, START + 1000 * S)], until=START + 3 * HOUR)
    assert [(one.scope.id, one.time - START - 990 * S, one.value) for one in found] == [
        ("roof", 300 * S, 300.0),
        ("roof", 3600 * S, 3600.0),
    ]


def test_a_gateway_that_left_has_no_grace_of_a_slow_rhythm() -> None:
    rare = [stats(START + number * 10 * MINUTE) for number in range(10)]
    last = START + 90 * MINUTE
    tick = alive(START, last + 3 * HOUR, "harbour")
    slow = World(Presence(None, gateway=True)).run([*rare, *tick])
    assert [(one.scope.id, one.time - last) for one in slow] == [("roof", 50 * MINUTE)]
    left = World(Presence(None, gateway=True)).run([*rare, conn(last + 8 * MINUTE, online=False), *tick])
    assert [(one.scope.id, one.time - last) for one in left] == [("roof", 8 * MINUTE)]
    flap = [conn(last + 8 * MINUTE, online=False), conn(last + 8 * MINUTE + 10 * S, online=True)]
    assert World(Presence(None, gateway=True)).run([*rare, *flap, *alive(START, last + 30 * MINUTE, "harbour")]) == []
    away = [conn(last + 8 * MINUTE, online=False), conn(last + 12 * MINUTE, online=True)]
    back = World(Presence(None, gateway=True)).run([*rare, *away, *alive(START, last + 30 * MINUTE, "harbour")])
    assert [(one.time - last, one.value) for one in back] == [(8 * MINUTE, 480.0), (12 * MINUTE, 0.0)]


def test_a_gateway_that_says_nothing_of_itself_is_judged_by_what_it_forwards() -> None:
    world = World(Presence(None, gateway=True))
    last = START + 9 * 20 * MINUTE
    found = world.run([*every(20 * MINUTE, 10), *alive(START, last + 4 * HOUR, "harbour")])
    assert [(one.scope.id, one.time - last) for one in found] == [("roof", 100 * MINUTE)]


def test_a_device_that_moves_to_another_source_goes_with_it() -> None:
    world = World(Presence(SIGNAL, gateway=True, marks=THREE))
    heard = every(10 * MINUTE, 10)
    moved = [uplink(START + 100 * MINUTE + n * 10 * MINUTE, gateways=("hill",), source="port") for n in range(5)]
    last = START + 140 * MINUTE
    beats = [stats(at, "hill", "port") for at in range(START, last + 10 * MINUTE, 30 * S)]
    found = world.run([*heard, *moved, *beats, *alive(START, last + 5 * HOUR)])
    assert devices(found) == []  # the port's time stands still at the end; the city's is none of its business
    more = [stats(at, "hill", "port") for at in range(last + 10 * MINUTE, last + HOUR, 30 * S)]
    assert [(one.source, one.time) for one in world.run(more)] == [("port", last + 30 * MINUTE)]


def test_after_a_backlog_silence_is_judged_by_event_time() -> None:
    presence = Presence(SIGNAL, gateway=True, marks=THREE)
    last = START + 9 * 10 * MINUTE
    held = sorted(
        [*every(10 * MINUTE, 10), uplink(last + 2 * HOUR), *alive(START, last + 140 * MINUTE)],
        key=lambda one: one.received_at,
    )
    found = []
    for at in range(0, len(held), 50):  # in batches, as fast as they can be read
        batch = held[at : at + 50]
        for one in batch:
            found += presence.hear(one)
        found += presence.look({"city": batch[-1].received_at - LATENESS})
    assert devices(found) == [
        (EUI, last + 30 * MINUTE, 3.0),
        (EUI, last + 2 * HOUR, 0.0),
    ]


def test_who_is_heard_late_is_told_no_earlier_than_what_was_looked_at() -> None:
    presence = Presence(SIGNAL, gateway=True, marks=THREE)
    world = World(presence)
    last = START + 9 * 10 * MINUTE
    world.run([*every(10 * MINUTE, 10), *alive(START, last + 40 * MINUTE)])
    seen = last + 39 * MINUTE
    assert presence.look({"city": seen}) == []
    (found,) = presence.hear(uplink(last + 20 * MINUTE))
    assert (found.time, found.value) == (seen, 0.0)


def test_with_other_marks_who_is_silent_is_told_of_again() -> None:
    first = Presence(SIGNAL, gateway=True, marks=THREE)
    last = START + 9 * 10 * MINUTE
    World(first).run([*every(10 * MINUTE, 10), *alive(START, last + 2 * HOUR)])
    states = first.take_states()
    now = {"city": last + 2 * HOUR}
    assert Presence(SIGNAL, gateway=True, states=states, marks=THREE).look(now) == []
    other = Presence(SIGNAL, gateway=True, states=states, marks=[Mark(SIGNAL, 6.0)])
    assert devices(other.look(now)) == [(EUI, last + HOUR, 6.0)]
    back = Presence(SIGNAL, gateway=True, states=states, marks=[Mark(SIGNAL, 100.0)])
    assert devices(back.hear(uplink(last + 2 * HOUR))) == [(EUI, last + 2 * HOUR, 0.0)]


def test_who_was_heard_a_few_times_and_never_again_is_forgotten() -> None:
    presence = Presence(SIGNAL, gateway=True, marks=THREE)
    world = World(presence)
    world.run([uplink(START, eui(1)), *every(10 * MINUTE, 3), *alive(START, START + HOUR)])
    assert f"device|{EUI}" in presence.take_states()
    world.run([stats(START + at * MINUTE) for at in range(60, 8 * 24 * 60)])
    states = presence.take_states()
    assert states[f"device|{EUI}"] == b""
    assert states[f"device|{eui(1)}"] == b""


def test_only_what_changed_is_written() -> None:
    presence = Presence(SIGNAL, gateway=True, marks=THREE)
    World(presence).run([*every(10 * MINUTE, 10), *every(10 * MINUTE, 10, dev_eui=eui(1)), *alive(START, START + HOUR)])
    assert set(presence.take_states()) == {
        "device|#",
        "device|@city",
        f"device|{EUI}",
        f"device|{eui(1)}",
        "gateway|roof",
    }
    presence.hear(uplink(START + 100 * MINUTE, gateways=()))
    assert set(presence.take_states()) == {"device|@city", f"device|{EUI}"}
    assert presence.take_states() == {}
