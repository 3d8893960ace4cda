"""Quiet hours begin and end by the local clock."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ingest.alerts.department import Quiet
from ingest.alerts.quiet import quiet_until
from tests.fakes.telling import SECOND, ZONE


def at(text: str, zone: ZoneInfo = ZONE) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("since", "until", "now", "end"),
    [
        (22 * 60, 6 * 60, "2026-11-22T21:59:59", None),
        (22 * 60, 6 * 60, "2026-11-22T22:00:00", "2026-11-23T06:00:00"),
        (22 * 60, 6 * 60, "2026-12-31T23:59:59", "2027-01-01T06:00:00"),
        (22 * 60, 6 * 60, "2026-11-22T05:59:59", "2026-11-22T06:00:00"),
        (22 * 60, 6 * 60, "2026-11-22T06:00:00", None),
        (12 * 60, 13 * 60 + 30, "2026-11-22T11:59:00", None),
        (12 * 60, 13 * 60 + 30, "2026-11-22T12:00:00", "2026-11-22T13:30:00"),
        (12 * 60, 13 * 60 + 30, "2026-11-22T13:30:00", None),
        (22 * 60, 0, "2026-11-22T23:00:00", "2026-11-23T00:00:00"),
        (22 * 60, 0, "2026-11-22T00:00:00", None),
        (22 * 60, 24 * 60, "2026-11-22T23:00:00", "2026-11-23T00:00:00"),
        (6 * 60, 6 * 60, "2026-11-22T06:00:00", None),
    ],
)
def test_they_end_when_they_say(since: int, until: int, now: str, end: str | None) -> None:
    assert quiet_until(Quiet(since, until), at(now), ZONE) == (None if end is None else at(end))


def test_they_follow_a_clock_that_is_put_forward() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    end = quiet_until(Quiet(22 * 60, 6 * 60), at("2026-03-28T23:00:00", berlin), berlin)
    assert end == at("2026-03-29T06:00:00", berlin)
