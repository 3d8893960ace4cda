"""The courier's rests: what is refused, an endpoint that refuses everything, and a clock that is set."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from ingest.alerts import outbox
from ingest.delivery import schedule
from ingest.delivery.channel import Answer as Judged
from ingest.delivery.standing import standings
from ingest.sqlite import transaction
from tests.fakes.delivery import Carried, Clock, Receiver, message, webhook
from tests.fakes.http import Answer
from tests.fakes.watched import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOM = "thoat-nuoc/room"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def _exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "JITTER", 0.0)


def test_a_clock_that_was_set_back_holds_up_nobody() -> None:
    assert schedule.left(10**18, 10**18 - 3_601 * 10**9) == 0
    assert schedule.left(10**18, 10**18 - 3_600 * 10**9) == 3_600 * 10**9
    assert schedule.left(10**18, 10**18 + 1) == 0


def test_a_clock_that_is_set_forward_gives_nothing_up(tmp_path: Path, receiver: Receiver) -> None:
    receiver.says = Answer(503)
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_1"))
        until(lambda: len(carried.troubles) == 1)
        carried.pass_(20 * 86_400)
        until(lambda: len(carried.troubles) == 2)
        assert carried.states() == {"msg_1": "waiting"}
        receiver.says = Answer(200)
        carried.pass_(30)
        until(lambda: carried.states() == {"msg_1": "delivered"})


def test_what_is_too_old_is_given_up_at_the_start(tmp_path: Path, receiver: Receiver) -> None:
    """However often the worker is restarted."""
    receiver.says = Answer(503)
    now = Clock()
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}, now) as carried:
        carried.put(message("msg_1"))
        until(lambda: carried.troubles)
    now.pass_(14 * 86_400 + 1)
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}, now) as carried:
        until(lambda: "expired" in carried.kinds())
        assert carried.states() == {"msg_1": "expired"}


def test_what_was_put_before_the_clock_was_set_is_not_too_old_after_a_restart(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.says = Answer(503)
    now = Clock()
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}, now) as carried:
        carried.put(message("msg_1"))
        until(lambda: len(carried.troubles) == 1)
        carried.pass_(20 * 86_400)
        until(lambda: len(carried.troubles) == 2)
    for hours, state in ((5, "waiting"), (2, "expired")):
        now.pass_(hours * 3600)
        with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}, now) as carried:
            until(lambda: carried.troubles)
            until(lambda: carried.states() == {"msg_1": state})  # noqa: B023


def test_one_message_that_is_sent_again_goes_alone(tmp_path: Path, receiver: Receiver) -> None:
    receiver.says = Answer(503)
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(*(message(f"msg_{number}", alerts=()) for number in range(5)))
        until(lambda: len(carried.troubles) == 1)
        before = outbox.state_of(carried.db, ROOM)
        with transaction(carried.db):
            outbox.retry(carried.db, message="msg_3")
        carried.courier.wake()
        until(lambda: len(carried.troubles) == 2)
        time.sleep(0.2)
        assert receiver.ids == ["msg_0", "msg_3"]
        assert outbox.state_of(carried.db, ROOM).failures == before.failures + 1


def test_a_clock_that_is_set_back_lets_no_rest_grow(tmp_path: Path, receiver: Receiver) -> None:
    receiver.says = Answer(503)
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_1"))
        until(lambda: outbox.state_of(carried.db, ROOM).failures == 1)
        receiver.says = Answer(200)
        carried.pass_(-1800)
        until(lambda: outbox.state_of(carried.db, ROOM).due <= carried.now() + 1.5e9)
        carried.pass_(3)
        until(lambda: carried.states() == {"msg_1": "delivered"})


def test_what_is_refused_holds_up_what_is_in_order_for_a_moment_only(tmp_path: Path, receiver: Receiver) -> None:
    bad = [f"msg_b{number}" for number in range(20)]
    receiver.by_id = dict.fromkeys(bad, Answer(400))
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:

        def answers() -> int:
            return sum(sum(one["counts"].values()) for one in carried.courier.status().values())

        def rests(seconds: float) -> None:
            """So long, after which one more has been tried, and its answer is written down."""
            before = answers()
            carried.pass_(seconds)
            until(lambda: answers() > before)

        carried.put(*(message(key, alerts=(f"al_{key}",)) for key in bad), message("msg_first", alerts=()))
        began = carried.now()
        while carried.states()["msg_first"] == "waiting":
            rests(schedule.GLANCE)
            assert carried.now() - began < 60e9
        for turn in range(40):  # each is refused again and again
            rests(schedule.BREATH)
            if turn % 10 == 9:
                carried.put(message(f"msg_{turn}", alerts=()))
                before = carried.now()
                while carried.states()[f"msg_{turn}"] == "waiting":
                    rests(schedule.BREATH)
                    assert carried.now() - before <= 3 * schedule.BREATH * 1e9
        assert set(carried.kinds()) == {"refused"}


def test_an_endpoint_that_refuses_everything_is_failing_until_it_takes_one(tmp_path: Path, receiver: Receiver) -> None:
    receiver.says = Answer(500, b"boom")
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        began = carried.now()
        carried.put(message("msg_1"), message("msg_2", kind="alert.resolved"))
        for number in range(1, 13):
            until(lambda number=number: outbox.state_of(carried.db, ROOM).failures == number)  # type: ignore[misc]
            carried.pass_(3600)
        (one,) = standings(carried.db, [ROOM])
        assert (one.state, one.since, one.waiting) == ("failing", began, 2)
        assert one.cause == "it answered 500: boom"
        receiver.says = Answer(200)
        carried.pass_(3600)
        until(lambda: set(carried.states().values()) == {"delivered"})
        assert standings(carried.db, [ROOM]) == [(ROOM, "ok", 0, 0, 0, 0, "")]


def test_rests_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "JITTER", 0.2)
    state = outbox.EndpointState(ROOM, failures=20)
    later = Judged("later")
    rests = [schedule.after(later, state, 0, attempts=0, refused=0).endpoint.due / 1e9 for _ in range(200)]
    assert 240 <= min(rests) < 250
    assert 290 < max(rests) <= 300
