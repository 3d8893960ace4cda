"""From readings to departments' servers over two days, of which one of them is dead: real files, real HTTP."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from ingest import data_dir
from ingest.alerting import Written
from ingest.alerts.outbox import entries
from ingest.config import load
from ingest.delivery import schedule
from ingest.delivery.courier import Courier
from tests.e2e.alarm import Department
from tests.fakes.alarms import HOUR, MINUTE, START, Alarms, uplink
from tests.fakes.watched import until

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def phases(department: Department) -> dict[str, list[str]]:
    """What a department was told of each alert, in the order in which it came."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in department.got:
        for alert in one.alerts:
            found[alert["id"]].append(alert["phase"])
    return found


def test_who_was_away_for_two_days_has_all_of_it_soon_and_nobody_else_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "JITTER", 0.0)
    dead, well = Department(status=503), Department()
    config = dead.config(tmp_path, "dead") + well.config(tmp_path, "well")
    with dead.listening(), well.listening(), Alarms(tmp_path, config) as city:
        settings = load(tmp_path / "citylora.toml")
        endpoints = Written(settings, dict, frozenset({"main"})).endpoints()
        courier = Courier(lambda: data_dir.open_consumer(settings.data_dir, "alerts"), endpoints, lambda: city.now)
        courier.start()
        try:
            slowest = two_days(city, courier, well)
            assert slowest < 5.0
            assert len(dead.got) == 0
            assert max(one.attempts for one in entries(city.db, endpoint="dead/hook", limit=100)) > 0
            dead.status = 204
            city.pass_(10 * MINUTE, MINUTE)
            courier.wake()
            until(lambda: len(dead.got) == len(well.got))
        finally:
            courier.stop(5)
    assert phases(dead) == phases(well)
    assert len(phases(dead)) == 24
    assert all(one == ["firing", "resolved"] for one in phases(dead).values())
    assert dead.forged == well.forged == 0
    bodies: dict[str, set[Any]] = defaultdict(set)
    for one in (*dead.attempts, *well.attempts):
        bodies[one.id].add(msgspec.json.encode(one.body))
    assert {len(body) for body in bodies.values()} == {1}


def two_days(city: Alarms, courier: Courier, well: Department) -> float:
    """Water is high every other hour, each time elsewhere; the seconds that the slowest message took to who is well."""
    slowest = 0.0
    for hour in range(48):
        at, place = START + hour * HOUR, hour // 2
        one = uplink(at, 1.0 if hour % 2 else 2.5, site=f"site-{place}", device=f"24e12400{place:08x}")
        city.play([one], MINUTE)
        city.pass_(15 * MINUTE, MINUTE)
        began = time.monotonic()
        courier.wake()
        until(lambda: len(well.got) == len(city.mail) // 2)
        slowest = max(slowest, time.monotonic() - began)
    return slowest
