"""The cause of each gap: on which evidence, the same after a restart, and taken off again when a frame comes late."""

import json
from functools import lru_cache
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.chirpstack.events import parse
from gateways.rfc3339 import render
from gateways.simulator import City, Life
from gateways.uplink import Event
from ingest.intake.intake import Intake
from ingest.intake.network import DEVICES, GATEWAYS, SPANS, Gateway, Network
from ingest.journal.entry import Cause, Entry
from ingest.journal.writer import SqliteJournal
from ingest.ports import Journal
from tests import gaps
from tests.fakes.house import House
from tests.fakes.journal import MemoryJournal, Shelf
from tests.fakes.lossy import Note
from tests.fakes.older import make_older
from tests.fakes.uplinks import SECOND, START, uplink

MINUTE = 60 * SECOND
RADIO, NETWORK, LOST, UNKNOWN = Cause.RADIO, Cause.NETWORK, Cause.LOST, Cause.UNKNOWN

# Frames whose fate is known.

played = lru_cache(gaps.play)
simulated = lru_cache(gaps.simulated)


SEVERAL = (gaps.everything, gaps.rare_guests)
"""Where one kind of loss can pass for another."""


@pytest.mark.parametrize("name", [name for name, (trouble, _) in gaps.WORLDS.items() if trouble not in SEVERAL])
def test_no_frame_is_put_down_to_what_it_was_not(name: str) -> None:
    found = played(name).found
    assert found
    for truth, counts in found.items():
        assert set(counts) <= {truth, UNKNOWN}


@pytest.mark.parametrize(
    ("name", "truth", "share"),
    [
        ("radio loss", RADIO, 0.95),
        ("server drops some without a word", NETWORK, 0.3),
        ("server away", NETWORK, 0.95),
        ("server away, gateways report nothing", NETWORK, 0.95),
        ("broker that forgot", NETWORK, 1.0),
        ("away, nothing queued (QoS 0)", NETWORK, 1.0),
        ("gateway offline", NETWORK, 0.95),
        ("gateway offline, then all at once", NETWORK, 0.9),
        ("our own drop, on purpose", LOST, 1.0),
    ],
)
def test_where_there_is_evidence_it_is_found(name: str, truth: Cause, share: float) -> None:
    (counts,) = played(name).found.values()
    assert counts[truth] >= share * counts.total() > 0


def test_without_evidence_the_cause_is_unknown() -> None:
    (counts,) = played("radio loss, gateways report nothing").found.values()
    assert set(counts) == {UNKNOWN}


def test_rare_frames_of_other_networks_mislead_seldom() -> None:
    (counts,) = played("radio loss, a foreign frame in ten minutes").found.values()
    assert counts[NETWORK] <= 0.05 * counts.total()
    (counts,) = played("radio loss, a band shared with others").found.values()
    assert set(counts) == {UNKNOWN}


def test_all_at_once_every_frame_that_we_lost_ourselves_is_owned_up_to() -> None:
    found = played("radio loss, server away, server drops, our own drop").found
    assert set(found[LOST]) == {LOST}
    assert set(found[NETWORK]) <= {NETWORK, UNKNOWN}
    assert found[RADIO][RADIO] > found[RADIO].total() / 2


