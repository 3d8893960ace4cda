"""The last hours of a site say of later ones the same as if they were read again."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from ingest.rollup import recent
from ingest.rollup.meaning import EARLIER_HOURS, of_hour
from ingest.rollup.means import trace
from ingest.rollup.recent import Recent
from ingest.rollup.summary import Aggregate, Series, Summary
from tests.fakes.rollups import BEGIN, HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


def hour(number: int, quantities: Sequence[str], doubts: Sequence[str] = (), site: str = "a") -> Summary:
    start = BEGIN + number * HOUR
    one = Aggregate(10.0 + number, 1.0, 90.0, 80.0, float(number), 4, 1.0)
    values = {Series(name, 0): one for name in quantities}
    return Summary(site, "w", start, start + HOUR, values, {name: {3: 1} for name in doubts}, {"co2": 1}, {"x": nan})


def test_what_an_hour_means_is_the_same_of_remembered_hours() -> None:
    known = Recent()
    hours: list[Summary] = []
    known.keep("a", [], BEGIN)
    for number in range(60):
        rain = () if number % 7 == 3 else ("rain",)
        one = hour(number, ("pm2_5", "humidity", *rain), ("rain",) if number in {5, 40} else ())
        earlier = known.of("a")
        assert earlier is not None
        assert of_hour(one, earlier, None) == of_hour(one, [*map(trace, hours[-EARLIER_HOURS:])], None)
        known.add(one)
        hours.append(one)


def test_of_a_site_without_rain_only_half_a_day_is_remembered() -> None:
    known = Recent()
    known.keep("a", [trace(hour(number, ("pm2_5",))) for number in range(23)], BEGIN + 23 * HOUR)
    assert [one.start for one in known.of("a") or ()] == [BEGIN + number * HOUR for number in range(11, 23)]


def test_a_site_that_gives_nothing_any_more_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "SITES", 2)
    known = Recent()
    known.keep("gone", [trace(hour(0, ("rain",), site="gone"))], BEGIN + HOUR)
    known.keep("b", [trace(hour(20, ("rain",), site="b"))], BEGIN + 21 * HOUR)
    known.keep("c", [], BEGIN + 21 * HOUR)
    assert known.of("c") is None
    for _ in range(2):
        known.keep("d", [], BEGIN + 30 * HOUR)
    assert [known.of(site) is None for site in ("gone", "b", "d")] == [True, False, False]
