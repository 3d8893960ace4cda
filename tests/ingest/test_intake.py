"""What intake decides of an event: identity, duplicate, gap, reset, time; and that a restart changes none of it."""

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.chirpstack.events import parse
from gateways.rfc3339 import render
from gateways.uplink import Event, MalformedEvent, Message, Uplink
from ingest.decoding.moment import choose
from ingest.intake import identity, network
from ingest.intake.identity import REMEMBERED, Identities
from ingest.intake.intake import HEAD, OVERSIZED, Intake, Judged, understand
from ingest.journal.entry import Entry, Verdict
from ingest.journal.writer import SqliteJournal
from ingest.ports import Journal
from tests.fakes.journal import MemoryJournal, Shelf
from tests.fakes.uplinks import SECOND, START, TOPIC, raw, recorded, uplink

KEPT, DUPLICATE, RESET = Verdict.KEPT, Verdict.DUPLICATE, Verdict.RESET
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND


def verdicts(events: Iterable[Event]) -> list[Verdict]:
    """Of a fresh intake."""
    intake = Intake(parse)
    return [Verdict(intake.judge(event).entry.verdict) for event in events]


def tally(intake: Intake) -> dict[str, int]:
    """The counters that have changed."""
    return {name: count for name, count in intake.take_tally().items() if count}


def again(event: Event, **changed: Any) -> Event:
    """The same frame, delivered by the server as another event."""
    body = json.loads(event.payload) | {"deduplicationId": "ffffffff-0000-4000-8000-000000000001"} | changed
    return Event(event.source, event.topic, json.dumps(body).encode(), event.arrived_at)


# What a server really sent.


def test_fcnt_skip_check_is_three_kept_and_one_duplicate() -> None:
    intake = Intake(parse)
    seen = [intake.judge(event) for event in recorded("fcnt_skip_check", "/up")]
    assert [one.entry.verdict for one in seen] == [KEPT, KEPT, DUPLICATE, RESET]
    assert tally(intake) == {"resets": 1, "repeated": 1}


def test_fcnt_gap_has_23_missing_before_the_third() -> None:
    intake = Intake(parse)
    seen = [intake.judge(event) for event in recorded("fcnt_gap", "/up")]
    assert [one.entry.gap for one in seen] == [0, 0, 23]
    assert tally(intake) == {"missing_fcnt": 23, "missing_unknown": 23}


def test_a_device_that_moves_to_another_application_is_the_same_device() -> None:
    intake = Intake(parse)
    moved = recorded("renamed_moved", "/up")
    assert len({event.topic for event in moved}) > 1
    assert [intake.judge(event).entry.verdict for event in moved] == [KEPT] * len(moved)
    assert intake.device_count == 1
    assert "sessions" not in tally(intake)


def test_a_counter_past_16_bits_is_no_reset() -> None:
    assert set(verdicts(recorded("fcnt_32bit", "/up"))) == {KEPT}


@pytest.mark.parametrize("scenario", ["time_2012", "time_future", "time_gps_wrong", "time_missing"])
def test_whatever_other_clocks_say_an_uplink_was_received_at_its_earliest_ns_time(scenario: str) -> None:
    (event,) = recorded(scenario, "/up")
    intake = Intake(parse)
    judged = intake.judge(event)
    assert isinstance(judged.message, Uplink)
    assert judged.entry.received_at == min(link.ns_time for link in judged.message.links if link.ns_time)
    assert abs(judged.entry.received_at - event.arrived_at) < SECOND
    assert tally(intake) == {}


def test_the_whole_recording_delivered_twice_is_a_duplicate_but_for_what_has_no_identity() -> None:
    events = recorded()
    intake = Intake(parse)
    first = [intake.judge(event).entry.verdict for event in events]
    assert first.count(DUPLICATE) == 1
    second = [intake.judge(event) for event in events]
    assert [one.entry.verdict for one in second] == [DUPLICATE] * len(events)