def test_the_documented_figures_are_those_of_today() -> None:
    rows = [*map(played, gaps.WORLDS)]
    rows += [simulated(name, **options) for name, options in gaps.SIMULATED.items()]
    found = gaps.TABLE.search(gaps.DOCUMENT.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == gaps.table(rows), "run `python -m tests.gaps --write`"


def test_the_simulator_s_frames_are_never_put_down_to_what_they_were_not() -> None:
    for name, options in gaps.SIMULATED.items():
        for truth, counts in simulated(name, **options).found.items():
            assert set(counts) <= {truth, UNKNOWN}
            assert counts[truth] > 0


# Evidence, one by one.


def causes(events: list[Event | Note]) -> list[tuple[int, Cause]]:
    """Gap and cause of each uplink that has a gap."""
    intake, found = Intake(parse), []
    for one in events:
        if isinstance(one, Event):
            entry = intake.judge(one).entry
            if entry.gap:
                found.append((entry.gap, Cause(entry.cause)))
        else:
            one(intake)
    return found


def regular(*f_cnts: int, dev_eui: str = "02c1710000000001") -> list[Event | Note]:
    """Uplinks of a device that speaks every ten minutes."""
    return [uplink(f_cnt, at=START + f_cnt * 10 * MINUTE, dev_eui=dev_eui) for f_cnt in f_cnts]


def log(code: str, f_cnt: str, minutes: int = 25, **changed: object) -> Event:
    """What the server says of a frame."""
    body = {
        "time": render(START + minutes * MINUTE),
        "deviceInfo": {"devEui": "02c1710000000001"},
        "code": code,
        "context": {"f_cnt_up": f_cnt, "deduplication_id": f"{code}{f_cnt}"},
    }
    topic = "application/a/device/02c1710000000001/event/log"
    return Event("main", topic, json.dumps(body | changed).encode(), START + minutes * MINUTE)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (log("UPLINK_F_CNT_RESET", "2"), NETWORK),
        (log("UPLINK_F_CNT_RETRANSMISSION", "2"), NETWORK),
        (log("UPLINK_F_CNT_RESET", "0"), UNKNOWN),  # the device began again: none of those that are missing
        (log("UPLINK_F_CNT_RETRANSMISSION", "1"), UNKNOWN),  # the frame before, once more
        (log("UPLINK_F_CNT_RESET", "3"), UNKNOWN),  # the frame behind, once more
        (log("UPLINK_F_CNT_RESET", "many"), UNKNOWN),
        (log("UPLINK_F_CNT_RESET", "4294967296"), UNKNOWN),  # no counter has 33 bits
        (log("UPLINK_F_CNT_RESET", "9" * 4000), UNKNOWN),
        (log("UPLINK_F_CNT_RESET", "9" * 5000), UNKNOWN),  # more digits than Python makes a number of
        (log("UPLINK_F_CNT_RESET", "2", context={}), UNKNOWN),
        (log("UPLINK_MIC", "2"), UNKNOWN),  # of a join request
        (log("UPLINK_CODEC", "2"), UNKNOWN),  # its uplink comes all the same
    ],
)
def test_a_log_tells_of_the_frame_that_it_names(said: Event, expected: Cause) -> None:
    assert causes([*regular(0, 1), said, *regular(3)]) == [(1, expected)]


def test_a_counter_that_cannot_be_is_nothing_to_remember() -> None:
    intake = Intake(parse)
    for f_cnt in ("9" * 30, "9" * 5000, "4294967296"):
        intake.judge(log("UPLINK_F_CNT_RESET", f_cnt))
    assert msgspec.msgpack.decode(intake.network(), type=Network).dropped == {}


def test_a_log_of_an_earlier_session_tells_nothing() -> None:
    events: list[Event | Note] = [*regular(0, 1), log("UPLINK_F_CNT_RESET", "8")]
    later = [uplink(f_cnt, at=START + (f_cnt + 5) * 10 * MINUTE, devAddr="01000202") for f_cnt in (5, 6, 7, 9)]
    assert causes([*events, *later]) == [(1, UNKNOWN)]


def test_frames_faster_than_a_device_can_send_came_all_at_once() -> None:
    flushed = uplink(4, at=START + 10 * MINUTE + SECOND)
    assert causes([*regular(0, 1), flushed]) == [(2, NETWORK)]


def test_a_counter_that_jumps_far_ahead_never_sent_those_frames() -> None:
    assert causes([*regular(0, 1), uplink(130, at=START + 10 * MINUTE + 3 * SECOND)]) == [(128, UNKNOWN)]


def test_a_session_that_was_lost_explains_what_was_sent_meanwhile_and_nothing_else() -> None:
    def lost(minutes: float) -> Note:
        return lambda intake: intake.interrupted("session_lost", "main", START + round(minutes * MINUTE))

    other = uplink(0, at=START + 24 * MINUTE, dev_eui="02c1710000000002")
    assert causes([*regular(0, 1), lost(21), *regular(3)]) == [(1, NETWORK)]
    # Frame 2 was due at 20 minutes; another device was heard then, and the session was lost after that.
    assert causes([*regular(0, 1), other, lost(28), *regular(3)]) == [(1, UNKNOWN)]
    assert causes([*regular(0, 1), lambda intake: intake.interrupted("session_lost", "other", START), *regular(3)]) == [
        (1, UNKNOWN)
    ]


def test_a_connection_that_was_lost_explains_something_only_where_nothing_is_queued() -> None:
    def away(intake: Intake) -> None:
        intake.interrupted("connection_lost", "main", START + 15 * MINUTE)
        intake.interrupted("session_opened", "main", START + 22 * MINUTE)

    def at_most_once(intake: Intake) -> None:
        intake.queued("main", queued=False)

    assert causes([*regular(0, 1), away, *regular(3)]) == [(1, UNKNOWN)]
    assert causes([*regular(0, 1), at_most_once, away, *regular(3)]) == [(1, NETWORK)]


def test_what_we_lost_explains_no_more_frames_than_events_were_lost() -> None:
    def lost(intake: Intake) -> None:
        intake.lost("main", 3)

    both = [*regular(0, 1), *regular(0, 1, dev_eui="02c1710000000002")]
    after = [*regular(4), *regular(4, dev_eui="02c1710000000002")]
    assert causes([*both, lost, *after]) == [(2, LOST), (2, UNKNOWN)]


