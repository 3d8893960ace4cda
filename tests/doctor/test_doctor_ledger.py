"""What the doctor says of the ledger, the incidents and this machine's clock: each check both ways."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ingest.config import load
from ingest.doctor import incidents, ledger, own_clock
from tests.doctor.rig import config
from tests.fakes.house import House
from tests.fakes.uplinks import SECOND, START, raw, uplink

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.doctor.finding import Told

MINUTE = 60 * SECOND


def looked(folder: Path, now: int = START + MINUTE) -> dict[str, Told]:
    """The findings about the ledger of `folder`/data, whose consumers are the store and the roll-ups' maker."""
    settings = load(config(folder, "[rollup]\nenabled = false\n"))
    found = list(ledger.check(settings, now))
    assert all(one.told("vi").observed for one in found)
    return {one.check: one.told("en") for one in found}


def states(found: dict[str, Told]) -> dict[str, str]:
    return {name: one.state for name, one in found.items()}


def test_all_is_well(tmp_path: Path) -> None:
    with House(tmp_path / "data") as house:
        house.take([uplink(f_cnt, at=START + f_cnt * SECOND) for f_cnt in range(5)])
        house.drain()
    assert states(looked(tmp_path)) == {"ledger": "ok", "delivered": "ok", "given up": "ok", "quarantine": "ok"}


def test_nothing_yet(tmp_path: Path) -> None:
    assert states(looked(tmp_path)) == {"ledger": "unknown"}


def test_events_that_wait_while_nobody_works(tmp_path: Path) -> None:
    with House(tmp_path / "data") as house:
        house.take([uplink(f_cnt, at=START + f_cnt * SECOND) for f_cnt in range(5)])
    found = looked(tmp_path, START + 60 * MINUTE)
    assert states(found)["delivered"] == "warn"
    assert "store is 60 minutes behind; 5 events wait" in found["delivered"].observed
    assert "systemctl start citylora" in found["delivered"].remedy
    assert states(looked(tmp_path))["delivered"] == "ok"  # a minute is no delay


def test_a_sink_that_no_worker_has_run_with(tmp_path: Path) -> None:
    with House(tmp_path / "data") as house:
        house.take([uplink()])
        house.drain()
    settings = load(config(tmp_path, ""))  # the roll-ups are made too
    found = {one.check: one.told("en") for one in ledger.check(settings, START + MINUTE)}
    assert found["delivered"].state == "unknown"
    assert "rollup" in found["delivered"].observed


def test_what_is_in_quarantine_and_what_was_given_up(tmp_path: Path) -> None:
    with House(tmp_path / "data") as house:
        house.take([uplink(0, model=None), raw(b"neither JSON nor anything else")])
        house.drain()
        house.take([uplink(f_cnt, at=START + f_cnt * SECOND) for f_cnt in range(1, 2000)])
        house.evictor(1).make_room()
        house.drain()
    found = looked(tmp_path)
    assert states(found)["quarantine"] == "warn"
    assert "no_model (1)" in found["quarantine"].observed
    assert states(found)["given up"] == "warn"
    assert "store, cap" in found["given up"].observed


def test_a_ledger_that_does_not_add_up(tmp_path: Path) -> None:
    with House(tmp_path / "data") as house:
        house.take([uplink(f_cnt, at=START + f_cnt * SECOND) for f_cnt in range(5)])
        house.drain()
    with closing(sqlite3.connect(tmp_path / "data" / "store.db")) as db, db:
        db.execute("UPDATE tally SET count = count - 1 WHERE name LIKE 'stored.%'")
    found = looked(tmp_path)
    assert states(found)["ledger"] == "fail"
    assert "--verify" in found["ledger"].remedy


@pytest.mark.parametrize(
    ("kind", "days_ago", "state"),
    [
        ("session_lost", 1, "fail"),
        ("session_lost", 31, "ok"),
        ("clock_ahead", 1, "warn"),
        ("subscription_refused", 2, "fail"),
        ("lost_events", 2, "fail"),
        ("session_taken_over", 2, "fail"),
        ("intake_defect", 2, "warn"),
        ("connection_lost", 0, "ok"),
    ],
)
def test_incidents(tmp_path: Path, kind: str, days_ago: int, state: str) -> None:
    now = START + 40 * 24 * 3600 * SECOND
    with House(tmp_path) as house:
        house.take([uplink()])
        house.journal.note_incident(kind, "city", now - days_ago * 24 * 3600 * SECOND, "why")
    (found,) = incidents.check(tmp_path, now)
    assert found.state == state
    assert (found.check == "incidents") == (state == "ok")
    for language in ("vi", "en"):
        assert (kind in found.told(language).observed) == (state != "ok")
        assert bool(found.told(language).remedy) == (state != "ok")


def test_no_journal_no_incidents(tmp_path: Path) -> None:
    assert [one.state for one in incidents.check(tmp_path)] == ["unknown"]


@pytest.mark.parametrize(("status", "state"), [(0x2001, "ok"), (0x40, "warn"), (0x2041, "warn"), (None, "unknown")])
def test_this_machines_clock(status: int | None, state: str) -> None:
    assert own_clock.judge(status).state == state


def test_the_kernel_is_asked() -> None:
    (found,) = own_clock.check()
    assert found.state in ("ok", "warn")  # Linux tells
    assert found.told("vi").observed