def test_an_uplink_and_a_status_with_one_deduplication_id_are_two_events() -> None:
    events = recorded("status")
    ids = [json.loads(event.payload).get("deduplicationId") for event in events]
    assert len(set(ids)) < len(ids)
    assert set(verdicts(events)) == {KEPT}


# Duplicates, rule (a): an identity already seen.


def test_an_identity_counts_with_its_kind_only() -> None:
    body = {"deduplicationId": "00000000-0000-4000-8000-000000000001", "queueItemId": "q"}
    kinds = ["join", "status", "location", "integration", "ack", "txack"]
    events = [raw(json.dumps(body).encode(), topic=f"application/x/device/y/event/{kind}") for kind in kinds]
    assert verdicts(events + events) == [KEPT] * 6 + [DUPLICATE] * 6


def test_ack_and_txack_are_known_by_their_queue_item_alone() -> None:
    topic = "application/x/device/y/event/ack"
    one = raw(json.dumps({"queueItemId": "q", "deduplicationId": "a"}).encode(), topic=topic)
    other = raw(json.dumps({"queueItemId": "q", "deduplicationId": "b"}).encode(), topic=topic)
    third = raw(json.dumps({"queueItemId": "r", "deduplicationId": "a"}).encode(), topic=topic)
    assert verdicts([one, other, third]) == [KEPT, DUPLICATE, KEPT]


def test_a_log_is_known_by_its_code_and_the_id_of_its_context() -> None:
    def log(code: str, shared: str, words: str) -> Event:
        body = {"code": code, "context": {"deduplication_id": shared}, "description": words}
        return raw(json.dumps(body).encode(), topic="application/x/device/y/event/log")

    logs = [log("A", "1", ""), log("B", "1", ""), log("A", "2", ""), log("A", "1", "told otherwise")]
    assert verdicts(logs) == [KEPT, KEPT, KEPT, DUPLICATE]


def test_without_an_id_the_same_bytes_on_the_same_topic_are_the_same_event() -> None:
    one = raw(b'{"strange":1}', topic="application/x/device/y/event/unheard_of")
    other = raw(b'{"strange":2}', topic="application/x/device/y/event/unheard_of")
    elsewhere = raw(b'{"strange":1}', topic="application/x/device/z/event/unheard_of")
    assert verdicts([one, other, elsewhere, one]) == [KEPT, KEPT, KEPT, DUPLICATE]


def test_what_cannot_be_parsed_is_never_a_duplicate() -> None:
    broken = raw(b"{")
    intake = Intake(parse)
    seen = [intake.judge(broken) for _ in range(3)]
    assert [one.entry.verdict for one in seen] == [KEPT] * 3
    assert {one.identity for one in seen} == {bytes(16)}


def conn(state: str, gateway: str = "02c171ffff000001") -> Event:
    said = json.dumps({"gatewayId": gateway, "state": state}).encode()
    return raw(said, topic=f"as923_2/gateway/{gateway}/state/conn")


def test_a_gateway_that_says_again_what_it_is_is_a_duplicate_and_a_change_is_none() -> None:
    states = ["ONLINE", "ONLINE", "OFFLINE", "ONLINE", "ONLINE"]
    assert verdicts(map(conn, states)) == [KEPT, DUPLICATE, KEPT, KEPT, DUPLICATE]
    assert verdicts([conn("ONLINE"), conn("ONLINE", "02c171ffff000002")]) == [KEPT, KEPT]


def test_a_gateway_whose_clock_is_not_set_still_reports_more_than_once() -> None:
    def stats(time: str, received: int) -> Event:
        said = {"gatewayId": "02c171ffff000001", "time": time, "rxPacketsReceived": received}
        return raw(json.dumps(said).encode(), topic="as923_2/gateway/02c171ffff000001/event/stats")

    unset, later = "0001-01-01T00:00:00Z", "2026-09-21T14:13:50Z"
    assert verdicts([stats(unset, 1), stats(unset, 2), stats(unset, 2)]) == [KEPT, KEPT, DUPLICATE]
    assert verdicts([stats(later, 1), stats(later, 2)]) == [KEPT, DUPLICATE]