def test_the_silence_of_its_only_device_is_not_that_of_a_source() -> None:
    frames = list(range(400))
    assert causes(regular(*frames, 500)) == [(100, UNKNOWN)]


# A gateway's account.


def test_a_gateway_s_account_balances_although_uplinks_follow_its_reports() -> None:
    gateway = Gateway()
    for number in range(1, 7):
        gateway.report(number * 30_000, 2, 0)
        gateway.seen += 2 if number % 2 else 3  # one of them is in flight when it reports
        gateway.seen -= 0 if number % 2 else 1
    assert gateway.since == 60_000
    assert gateway.balanced == 180_000
    assert gateway.lost == 0


def test_a_gateway_that_has_received_what_never_came_says_when_and_how_much() -> None:
    gateway = Gateway()
    for number in range(1, 11):
        gateway.report(number * 30_000, 5 if number == 8 else 2, 0)
        gateway.seen = 2
    assert (gateway.lost, gateway.lost_from, gateway.lost_to) == (3, 210_000, 270_000)
    assert gateway.clean == 150_000
    assert gateway.since == gateway.balanced - 30_000 == 270_000


def test_a_report_that_did_not_come_begins_the_account_anew() -> None:
    gateway = Gateway()
    for number in (1, 2, 3, 6, 7, 8):
        gateway.report(number * 30_000, 2, 0)
        gateway.seen = 2
    assert gateway.since == 210_000  # an irregular report, then one that is regular again


def test_a_join_request_excuses_a_surplus() -> None:
    gateway = Gateway()
    for number in range(1, 11):
        gateway.report(number * 30_000, 3 if number == 8 else 2, 1 if number >= 8 else 0)
        gateway.seen = 2
    assert (gateway.lost, gateway.since, gateway.balanced) == (0, 60_000, 300_000)


# Late frames are taken off the cause that they were counted under.


def test_a_late_frame_is_taken_off_the_cause_under_which_it_was_missing() -> None:
    intake = Intake(parse)
    intake.judge(uplink(0))
    for f_cnt, cause in ((2, LOST), (4, NETWORK), (6, UNKNOWN), (8, RADIO)):
        before = dict(intake.tally)
        _judge_as(intake, uplink(f_cnt, at=START + f_cnt * MINUTE), cause)
        assert intake.tally[f"missing_{cause.word}"] == before.get(f"missing_{cause.word}", 0) + 1
    late = [intake.judge(uplink(f_cnt, at=START + 9 * MINUTE)).entry for f_cnt in (3, 7, 1, 5)]
    assert [(one.gap, Cause(one.cause)) for one in late] == [(-1, NETWORK), (-1, RADIO), (-1, LOST), (-1, UNKNOWN)]
    assert not any(intake.tally[f"missing_{cause.word}"] for cause in Cause)
    (state,) = intake.take_changed().values()
    assert len(state) == 104


def _judge_as(intake: Intake, event: Event, cause: Cause) -> None:
    """Judge an uplink as a recall does, whose cause was found before."""
    message = parse(event.topic, event.payload)
    intake._hold(message, event.source, event.arrived_at, event.arrived_at, cause)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 90), st.sampled_from(Cause)), max_size=80),
    st.lists(st.integers(0, 400), max_size=60),
)
def test_the_tallies_add_up_and_are_never_below_zero(gaps_: list[tuple[int, Cause]], late: list[int]) -> None:
    """Held against a dictionary that remembers the cause of each frame."""
    intake, f_cnt = Intake(parse), 0
    missing: dict[int, Cause] = {}
    intake.judge(uplink(0))
    for gap, cause in gaps_:
        missing |= dict.fromkeys(range(f_cnt + 1, f_cnt + gap + 1), cause)
        f_cnt += gap + 1
        _judge_as(intake, uplink(f_cnt, at=START + f_cnt * SECOND), cause)
    for number, one in enumerate(late):
        if one in missing and f_cnt - one < 64:
            _judge_as(intake, uplink(one, f"{number:02x}", at=START + f_cnt * SECOND), UNKNOWN)
            del missing[one]
        for cause in Cause:
            assert intake.tally[f"missing_{cause.word}"] == list(missing.values()).count(cause)
        assert intake.tally["missing_fcnt"] == len(missing)


# Restart.


@pytest.mark.parametrize("remembered", [0, 700, 1400])
def test_a_restart_changes_no_cause(remembered: int) -> None:
    life = Life(City(60, 2), radio_loss=0.05, bursts=0.02, stats_every=30)
    events = [Event("main", one.topic, one.payload, one.at) for one in islice(life.stream(START, 0.5), 2800)]
    steady, steady_journal = Intake(parse), MemoryJournal(Shelf())
    expected = [_take(steady, steady_journal, event) for event in events]
    assert {one.cause for one in expected} == {UNKNOWN, RADIO, NETWORK}
    intake, journal, seen = Intake(parse), MemoryJournal(Shelf()), []
    for number, event in enumerate(events):
        if number == remembered:
            journal.remember(intake.take_changed(), intake.network())
        if number == len(events) // 2:
            intake = Intake(parse)
            intake.recall(journal.reader())
        seen.append(_take(intake, journal, event))
    assert seen == expected
    assert intake._network == steady._network
    assert intake._devices == steady._devices


