"""When a worker is dead, unready or silent, and what its log says of what no thread says of itself."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from gateways.handover import Handover, Incident
from ingest.observe.health import AWAY, BLOCKED, HANGS, STUCK
from ingest.observe.observed import _answer
from ingest.observe.watch import Watch
from ingest.pipeline import Blocked
from tests.fakes.uplinks import raw, uplink
from tests.fakes.watched import Watched, until, watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOUR = 3600 * 1_000_000_000


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Watched]:
    with watched(tmp_path) as rig:
        yield rig


def test_a_broker_that_is_away_makes_it_unready_and_then_silent(rig: Watched) -> None:
    rig.look()
    assert rig.health.dead() == rig.health.silent() == []
    assert rig.health.unready() == ["broker city is not connected"]
    assert rig.value("citylora_ready") == rig.value("citylora_broker_connected", source="city") == 0
    rig.look(AWAY - 1)
    assert rig.health.silent() == []
    rig.look(2)
    assert rig.health.silent() == [f"broker city has been away for {AWAY + 1:.0f} s"]
    rig.connect()
    assert rig.health.unready() == rig.health.silent() == []
    assert rig.value("citylora_ready") == rig.value("citylora_broker_connected", source="city") == 1


def test_keeping_nothing_is_said_makes_it_unready_and_then_silent(rig: Watched) -> None:
    rig.connect()
    assert rig.health.unready() == []
    rig.worker.pipeline._look_after = lambda: None  # type: ignore[method-assign]  # it would find the disk well
    rig.worker.pipeline.blocked = Blocked(0, "the disk is full")
    rig.look()
    rig.look(BLOCKED - 1)
    assert rig.health.dead() == rig.health.silent() == []
    assert rig.health.unready() == ["nothing is kept: the disk is full"]
    assert rig.value("citylora_blocked") == 1
    rig.look(2)
    assert rig.health.silent() == [f"nothing has been kept for {BLOCKED + 1:.0f} s"]
    rig.worker.pipeline.blocked = None
    rig.look()
    assert rig.health.unready() == rig.health.silent() == []
    said = [line for line in rig.said if "kept" in line]
    assert said[0] == 'nothing is kept  cause="the disk is full"'
    assert said[1].startswith("events are kept again  after_seconds=")
    assert len(said) == 2


def test_intake_that_hangs_is_dead(rig: Watched) -> None:
    rig.connect()
    assert rig.health.unready() == []
    rig.worker.pipeline.stop()
    rig.worker._intake_thread.join()
    assert rig.health.dead() == ["the thread intake has ended"]
    rig.watch.look()
    rig.clock.now += HANGS + 1
    rig.watch.look()
    assert rig.health.dead()[1].startswith("intake has been hanging for 6")
    assert rig.health.silent() == rig.health.unready() == rig.health.dead()


def test_a_consumer_that_hangs_is_dead_and_one_in_trouble_is_not(rig: Watched) -> None:
    rig.connect()
    assert rig.health.unready() == []
    consumer = rig.worker.consumers[0]
    with consumer._lock:
        rig.worker.pipeline.report(Handover("city", 0, [uplink(1)], [0]))
        until(lambda: all(one.cursor.seq == 1 for one in rig.worker.consumers[1:]))
        rig.look()
        rig.look(STUCK - 1)
        assert rig.health.dead() == []
        rig.look(2)
        assert rig.health.dead() == [f"store has been hanging for {STUCK + 1:.0f} s"]
        consumer._health = consumer.health._replace(trouble="away")
        rig.look()
        assert rig.health.dead() == rig.health.unready() == rig.health.silent() == []
        assert rig.value("citylora_consumer_trouble", consumer="store") == 1
        consumer._health = consumer.health._replace(alarm=True, hint="set a token")
        assert rig.health.unready() == ["store: away (set a token)"]
        assert rig.health.silent() == []
        consumer._health = consumer.health._replace(trouble="", alarm=False)
    until(lambda: consumer.cursor.seq == 1)
    rig.look()
    assert rig.health.dead() == []


def test_nobody_watching_is_silence(rig: Watched) -> None:
    rig.connect()
    assert rig.health.unready() == []
    rig.clock.now += HANGS + 1
    rig.worker.pipeline.turns += 1
    assert rig.health.dead() == []
    assert rig.health.silent() == ["nobody watches: the thread that does hangs"]


def test_a_journal_that_fills_is_said_at_each_step_and_at_its_end(rig: Watched) -> None:
    rig.connect()
    assert rig.health.unready() == []
    for filled in (49, 50, 74, 75, 60, 95, 91, 51, 0):
        rig.health.filled = filled
        rig.look()
        assert bool(rig.health.unready()) == bool(rig.health.silent()) == (filled >= 90)
    said = [line for line in rig.said if line.startswith("journal")]
    assert [re.sub(r" after_seconds.*", "", line) for line in said] == [
        'journal fills with undelivered events  cause="50 % of the cap"',
        'journal fills with undelivered events  cause="75 % of the cap"',
        'journal fills with undelivered events  cause="90 % of the cap"',
        "journal is drained ",
    ]


def filled(rig: Watched) -> float:
    """After a look that is not the last one's."""
    rig.look(20)
    return rig.health.filled