def test_a_gateway_state_outlives_a_restart(tmp_path: Path) -> None:
    """The broker retains it, and gives it again at each subscription."""
    journal, intake = SqliteJournal(tmp_path), Intake(parse)
    journal.append([intake.judge(conn("ONLINE")).entry])
    journal.remember(intake.take_changed(), intake.network())
    journal.append([intake.judge(conn("ONLINE", "02c171ffff000002")).entry])  # after what was remembered
    reader = journal.reader()
    fresh = Intake(parse)
    fresh.recall(reader)
    again = [conn("ONLINE"), conn("ONLINE", "02c171ffff000002"), conn("OFFLINE")]
    assert [fresh.judge(event).entry.verdict for event in again] == [DUPLICATE, DUPLICATE, KEPT]
    reader.close()
    journal.close()


def test_gateways_that_are_invented_push_out_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "GATEWAYS", 2)
    seen = [conn("ONLINE", f"02c171ffff00000{number}") for number in (1, 2, 3, 1)]
    assert verdicts(seen) == [KEPT] * 4


def test_an_identity_is_remembered_for_so_many_others_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "REMEMBERED", 10)
    events = [raw(b'{"n":%d}' % number, topic="application/x/device/y/event/odd") for number in range(12)]
    assert verdicts([*events[:10], events[0]])[-1] is DUPLICATE
    assert verdicts([*events[:11], events[0]])[-1] is KEPT
    assert verdicts([*events[:11], events[1]])[-1] is DUPLICATE


def test_two_hundred_thousand_identities_are_remembered() -> None:
    identities = Identities()
    assert REMEMBERED == 200_000
    assert all(identities.add(number.to_bytes(16)) for number in range(1, REMEMBERED + 2))
    assert not any(identities.add(number.to_bytes(16)) for number in range(2, REMEMBERED + 2))
    assert identities.add((1).to_bytes(16))
    assert identities.add((2).to_bytes(16))  # which the one before has pushed out


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=9), st.lists(st.integers(min_value=0, max_value=12)))
def test_the_last_identities_are_known_whatever_comes_in_whatever_order(size: int, numbers: list[int]) -> None:
    identities, last = Identities(size), deque[int](maxlen=size)
    for number in numbers:
        assert identities.add(number.to_bytes(16)) == (number not in last)
        if number and number not in last:
            last.append(number)


def remembered(intake: Intake) -> set[bytes]:
    known = intake._identities
    places = [
        number % known._size for number in range(max(known._last - known._size, known._size) + 1, known._last + 1)
    ]
    return {bytes(known._ring[16 * place : 16 * place + 16]) for place in places}


# Duplicates, rule (b): the same frame within a minute.


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(0, DUPLICATE), (60, DUPLICATE), (-60, DUPLICATE), (61, RESET), (-61, KEPT)]
)
def test_the_same_frame_is_a_repeat_for_a_minute(seconds: int, verdict: Verdict) -> None:
    first = uplink(5)
    later = again(uplink(5, at=START + seconds * SECOND))
    assert verdicts([first, later]) == [KEPT, verdict]


@pytest.mark.parametrize(
    "changed", [{"fCnt": 6}, {"fPort": 84}, {"data": "AXVk"}, {"devAddr": "01000102"}], ids=lambda one: next(iter(one))
)
def test_a_frame_that_differs_is_no_repeat(changed: dict[str, Any]) -> None:
    first = uplink(5)
    assert DUPLICATE not in verdicts([first, again(first, **changed)])


