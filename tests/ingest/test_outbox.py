"""The outbox: what goes next, what stays, what a person may do, and that an id is there once."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from ingest.alerts import outbox
from ingest.alerts.schema import FIRST, SCHEMA, SECOND
from ingest.delivery.alertmanager import firing
from ingest.sqlite import connect, migrate, transaction
from tests.fakes.delivery import NOW, message, open_outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROOM = "thoat-nuoc/room"
DAY = 86_400 * 10**9


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    db = open_outbox(tmp_path / "alerts.db")
    yield db
    db.close()


def fires(db: sqlite3.Connection, alert: str) -> None:
    db.execute("INSERT INTO alert VALUES (?, '', '', '', '', 3, 'firing', 1, 0, 0, '', x'')", (alert,))


def test_a_message_is_there_once(db: sqlite3.Connection) -> None:
    with transaction(db):
        assert outbox.put(db, [message("msg_1"), message("msg_2")], NOW) == 2
        assert outbox.put(db, [message("msg_1", alerts=("al_other",)), message("msg_3")], NOW + 1) == 1
    entry = outbox.entry(db, "msg_1")
    assert entry is not None
    assert entry.message == message("msg_1")
    assert (entry.seq, entry.due, entry.attempts, entry.state, entry.answer, entry.done) == (1, 0, 0, "waiting", "", 0)
    assert outbox.entry(db, "msg_9") is None
    last = outbox.entry(db, "msg_3")
    assert last is not None
    assert outbox.entry(db, last.seq) == last


def test_a_message_waits_for_the_earlier_ones_of_its_alerts(db: sqlite3.Connection) -> None:
    with transaction(db):
        outbox.put(
            db,
            [
                message("msg_1", alerts=("al_a",)),
                message("msg_2", alerts=("al_a", "al_b")),
                message("msg_3", alerts=("al_b",)),
                message("msg_4", alerts=("al_c",)),
                message("msg_5", "xay-dung/room", alerts=("al_a",)),
            ],
            NOW,
        )
    assert outbox.next_due(db, ROOM) == (1, 0)
    outbox.failed(db, 1, "no", 500)
    assert outbox.next_due(db, ROOM) == (4, 0)
    outbox.done(db, 4, "delivered", "yes", NOW)
    assert outbox.next_due(db, ROOM) == (1, 500)
    outbox.done(db, 1, "delivered", "yes", NOW)
    assert outbox.next_due(db, ROOM) == (2, 0)
    assert outbox.next_due(db, "xay-dung/room") == (5, 0)
    assert outbox.next_due(db, "nobody/room") is None


@given(
    st.lists(st.frozensets(st.sampled_from(["al_a", "al_b", "al_c"]), max_size=2), min_size=1, max_size=12),
    st.data(),
)
def test_whatever_fails_each_alert_is_told_in_order_and_all_arrive(
    alerts: list[frozenset[str]], data: st.DataObject
) -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(SCHEMA)
    sent = [message(f"msg_{number:02}", alerts=tuple(sorted(own))) for number, own in enumerate(alerts)]
    outbox.put(db, sent, NOW)
    came: list[int] = []
    clock = 1
    while (found := outbox.next_due(db, ROOM)) is not None:
        clock += 1
        if len(came) + clock < 60 and data.draw(st.booleans()):
            outbox.failed(db, found[0], "no", clock)
        else:
            outbox.done(db, found[0], "delivered", "yes", clock)
            came.append(found[0])
    db.close()
    assert sorted(came) == list(range(1, len(alerts) + 1))
    for alert in ("al_a", "al_b", "al_c"):
        of_one = [seq for seq in came if alert in alerts[seq - 1]]
        assert of_one == sorted(of_one)


def test_what_endpoints_were_told_last(db: sqlite3.Connection) -> None:
    sent = [
        message("msg_1", alerts=("al_a", "al_b")),
        message("msg_2", alerts=("al_a",), kind="alert.resolved"),
        message("msg_3", alerts=("al_c",)),
        message("msg_4", alerts=("al_drill",), kind="alert.drill"),
    ]
    outbox.put(db, sent, NOW)
    for seq in (1, 2, 4):
        outbox.done(db, seq, "delivered", "yes", NOW)
    for alert in ("al_a", "al_b", "al_c", "al_drill"):
        fires(db, alert)
    first, second = outbox.last_told(db, ROOM)
    assert first == structs.replace(sent[0], alerts=("al_b",))
    assert second == sent[1]


def test_what_is_over_is_not_told_again_to_fire(db: sqlite3.Connection) -> None:
    """Neither where its end did not fit into the body, nor where the message of its end was given up."""
    for alert in ("al_cut", "al_dropped", "al_fires"):
        fires(db, alert)
    begins = message("msg_1", alerts=("al_cut", "al_dropped", "al_fires", "al_again"))
    fires(db, "al_again")
    cut = structs.replace(message("msg_2", alerts=("al_again",)), alerts=("al_again", "al_cut"))
    outbox.put(db, [begins, cut, message("msg_3", alerts=("al_dropped",), kind="alert.resolved")], NOW)
    for seq in (1, 2):
        outbox.done(db, seq, "delivered", "yes", NOW)
    outbox.drop(db, NOW, message="msg_3")
    db.execute("UPDATE alert SET phase = 'resolved' WHERE id IN ('al_cut', 'al_dropped')")
    told = outbox.last_told(db, ROOM)
    assert [(one.id, one.alerts) for one in told] == [("msg_1", ("al_fires",)), ("msg_2", ("al_again",))]
    assert [alert.id for alert, _ in firing(told)] == ["al_fires", "al_again"]


def test_what_waits_too_long_expires_and_what_is_old_is_forgotten(db: sqlite3.Connection) -> None:
    fires(db, "al_b")
    outbox.put(db, [message("msg_1", created=NOW), message("msg_2", created=NOW + DAY)], NOW)
    outbox.put(db, [message("msg_3", alerts=("al_a",)), message("msg_4", alerts=("al_b",))], NOW)
    for seq in (3, 4):
        outbox.done(db, seq, "delivered", "yes", NOW)
    assert outbox.expire(db, NOW + outbox.KEPT) == {}
    assert outbox.expire(db, NOW + outbox.KEPT + 1) == {ROOM: 1}
    assert [(one.message.id, one.state) for one in outbox.entries(db, limit=9)] == [
        ("msg_4", "delivered"),
        ("msg_2", "waiting"),
        ("msg_1", "expired"),
    ]


def test_a_person_may_send_again_and_give_up(db: sqlite3.Connection) -> None:
    outbox.put(db, [message("msg_1"), message("msg_2", alerts=()), message("msg_3", "a/b")], NOW)
    for seq in (1, 2, 3):
        outbox.failed(db, seq, "no", NOW)
    outbox.set_state(db, outbox.EndpointState(ROOM, "gone", NOW, 7, NOW))
    assert outbox.retry(db, message="msg_2") == 1
    assert outbox.state_of(db, ROOM) == outbox.EndpointState(ROOM)
    assert [one.due for one in outbox.entries(db, limit=9)] == [NOW, 0, NOW]
    assert outbox.retry(db) == 3
    assert outbox.drop(db, NOW, message="msg_1") == 1
    assert outbox.drop(db, NOW, endpoint="a/b") == 1
    assert outbox.drop(db, NOW, endpoint="a/b") == 0
    with pytest.raises(ValueError, match="neither"):
        outbox.drop(db, NOW)
    assert outbox.waiting(db) == {ROOM: (1, NOW)}
    assert outbox.counts(db) == {ROOM: {"waiting": 1, "dropped": 1}, "a/b": {"dropped": 1}}


def test_a_department_has_its_own_log(db: sqlite3.Connection) -> None:
    outbox.put(db, [message("msg_1"), message("msg_2", "xay-dung/room"), message("msg_3", "thoat-nuoc/chat")], NOW)
    outbox.done(db, 3, "delivered", "yes", NOW)

    def ids(**asked: str) -> list[str]:
        return [one.message.id for one in outbox.entries(db, limit=9, **asked)]  # type: ignore[arg-type]

    assert ids() == ["msg_3", "msg_2", "msg_1"]
    assert ids(department="thoat-nuoc") == ["msg_3", "msg_1"]
    assert ids(department="thoat-nuoc", state="waiting") == ["msg_1"]
    assert ids(endpoint="xay-dung/room") == ["msg_2"]


def test_ten_thousand_that_wait_are_no_burden(db: sqlite3.Connection) -> None:
    with transaction(db):
        outbox.put(db, [message(f"msg_{number}", alerts=(f"al_{number % 3000}",)) for number in range(10_000)], NOW)
        outbox.failed(db, 1, "no", NOW)
    steps: list[None] = []
    db.set_progress_handler(lambda: steps.append(None), 100)
    assert outbox.next_due(db, ROOM) == (2, 0)
    assert len(steps) < 10


def test_ten_thousand_that_were_tried_are_no_burden_either(db: sqlite3.Connection) -> None:
    """Each was refused, and is due at a time of its own; one alert has a tail of its own."""
    body = b"x" * 4_000
    with transaction(db):
        sent = [message(f"msg_{number}", alerts=(f"al_{number % 5000}",)) for number in range(10_000)]
        outbox.put(db, [structs.replace(one, body=body) for one in sent], NOW)
        for seq in range(1, 5_001):
            outbox.failed(db, seq, "no", NOW + 10_000 - seq)
        outbox.put(db, [message(f"msg_tail_{number}", alerts=("al_0",)) for number in range(2_000)], NOW)
    looks: dict[str, Callable[[], object]] = {
        "next": lambda: outbox.next_due(db, ROOM),
        "newest": lambda: outbox.entries(db, limit=100),
        "waiting": lambda: outbox.entries(db, state="waiting", endpoint=ROOM, limit=100),
        "nothing": lambda: outbox.entries(db, state="delivered", department="thoat-nuoc", limit=100),
        "answer": lambda: outbox.last_answer(db, ROOM),
        "standing": lambda: outbox.waiting(db),
        "counts": lambda: outbox.counts(db),
    }
    steps: list[None] = []
    db.set_progress_handler(lambda: steps.append(None), 100)
    took: dict[str, int] = {}
    for name, look in looks.items():
        steps.clear()
        look()
        took[name] = len(steps)
    assert outbox.next_due(db, ROOM) == (5_000, NOW + 5_000)
    assert max(took.values()) < 2_500, took  # some twenty steps a message at most, by indices that hold no body


def test_one_message_that_is_sent_again_wakes_no_other(db: sqlite3.Connection) -> None:
    outbox.put(db, [message(f"msg_{number}", alerts=()) for number in range(1, 5)], NOW)
    for seq in (1, 2, 3):
        outbox.failed(db, seq, "no", NOW + seq)
    failing = outbox.EndpointState(ROOM, "", NOW - 5, 7, NOW + 300)
    outbox.set_state(db, failing)
    assert outbox.retry(db, message="msg_3") == 1
    assert outbox.next_due(db, ROOM) == (3, -1)  # before msg_4, which was not tried yet
    assert outbox.state_of(db, ROOM) == failing._replace(due=0)
    assert [one.due for one in outbox.entries(db, limit=9)] == [0, 0, NOW + 2, NOW + 1]
    assert outbox.retry(db, endpoint=ROOM) == 4
    assert outbox.state_of(db, ROOM) == outbox.EndpointState(ROOM)


def test_a_file_of_before_has_its_order_worked_out(tmp_path: Path) -> None:
    path = tmp_path / "alerts.db"
    db = connect(path, durable=False)
    migrate(db, path, (FIRST,))
    db.executemany(
        "INSERT INTO outbox (id, type, department, endpoint, alerts, body, created, due, attempts, state, answer, done)"
        " VALUES (?, 'alert.firing', 'thoat-nuoc', ?, ?, x'7b7d', 1, ?, 0, ?, '', 0)",
        [
            ("msg_1", ROOM, '["al_a"]', 0, "delivered"),
            ("msg_2", ROOM, '["al_a", "al_a"]', 500, "waiting"),
            ("msg_3", ROOM, '["al_a", "al_b"]', 0, "waiting"),
            ("msg_4", ROOM, '["al_b"]', 0, "waiting"),
            ("msg_5", "a/b", '["al_b"]', 0, "waiting"),
        ],
    )
    migrate(db, path, (FIRST, SECOND))
    assert outbox.next_due(db, "a/b") == (5, 0)
    order = []
    while (found := outbox.next_due(db, ROOM)) is not None:
        outbox.done(db, found[0], "delivered", "yes", NOW)
        order.append(found[0])
    assert order == [2, 3, 4]
    assert db.execute("SELECT seq FROM outbox_order").fetchall() == [(5,)]
    db.close()


def test_what_is_due_moves_with_a_clock_that_is_set(db: sqlite3.Connection) -> None:
    outbox.put(db, [message("msg_1"), message("msg_2", alerts=()), message("msg_3", alerts=())], NOW)
    outbox.failed(db, 1, "no", NOW + 90)
    outbox.failed(db, 2, "no", 5)
    outbox.set_state(db, outbox.EndpointState(ROOM, "", NOW, 1, NOW + 60))
    outbox.shift(db, -50)
    assert [one.due for one in outbox.entries(db, limit=9)] == [0, 1, NOW + 40]
    assert outbox.state_of(db, ROOM) == outbox.EndpointState(ROOM, "", NOW - 50, 1, NOW + 10)
