"""The rows of `station` that alerts make: one number for a map."""

from __future__ import annotations

from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from ingest.alerts import fields, stations
from ingest.rollup.derived_log import DerivedReader
from tests.fakes.alarms import HIGH, HOUR, MINUTE, START, Alarms, uplink

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.decoding.point import Point

VERY = HIGH.replace('"high"', '"low"').replace("2.0", "1.0").replace("1.8", "0.8").replace("danger", "info")


def rows(folder: Path, measurement: str = "station") -> list[Point]:
    with closing(DerivedReader(folder / "data", "alerts")) as log:
        return [point for block in log.read(0, 10_000) for point in block.points if point.measurement == measurement]


def said(folder: Path) -> list[tuple[str, float, int]]:
    return [(one.tags[0], float(one.fields[0][1]), (one.time - START) // MINUTE) for one in rows(folder)]


def test_a_map_has_the_worst_that_fires_at_a_site(tmp_path: Path) -> None:
    with Alarms(tmp_path, rules=HIGH + VERY) as city:
        city.play(
            [
                uplink(START, 1.5),
                uplink(START + MINUTE, 2.5),
                uplink(START + 2 * MINUTE, 2.6),
                uplink(START + 3 * MINUTE, 1.5, site="me-suot", device="24e1240000000002"),
                uplink(START + 4 * MINUTE, 1.5),
            ]
        )
        city.pass_(HOUR // 2)
        city.play([uplink(city.now, 0.1)])
        city.pass_(HOUR // 2)
        assert said(tmp_path) == [
            ("cau-do", 1.0, 0), ("cau-do", 3.0, 1), ("me-suot", 1.0, 3), ("cau-do", 1.0, 4), ("cau-do", 0.0, 34),
        ]  # fmt: skip
        (first, *_), (alert, *_) = rows(tmp_path), rows(tmp_path, "alert")
        assert first.tags == alert.tags[:2] == ("cau-do", "cam-le")
        assert first.fields == (("alert_severity", 1.0),)


def test_the_newest_row_is_the_one_that_holds(tmp_path: Path) -> None:
    """The end of the worse one is told when the other one has come and gone: its time is before that."""
    calm = VERY.replace("clear", 'settle = "0s"\nclear')
    with Alarms(tmp_path, rules=HIGH + calm) as city:
        city.play(
            [
                uplink(START, 2.5),
                uplink(START + MINUTE, 0.5),
                uplink(START + 3 * MINUTE, 1.5),
                uplink(START + 5 * MINUTE, 0.5),
            ]
        )
        city.pass_(HOUR)
        newest = max(rows(tmp_path), key=lambda one: one.time)
        assert newest.fields == (("alert_severity", 0.0),)
        assert len({one.time for one in rows(tmp_path)}) == len(rows(tmp_path))


def test_what_is_at_no_site_makes_no_row_and_a_crash_none_twice(tmp_path: Path) -> None:
    with Alarms(tmp_path) as city:
        city.hear(uplink(START, 2.5, site="unassigned"))
        city.hear(uplink(START, 2.5))
        city.crash()
        city.pass_(MINUTE)
        assert said(tmp_path) == [("cau-do", 3.0, 0)]
        assert len(rows(tmp_path, "alert")) == 2


def test_what_fires_on_is_said_once_a_day_and_what_is_over_is_not(tmp_path: Path) -> None:
    other = "24e1240000000002"
    with Alarms(tmp_path) as city:
        city.play([uplink(START, 2.5), uplink(START, 2.5, site="me-suot", device=other)])
        city.play([uplink(city.now + HOUR, 0.1, site="me-suot", device=other)])
        before = said(tmp_path)
        city.play([uplink(city.now + number * HOUR, 2.5) for number in range(1, 3 * 24 + 2)], turn=10 * MINUTE)
        again = said(tmp_path)[len(before) :]
        assert [one[:2] for one in before] == [("cau-do", 3.0), ("me-suot", 3.0)]
        assert [one[:2] for one in again] == [("me-suot", 0.0), *[("cau-do", 3.0)] * 3]
        times = [0, *(one[2] for one in again[1:])]
        assert all(24 * 60 <= after - before <= 24 * 60 + 10 for before, after in pairwise(times))
        city.play([uplink(city.now, 0.1)])
        city.pass_(HOUR)
        newest = max((one for one in rows(tmp_path) if one.tags[0] == "cau-do"), key=lambda one: one.time)
        assert newest.fields == (("alert_severity", 0.0),)


def test_nothing_is_said_again_before_it_is_known_whether_it_still_fires(tmp_path: Path) -> None:
    with Alarms(tmp_path) as city:
        city.hear(uplink(START, 2.5))
        city.now += stations.REPEAT
        city.hear(uplink(START + HOUR, 2.5))
        city.idle(caught_up=False)
        assert said(tmp_path) == [("cau-do", 3.0, 0)]
        city.crash()
        city.hear(uplink(city.now, 2.5))
        city.idle()
        assert said(tmp_path)[1:] == [("cau-do", 3.0, 24 * 60)]


def test_of_many_sites_some_are_said_again_in_each_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stations, "AT_ONCE", 2)
    with Alarms(tmp_path) as city:
        city.play([uplink(START, 2.5, site=f"s{one}", device=f"{one:016x}") for one in range(5)])
        city.pass_(MINUTE)
        begun = len(rows(tmp_path))
        city.now += stations.REPEAT
        counts = []
        for _ in range(5):
            city.idle()
            counts.append(len(rows(tmp_path)) - begun)
        assert begun == 5
        assert counts == [2, 4, 5, 5, 5]


def test_no_rule_looks_at_it() -> None:
    with pytest.raises(ValueError, match="is nothing that is stored"):
        fields.find("alert_severity", "station")