def test_a_repeat_is_told_among_the_last_four_uplinks_of_its_device() -> None:
    frames = [uplink(number) for number in (9, 8, 7, 6, 5)]
    # Each of them fills what is missing before the newest, so the counter never goes on.
    first = [uplink(4), *frames]
    for place, expected in ((1, RESET), (2, DUPLICATE), (5, DUPLICATE)):
        assert verdicts([*first, again(first[place])])[-1] is expected


def test_after_a_higher_counter_the_same_frame_is_a_reset() -> None:
    first = uplink(0)
    intake = Intake(parse)
    seen = [intake.judge(event).entry.verdict for event in (first, uplink(1), again(first))]
    assert seen == [KEPT, KEPT, RESET]
    assert tally(intake) == {"resets": 1}


# Gaps.


def test_a_late_arrival_is_no_reset_and_fills_its_gap() -> None:
    intake = Intake(parse)
    seen = [intake.judge(uplink(f_cnt, at=START + f_cnt * SECOND)).entry for f_cnt in (10, 14, 12, 11, 15)]
    assert [one.verdict for one in seen] == [KEPT] * 5
    assert [one.gap for one in seen] == [0, 3, -1, -1, 0]
    assert tally(intake) == {"missing_fcnt": 1, "missing_network": 1}


def test_the_first_uplink_that_is_seen_of_a_device_misses_nothing() -> None:
    intake = Intake(parse)
    assert intake.judge(uplink(4711)).entry.gap == 0
    assert tally(intake) == {}


def test_a_new_session_counts_afresh() -> None:
    intake = Intake(parse)
    intake.judge(uplink(900))
    joined = intake.judge(uplink(3, devAddr="01000199")).entry
    assert (joined.verdict, joined.gap) == (KEPT, 0)
    assert tally(intake) == {"sessions": 1}


@settings(max_examples=200, deadline=None)
@given(st.permutations(range(12)), st.sets(st.integers(min_value=1, max_value=11)))
def test_missing_counters_are_what_never_came_in_whatever_order(order: list[int], lost: set[int]) -> None:
    arrived = [f_cnt for f_cnt in order if f_cnt not in lost]
    intake = Intake(parse)
    seen = [intake.judge(uplink(100 + f_cnt, at=START + index * SECOND)).entry for index, f_cnt in enumerate(arrived)]
    # What comes before the first that we see of a session counts as a reset: nobody can tell it from one.
    if RESET not in {one.verdict for one in seen}:
        expected = max(arrived) - min(arrived) + 1 - len(arrived)
        assert tally(intake).get("missing_fcnt", 0) == expected


# Time.


@dataclass
class TimeCase:
    """One row of contract 9."""

    said: dict[str, Any]
    received_at: int
    ahead: bool = False


def _links(*times: int | None) -> dict[str, Any]:
    links = [{"gatewayId": "02c171ffff000001", **({} if time is None else {"nsTime": render(time)})} for time in times]
    return {"rxInfo": links}


TIME_CASES = {
    "the earliest of several": TimeCase(_links(START + 5, START + 3, START + 9), START + 3),
    "one gateway without": TimeCase(_links(None, START + 9), START + 9),
    "an old one is believed": TimeCase(_links(START - 400 * DAY), START - 400 * DAY),
    "1970 is believed, as told": TimeCase(_links(0 + SECOND), SECOND),
    "30 s ahead": TimeCase(_links(START + 30 * SECOND), START + 30 * SECOND),
    "more than 30 s ahead is an incident and stays": TimeCase(
        _links(START + 30 * SECOND + 1), START + 30 * SECOND + 1, ahead=True
    ),
    "2099 likewise": TimeCase(_links(4_070_908_800 * SECOND), 4_070_908_800 * SECOND, ahead=True),
    "no reception: the event's own time": TimeCase({"rxInfo": [], "time": render(START - DAY)}, START - DAY),
    "no reception, 7 days old": TimeCase({"rxInfo": [], "time": render(START - 7 * DAY)}, START - 7 * DAY),
    "no reception, older": TimeCase({"rxInfo": [], "time": render(START - 7 * DAY - 1)}, START),
    "no reception, 30 s ahead": TimeCase({"rxInfo": [], "time": render(START + 30 * SECOND)}, START + 30 * SECOND),
    "no reception, 1970": TimeCase({"rxInfo": [], "time": "1970-01-01T00:00:00Z"}, START),
    "no reception, 2099": TimeCase({"rxInfo": [], "time": "2099-01-01T00:00:00Z"}, START),
    "no time at all": TimeCase({"rxInfo": [], "time": None}, START),
    "receptions without a server's time": TimeCase(_links(None) | {"time": render(START - 5)}, START - 5),
}


