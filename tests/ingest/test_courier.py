"""The courier: in order for one alert, one under way, nobody waits for another, nothing is lost or sent anew."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from ingest.alerts import outbox
from ingest.delivery import clock, courier, schedule
from ingest.sqlite import transaction
from tests.fakes.delivery import Carried, Receiver, message, webhook
from tests.fakes.http import Answer, Fault
from tests.fakes.watched import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOM = "thoat-nuoc/room"
OTHER = "xay-dung/room"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def _exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "JITTER", 0.0)


def test_a_message_is_delivered_at_once_and_never_again(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "LOOK", 3600.0)  # nobody looks: it is woken
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        sent = message("msg_1")
        carried.put(sent)
        until(lambda: carried.states() == {"msg_1": "delivered"})
        carried.put(sent)
        carried.pass_(3600)
        time.sleep(0.2)
        (request,) = receiver.requests
        assert request.body == sent.body
        entry = outbox.entry(carried.db, "msg_1")
        assert entry is not None
        assert (entry.attempts, entry.answer, entry.done) == (1, "it answered 200: ok", carried.now() - 3600 * 10**9)
    assert carried.troubles == []


def test_a_restart_sends_what_waits_and_nothing_else(tmp_path: Path, receiver: Receiver) -> None:
    endpoints = {ROOM: webhook(tmp_path, receiver.url)}
    with Carried(tmp_path, endpoints) as carried:
        carried.put(message("msg_1"))
        until(lambda: receiver.ids == ["msg_1"])
        until(lambda: carried.states() == {"msg_1": "delivered"})
    with Carried(tmp_path, {}) as carried:
        carried.put(message("msg_2"))
    with Carried(tmp_path, endpoints):
        until(lambda: receiver.ids == ["msg_1", "msg_2"])


def test_one_alert_is_told_in_order_and_others_pass(tmp_path: Path, receiver: Receiver) -> None:
    receiver.by_id = {"msg_1": Answer(400, b"what is this")}
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(
            message("msg_1", alerts=("al_a",)),
            message("msg_2", alerts=("al_a",), kind="alert.resolved"),
            message("msg_3", alerts=("al_b",)),
            message("msg_4", alerts=("al_b", "al_a")),
            message("msg_5", alerts=("al_b",), kind="alert.resolved"),
            message("msg_6", alerts=()),
        )
        until(lambda: receiver.ids == ["msg_1", "msg_3", "msg_6"])
        until(lambda: carried.states()["msg_6"] == "delivered")
        assert carried.troubles[0] == (ROOM, "refused", "message msg_1: it answered 400: what is this")
        receiver.by_id = {}
        carried.pass_(2)
        until(lambda: receiver.ids[3:] == ["msg_1", "msg_2", "msg_4", "msg_5"])


def test_one_that_is_refused_for_ever_holds_up_no_other_alert(tmp_path: Path, receiver: Receiver) -> None:
    receiver.by_id = {"msg_0": Answer(500, b"boom")}
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_0", alerts=("al_0",)))
        for round_ in range(1, 21):
            carried.pass_(301)
            until(lambda number=round_: Counter(receiver.ids)["msg_0"] >= number)  # type: ignore[misc]
            carried.put(message(f"msg_{round_}", alerts=(f"al_{round_}",)))
            until(lambda key=f"msg_{round_}": carried.states()[key] == "delivered")  # type: ignore[misc]
        assert Counter(receiver.ids)["msg_0"] <= 22
        assert set(carried.kinds()) == {"refused"}


def test_an_endpoint_that_is_dead_two_days_has_everything_within_ten_minutes_and_others_at_once(
    tmp_path: Path, receiver: Receiver
) -> None:
    with Receiver() as other:
        receiver.says = Fault(reset=True)
        endpoints = {ROOM: webhook(tmp_path, receiver.url), OTHER: webhook(tmp_path, other.url)}
        with Carried(tmp_path, endpoints) as carried:
            put: list[str] = []
            for hour in range(48):
                key = f"msg_{hour:02}"
                for name in (ROOM, OTHER):
                    carried.put(
                        message(f"{key}_{name[0]}", name, (f"al_{hour // 4}",), created=carried.now()),
                    )
                put.append(key)
                until(lambda: outbox.state_of(carried.db, ROOM).failures)
                until(lambda key=key: carried.states()[f"{key}_x"] == "delivered")  # type: ignore[misc]
                for _ in range(3):
                    failures = outbox.state_of(carried.db, ROOM).failures
                    carried.pass_(1200)
                    until(lambda before=failures: outbox.state_of(carried.db, ROOM).failures > before)  # type: ignore[misc]
            assert other.ids == [f"{key}_x" for key in put]
            receiver.says = Answer(204)
            before = len(receiver.requests)
            carried.pass_(301)
            until(lambda: all(state == "delivered" for state in carried.states().values()))
            came = receiver.ids[before:]
            assert sorted(came) == [f"{key}_t" for key in put]
            for first in range(0, 48, 4):
                of_one = [f"{key}_t" for key in put[first : first + 4]]
                assert [one for one in came if one in of_one] == of_one
            bodies = {(request.headers["webhook-id"], request.body) for request in receiver.requests}
            assert len(bodies) == 48
            assert carried.kinds()[-1] == "recovered"
            assert set(carried.kinds()[:-1]) == {"failing"}


def test_rests_are_short_at_first_then_five_minutes(tmp_path: Path, receiver: Receiver) -> None:
    receiver.says = Answer(503)
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_1"))
        until(lambda: len(receiver.requests) == 1)
        for number, rest in enumerate([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300], 1):
            until(lambda number=number: outbox.state_of(carried.db, ROOM).failures == number)  # type: ignore[misc]
            state = outbox.state_of(carried.db, ROOM)
            assert round((state.due - carried.now()) / 1e9) == rest
            carried.pass_(rest + 0.001)
            until(lambda number=number: len(receiver.requests) == number + 1)  # type: ignore[misc]


def test_retry_after_is_kept_to(tmp_path: Path, receiver: Receiver) -> None:
    receiver.says = Answer(429, b"", {"Retry-After": "90"})
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_1"), message("msg_2", alerts=("al_b",)))
        until(lambda: outbox.state_of(carried.db, ROOM).failures == 1)
        receiver.says = Answer(200)
        carried.pass_(89)
        time.sleep(0.2)
        assert len(receiver.requests) == 1
        carried.pass_(2)
        until(lambda: set(carried.states().values()) == {"delivered"})


def test_410_disables_the_endpoint_until_a_person_says_otherwise(tmp_path: Path, receiver: Receiver) -> None:
    receiver.says = Answer(410, b"we have moved")
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_1"))
        until(lambda: carried.troubles)
        assert carried.troubles == [(ROOM, "disabled", "it answered 410: we have moved")]
        carried.put(message("msg_2", alerts=()))
        carried.pass_(86_400)
        time.sleep(0.2)
        assert receiver.ids == ["msg_1"]
        assert outbox.state_of(carried.db, ROOM).disabled == "it answered 410: we have moved"
        receiver.says = Answer(200)
        with transaction(carried.db):
            assert outbox.retry(carried.db, endpoint=ROOM) == 2
        carried.courier.wake()
        until(lambda: receiver.ids == ["msg_1", "msg_1", "msg_2"])


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (Answer(302, b"", {"Location": "http://127.0.0.1:1/x"}), "it answered 302"),
        (Answer(404, b"no such hook"), "it answered 404: no such hook"),
        (Fault(sent=9), "ProtocolError"),
        (Fault(reset=True), "ProtocolError"),
    ],
    ids=["redirect", "unknown", "cut off", "reset"],
)
def test_what_is_no_yes_is_a_no(tmp_path: Path, receiver: Receiver, says: Answer | Fault, words: str) -> None:
    receiver.says = says
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_1"), message("msg_2", alerts=()))
        until(lambda: carried.troubles)
        assert carried.troubles[0].kind == "failing"
        assert carried.troubles[0].words.startswith(words)
        time.sleep(0.1)
        assert len(receiver.requests) == 1
        receiver.says = Answer(202)
        carried.pass_(2)
        until(lambda: set(carried.states().values()) == {"delivered"})


def test_other_endpoints_are_taken_up_and_old_ones_let_go(tmp_path: Path, receiver: Receiver) -> None:
    with Receiver() as other, Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_1"))
        until(lambda: receiver.ids == ["msg_1"])
        carried.courier.use({ROOM: webhook(tmp_path, other.url)})
        carried.put(message("msg_2"))
        until(lambda: other.ids == ["msg_2"])
        carried.courier.use({})
        carried.put(message("msg_3"))
        time.sleep(0.2)
        assert (len(receiver.requests), len(other.requests)) == (1, 1)
        assert carried.states()["msg_3"] == "waiting"


def test_a_secret_is_read_anew_for_each_delivery(tmp_path: Path, receiver: Receiver) -> None:
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_1"))
        until(lambda: receiver.ids == ["msg_1"])
        (tmp_path / "room.secret").write_text("")
        carried.put(message("msg_2"))
        until(lambda: carried.troubles)
        assert "room.secret, which is empty; write the secret into it" in carried.troubles[0].words
        (tmp_path / "room.secret").write_text("whsec_" + "QUJD" * 10 + "\nwhsec_" + "REVG" * 10)
        carried.pass_(2)
        until(lambda: receiver.ids == ["msg_1", "msg_2"])
        assert len(receiver.requests[1].headers["webhook-signature"].split()) == 2


def test_what_waited_for_too_long_is_given_up_and_told(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "STEADY", 0.5)
    monkeypatch.setattr(courier, "EXPIRE", 0.0)
    receiver.says = Answer(503)
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_1"))
        until(lambda: carried.troubles)
        carried.pass_(14 * 86_400 + 1)
        until(lambda: "expired" in carried.kinds())
        assert (ROOM, "expired", "messages have waited for 14 days, and are given up: 1") in carried.troubles
        assert carried.states() == {"msg_1": "expired"}