def _take(intake: Intake, journal: Journal, event: Event) -> Entry:
    judged = intake.judge(event)
    journal.append([judged.entry], judged.identity, intake.take_tally())
    return judged.entry


def test_what_was_decided_stands_after_a_restart_that_has_lost_the_evidence(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([uplink(0), uplink(1, at=START + 10 * MINUTE)])
        house.intake.lost("main", 1)
        house.take([uplink(3, at=START + 30 * MINUTE)])
        assert house.state().missing == {"unknown": 0, "radio": 0, "network": 0, "lost": 1}
    with House(tmp_path) as house:  # nothing was remembered: all is read again
        house.take([uplink(2, at=START + 31 * MINUTE)])
        assert house.state().missing == dict.fromkeys(("unknown", "radio", "network", "lost"), 0)
        assert house.state().tallies["missing_fcnt"] == 0


# What is kept.


def test_an_entry_of_before_has_no_cause() -> None:
    now = Entry("t", b"p", "main", 1, 2, 0, 3, 0, b"", RADIO.value)
    old = msgspec.msgpack.encode(msgspec.msgpack.decode(msgspec.msgpack.encode(now))[:-1])
    assert msgspec.msgpack.decode(old, type=Entry).cause == UNKNOWN


def test_a_journal_of_before_has_all_its_gaps_unknown(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([uplink(0), uplink(1, at=START + 10 * MINUTE), uplink(9, at=START + 30 * MINUTE)])
        house.journal._db.execute(
            "DELETE FROM tally WHERE name LIKE 'missing!__%' ESCAPE '!' AND name != 'missing_fcnt'"
        )
        assert house.state().missing == {"unknown": 7, "radio": 0, "network": 0, "lost": 0}
    make_older(tmp_path / "journal.db")
    journal = SqliteJournal(tmp_path)
    reader = journal.reader()
    assert reader.tallies()["missing_unknown"] == reader.tallies()["missing_fcnt"] == 7
    reader.close()
    journal.close()


def test_an_older_memory_of_the_network_can_be_read() -> None:
    known = Network(online={"g": True})
    assert msgspec.msgpack.decode(msgspec.msgpack.encode([{"g": True}]), type=Network) == known


def test_what_is_remembered_is_bounded() -> None:
    known = Network()
    for number in range(DEVICES + 10):
        known._drop(number, 1, 1)
        known.gateway(str(number))
    for number in range(1, 200):
        known._drop(DEVICES + 9, number, 1)
        known.interrupt("session_lost", "main", number * 1_000_000)
        known.hear("main", number * 1_000_000 + 5_000, ())
    assert len(known.dropped) == DEVICES
    assert len(known.gateways) == GATEWAYS
    assert len(known.dropped[DEVICES + 9]) <= SPANS * 2
    assert len(known.sources["main"].away) == SPANS


def test_what_came_between_a_backup_and_its_restore_is_lost_by_us(tmp_path: Path) -> None:
    *before, behind = regular(*range(4), 7)
    journal, intake = SqliteJournal(tmp_path), Intake(parse)
    for event in before:
        assert isinstance(event, Event)
        _take(intake, journal, event)
    journal.remember(intake.take_changed(), intake.network())
    journal.skip(1_000_000, START)
    restored, reader = Intake(parse), journal.reader()
    restored.recall(reader)
    assert isinstance(behind, Event)
    entry = restored.judge(behind).entry
    assert (entry.gap, Cause(entry.cause)) == (3, Cause.LOST)
    reader.close()
    journal.close()


def test_the_radio_row_says_where_the_frames_were_lost(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([*regular(0, 1), log("UPLINK_F_CNT_RESET", "2"), *regular(3, 5)])  # type: ignore[list-item]
        house.take([uplink(2, at=START + 51 * MINUTE)])
        house.drain()
        points = [
            json.loads(fields)
            for (fields,) in house.consumers["store"]._db.execute(
                "SELECT fields FROM point JOIN series ON id = series WHERE measurement = 'radio' ORDER BY time"
            )
        ]
    said = [{name: value for name, value in fields.items() if name.startswith("gap")} for fields in points]
    assert said == [
        {"gap": 0.0},
        {"gap": 0.0},
        {"gap": 1.0, "gap_network": 1.0},
        {"gap": 1.0, "gap_unknown": 1.0},
        {"gap": -1.0, "gap_network": -1.0},
    ]