@pytest.mark.parametrize("case", TIME_CASES.values(), ids=TIME_CASES)
def test_received_at(case: TimeCase) -> None:
    intake = Intake(parse)
    entry = intake.judge(uplink(**case.said)).entry
    assert entry.received_at == case.received_at
    assert entry.arrived_at == START
    assert tally(intake) == ({"clock_ahead": 1} if case.ahead else {})


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("place", ["nsTime", "gwTime", "time"])
def test_a_clock_that_says_what_no_clock_can_harms_itself_alone(time: str, place: str) -> None:
    """The second is the time that a program in Go has not set."""
    link = {"gatewayId": "02c171ffff000001", "nsTime": render(START)}
    said = {"time": time} if place == "time" else {"rxInfo": [link | {place: time}], "time": render(START)}
    judged = Intake(parse).judge(uplink(**said))
    assert isinstance(judged.message, Uplink)
    assert judged.entry.received_at == START
    quality = choose(judged.message, START).quality
    assert quality == ("clock_suspect" if place == "gwTime" else "ok")


@pytest.mark.parametrize("time", ["yesterday", "2026-01-01"])
@pytest.mark.parametrize("place", ["nsTime", "gwTime", "time"])
def test_what_is_no_time_makes_the_event_malformed(time: str, place: str) -> None:
    link = {"gatewayId": "02c171ffff000001", "nsTime": render(START)}
    said = {"time": time} if place == "time" else {"rxInfo": [link | {place: time}]}
    judged = Intake(parse).judge(uplink(**said))
    assert isinstance(judged.message, MalformedEvent)
    assert judged.message.reason == "wrong_time"
    assert judged.entry.received_at == START


# Defects of our own.


def test_an_event_that_breaks_the_parser_harms_itself_alone() -> None:
    def breaks(topic: str, payload: bytes) -> Message:
        if payload == uplink(1).payload:
            raise ZeroDivisionError("division by zero")
        return parse(topic, payload)

    intake = Intake(breaks)
    first, second = intake.judge(uplink(1)), intake.judge(uplink(2))
    assert isinstance(first.message, MalformedEvent)
    assert (first.message.reason, first.message.detail) == ("parser_defect", "ZeroDivisionError: division by zero")
    assert isinstance(second.message, Uplink)
    assert understand(breaks, first.entry).__class__ is MalformedEvent


def test_an_event_that_cannot_be_held_against_its_device_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise OverflowError("int too large to convert")

    intake = Intake(parse)
    with monkeypatch.context() as broken:
        broken.setattr(network.Network, "hear", breaks)
        judged = intake.judge(uplink(1))
    assert (judged.entry.verdict, judged.message.__class__) == (KEPT, Uplink)
    assert tally(intake) == {"intake_defect": 1}
    assert intake.judge(uplink(2)).entry.verdict == KEPT


# Size.