def test_what_is_filled_is_measured(rig: Watched) -> None:
    rig.connect()
    assert rig.health.unready() == []
    with rig.worker.consumers[0]._lock:
        rig.worker.pipeline.report(Handover("city", 0, [uplink(1)], [0]))
        until(lambda: rig.worker.journal.last == 1 and filled(rig))
        room = rig.worker.pipeline.room
        assert room is not None
        assert rig.health.filled == pytest.approx(100 * room.size / room.cap, rel=0.2)
        assert rig.value("citylora_journal_pending_bytes") == pytest.approx(room.size, rel=0.2)


def test_the_first_of_a_reason_is_said_with_an_example_and_what_was_there_before_is_not(rig: Watched) -> None:
    def refusals() -> list[str]:
        rig.read_anew()
        rig.watch.read()
        return [line for line in rig.said if line.startswith("events quarantined")]

    rig.take(raw(b"{"), raw(b"{"))
    (first,) = refusals()
    assert "consumer=store reason=not_json held=2 example=" in first
    assert "subject=application/" in first
    rig.take(raw(b"{ "))
    assert refusals() == [first]
    rig.take(uplink(1, model="acme/1"))
    assert "reason=unknown_model" in refusals()[1]
    again = Watch(rig.worker, rig.health, rig.glimpse)
    again.read()
    again.read()
    assert len(refusals()) == 2


def test_what_intake_finds_is_said_once_and_what_a_broker_reports_is_not_said_twice(rig: Watched) -> None:
    def found() -> list[str]:
        rig.read_anew()
        rig.watch.read()
        return [line for line in rig.said if "ahead" in line or "forgotten" in line]

    rig.worker.hear(Incident("city", "session_lost", "forgotten"))
    for f_cnt in (1, 2):
        rig.take(msgspec.structs.replace(uplink(f_cnt, at=time.time_ns() + HOUR), arrived_at=time.time_ns()))
        until(lambda: len(found()) == 2)
    first, second = found()
    assert first == "session lost  source=city cause=forgotten"
    assert second.startswith('incident  source=main kind=clock_ahead cause="the network server')


def test_answers_are_json(rig: Watched) -> None:
    reply = _answer("ready", rig.health.unready)("")
    assert reply.status == 503
    assert json.loads(reply.body) == {"ready": False, "reasons": ["broker city is not connected"]}
    assert _answer("healthy", rig.health.dead)("") == (
        200,
        "application/json; charset=utf-8",
        b'{"healthy": true, "reasons": []}\n',
    )
