"""What watchers are told of alerts: how they stand by alerts.db, and when that is unhealthy."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from gateways.rfc3339 import render
from ingest import report_alerts
from ingest.alerts import outbox
from ingest.alerts.engine import TOO_LATE
from ingest.alerts.rule import Severity
from ingest.alerts.sink import FAILED
from ingest.alerts.tables import Tables
from ingest.delivery.overview import Overview, read_overview
from ingest.ledger import Ledger
from ingest.rollup.trim import GIVEN_UP
from ingest.status import read_state
from tests.fakes.alerting import DUTY, GONE, ROOM, SECOND, alerts_db, change, disable, fail, record, wait
from tests.fakes.derived import hour, log
from tests.fakes.house import House
from tests.fakes.uplinks import uplink

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_790_000_000 * SECOND
HOUR = 3_600 * SECOND


def look(folder: Path, *configured: str) -> Overview:
    found = read_overview(folder, {"store": 1}, configured)
    assert found is not None
    return found


def said(folder: Path, *configured: str, runs: bool = True) -> list[str]:
    return list(report_alerts.unhealthy(look(folder, *configured), NOW, runs=runs))


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert read_overview(tmp_path, {}, []) is None
    assert list(report_alerts.unhealthy(None, NOW, runs=False)) == []
    assert report_alerts.as_json(None) is None
    assert report_alerts.lines(None) == ()


def test_what_fires_is_counted_by_severity_and_what_is_over_is_not(tmp_path: Path) -> None:
    with alerts_db(tmp_path) as db:
        record(db, *[change(number, Severity.DANGER) for number in range(3)], change(9, Severity.INFO))
        record(db, change(0, Severity.DANGER, "resolved"))
        Tables(db).acknowledge(change(1, Severity.DANGER).alert, "Lan", NOW)
        Tables(db).acknowledge(change(0, Severity.DANGER).alert, "Lan", NOW)
        Ledger(db).count({TOO_LATE: 7, FAILED + "flood/bd3": 2, GIVEN_UP + "store": 4})
        db.execute("INSERT INTO untold VALUES ('al_1', 'ioc', 'quiet', 5, 0, ''), ('al_2', 'ioc', 'quiet', 5, 0, '')")
    found = look(tmp_path)
    assert (found.firing, found.acknowledged) == ({"danger": 2, "warning": 0, "info": 1}, 1)
    assert (found.untold, found.too_late, found.failed) == ({"quiet": 2}, 7, {"flood/bd3": 2})
    assert (found.pending, found.given_up) == ({"store": 1}, {"store": 4})  # one block of four rows it has
    lines = dict(report_alerts.lines(report_alerts.as_json(found)))
    assert lines["alerts"] == (
        "3 fire (2 danger, 1 info), 1 acknowledged; still to be told: 2 for the end of quiet hours;"
        " 7 values came too late"
    )
    assert lines["rules"] == "could not be worked out: flood/bd3 2 times"


def test_every_reason_to_wait_has_words() -> None:
    from typing import get_args  # noqa: PLC0415

    from ingest.alerts.news import Why  # noqa: PLC0415

    assert set(report_alerts.WAITS) == set(get_args(Why))


def test_endpoints_stand_as_the_outbox_has_them(tmp_path: Path) -> None:
    with alerts_db(tmp_path) as db:
        wait(db, ROOM, 1, 2, at=NOW - HOUR)
        fail(db, ROOM, NOW - HOUR + SECOND)
        disable(db, DUTY, NOW - 2 * HOUR)
    found = look(tmp_path, ROOM, DUTY, "ioc/mail")
    assert [(one.endpoint, one.state, one.waiting) for one in found.endpoints] == [
        (ROOM, "failing", 2), (DUTY, "disabled", 0), ("ioc/mail", "ok", 0),
    ]  # fmt: skip
    assert (found.waiting, found.oldest) == (2, NOW - HOUR + 1)
    shown = report_alerts.lines(report_alerts.as_json(found))
    assert [value for name, value in shown if name == "outbox"] == [
        f"3 endpoints, 1 well, 2 messages wait, the oldest since {render(NOW - HOUR + 1)}"
    ]
    assert [value.split(" since")[0] for name, value in shown if name == "endpoint"] == [
        f"{ROOM} failing", f"{DUTY} disabled",
    ]  # fmt: skip


@pytest.mark.parametrize(("since", "unhealthy"), [(NOW - HOUR + 1, False), (NOW - HOUR, True)])
def test_an_endpoint_may_fail_for_an_hour(tmp_path: Path, since: int, unhealthy: bool) -> None:  # noqa: FBT001
    with alerts_db(tmp_path) as db:
        wait(db, ROOM, 1)
        fail(db, ROOM, since, "answered 503")
    words = said(tmp_path, ROOM)
    assert bool(words) == unhealthy
    if unhealthy:
        assert words == [
            (
                f"endpoint {ROOM} has failed since {render(since)}, and 1 message waits: answered 503"
                " (ask who runs it, or correct its table in [alerts])"
            )
        ]


def test_one_that_is_disabled_or_unknown_needs_somebody_at_once(tmp_path: Path) -> None:
    with alerts_db(tmp_path) as db:
        disable(db, DUTY, NOW)
        wait(db, GONE, 1, 2)
    assert said(tmp_path, DUTY) == [
        (
            f"endpoint {DUTY} is disabled, and 0 messages wait: 410 Gone"
            f" (ask who runs it, then `citylora outbox retry --endpoint {DUTY}`)"
        ),
        (
            f"2 messages wait for endpoint {GONE}, which is not configured"
            f" (name it again, or `citylora outbox drop --endpoint {GONE}`)"
        ),
    ]
    with alerts_db(tmp_path) as db:
        outbox.retry(db, endpoint=DUTY)
        outbox.drop(db, NOW, endpoint=GONE)
    assert said(tmp_path, DUTY) == []


def test_what_waits_needs_a_worker(tmp_path: Path) -> None:
    with alerts_db(tmp_path) as db:
        wait(db, ROOM, 1)
    assert said(tmp_path, ROOM) == []
    assert said(tmp_path, ROOM, runs=False) == ["no worker runs, and 1 message to departments waits"]


def test_it_is_cheap_with_many_alerts_and_messages(tmp_path: Path) -> None:
    """Watchers ask every few seconds; what is over, and what was sent, costs nothing."""
    with alerts_db(tmp_path) as db:
        record(db, *[change(number, Severity.WARNING) for number in range(20_000)])
        record(db, *[change(number, Severity.WARNING, "resolved") for number in range(1_000, 20_000)])
        wait(db, ROOM, *range(5_000))
    look(tmp_path, ROOM)
    began = time.process_time()
    found = look(tmp_path, ROOM)
    assert time.process_time() - began < 0.5
    assert (sum(found.firing.values()), found.waiting) == (1_000, 5_000)


def test_each_log_is_pending_for_those_that_read_it(tmp_path: Path) -> None:
    """`rollup` reads neither, `alerts` the roll-ups, the sinks both."""
    with House(tmp_path) as house:
        house.take([uplink(1)])
        house.drain()
    log(tmp_path, [hour(1), hour(2)])
    with alerts_db(tmp_path) as db:
        record(db, change(1, Severity.DANGER))
    state = read_state(tmp_path, ["store", "rollup", "alerts"])
    assert state.rollup is not None
    assert state.alerts is not None
    assert (state.rollup.pending, state.alerts.pending) == ({"store": 2, "alerts": 2}, {"store": 1})