def test_an_event_of_256_kib_is_read_and_a_larger_one_kept_by_its_head() -> None:
    body = json.loads(uplink(1).payload)
    body["filler"] = "x" * (OVERSIZED - len(json.dumps(body | {"filler": ""}).encode()))
    whole = json.dumps(body).encode()
    assert len(whole) == OVERSIZED
    intake = Intake(parse)
    assert isinstance(intake.judge(raw(whole)).message, Uplink)
    judged = intake.judge(raw(whole + b" "))
    assert isinstance(judged.message, MalformedEvent)
    assert judged.message.reason == "oversized"
    entry = judged.entry
    assert entry.payload == whole[:HEAD]
    assert (entry.length, entry.digest) == (OVERSIZED + 1, sha256(whole + b" ").digest())
    assert (entry.verdict, judged.identity) == (KEPT, bytes(16))


# Restart.


def _streams() -> st.SearchStrategy[list[Event]]:
    """Streams of few devices with small counters, so that repeats, resets, gaps and late arrivals all occur."""
    frame = st.builds(
        _drawn,
        device=st.integers(min_value=1, max_value=2),
        f_cnt=st.integers(min_value=0, max_value=6),
        session=st.integers(min_value=1, max_value=2),
        shared=st.one_of(st.none(), st.integers(min_value=0, max_value=3)),
        seconds=st.integers(min_value=0, max_value=90),
    )
    other = st.sampled_from([raw(b"{"), raw(b""), raw(b'{"a":1}', topic="a/b"), raw(uplink(3).payload, topic="up")])
    return st.lists(st.one_of(frame, frame, frame, other), min_size=1, max_size=25)


def _drawn(device: int, f_cnt: int, session: int, shared: int | None, seconds: int) -> Event:
    event = uplink(f_cnt, dev_eui=f"02c171000000000{device}", at=START + seconds * SECOND, devAddr=f"0100010{session}")
    if shared is None:
        return again(event, deduplicationId="")
    return again(event, deduplicationId=f"00000000-0000-4000-8000-00000000000{shared}")


def _take(intake: Intake, journal: Journal, event: Event) -> tuple[Entry, dict[str, int]]:
    judged: Judged = intake.judge(event)
    tally = intake.take_tally()
    journal.append([judged.entry], judged.identity, tally)
    return judged.entry, tally


@settings(max_examples=200, deadline=None)
@given(_streams(), st.data())
def test_a_restart_at_any_moment_changes_no_verdict(events: list[Event], data: st.DataObject) -> None:
    steady, steady_journal = Intake(parse), MemoryJournal(Shelf())
    expected = [_take(steady, steady_journal, event) for event in events]
    restart = data.draw(st.integers(min_value=0, max_value=len(events)), label="restart before")
    remember = data.draw(st.integers(min_value=0, max_value=restart), label="remember before")
    intake, journal = Intake(parse), MemoryJournal(Shelf())
    seen = []
    for place, event in enumerate([*events, None]):
        if place == remember:
            journal.remember(intake.take_changed())
        if place == restart:
            intake = Intake(parse)
            intake.recall(journal.reader())
        if event is not None:
            seen.append(_take(intake, journal, event))
    assert seen == expected
    assert intake._devices == steady._devices
    assert remembered(intake) == remembered(steady)


def test_recall_reads_no_more_than_the_journal_holds(tmp_path: Path) -> None:
    """Dropped blocks are forgotten, remembered devices are not."""
    journal = SqliteJournal(tmp_path)
    intake = Intake(parse)
    for f_cnt in range(3):
        _take(intake, journal, uplink(f_cnt))
    journal.remember(intake.take_changed())
    journal.drop(3)
    fresh = Intake(parse)
    reader = journal.reader()
    fresh.recall(reader)
    assert fresh.judge(uplink(2)).entry.verdict == DUPLICATE
    assert fresh.judge(uplink(5)).entry.gap == 2
    reader.close()
    journal.close()


def test_an_uplink_is_known_by_its_id_and_not_by_its_topic() -> None:
    one = uplink(1)
    moved = Event(one.source, TOPIC.format("elsewhere"), one.payload, one.arrived_at)
    assert verdicts([one, moved]) == [KEPT, DUPLICATE]
