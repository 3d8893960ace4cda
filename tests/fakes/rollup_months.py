"""A month of the roll-ups of a city, from readings that a test names: as the worker makes them, and on disk."""

from __future__ import annotations

from cmath import phase, rect
from contextlib import closing
from datetime import date, datetime, timedelta
from math import degrees, log10, nan, radians
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from decoders.quantities import QUANTITIES
from ingest.data_dir import make, open_consumer
from ingest.rollup.meaning import of_day
from ingest.rollup.packed import pack
from ingest.rollup.rows import made
from ingest.rollup.summary import Aggregate, Series, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from ingest.registry.site import Site
    from ingest.rollup.rows import Made

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR = 3_600_000_000_000
DAY = 24 * HOUR
QUARTER = HOUR // 4


Reading: TypeAlias = "Callable[[int, int], float | None]"
"""The value of a day and a quarter of an hour, both from 0."""


class Kept(NamedTuple):
    """Days and hours of a site, oldest first; what hours mean is left out."""

    days: list[Made]
    hours: list[Made]


def midnight(day: date) -> int:
    """When a day begins in Đà Nẵng, ns UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp()) * 10**9


def month(  # noqa: PLR0917  (a table of a test reads by position)
    site: str,
    ward: str,
    first: date,
    count: int,
    readings: Mapping[str, Reading] | Mapping[Series, Reading],
    known: Site | None = None,
    doubts: Mapping[int, Mapping[str, Mapping[int, int]]] | None = None,
    invalid: Mapping[int, Mapping[str, int]] | None = None,
) -> Kept:
    """So many days of a site, of a reading each quarter of an hour, by quantity (of channel 0) or series.

    `known` is what the registry has of the site, for what the days mean; `doubts` and `invalid` are by day, from 0.
    """
    days: list[Made] = []
    hours: list[Summary] = []
    for place in range(count):
        start = midnight(first + timedelta(days=place))
        values = {
            Series(name, 0) if isinstance(name, str) else name: [
                (start + quarter * QUARTER, value)
                for quarter in range(96)
                if (value := reading(place, quarter)) is not None
            ]
            for name, reading in readings.items()
        }
        own = [_span(site, ward, start + hour * HOUR, HOUR, values) for hour in range(24)]
        hours += [one for one in own if one is not None]
        more = {"doubts": (doubts or {}).get(place, {}), "invalid": (invalid or {}).get(place, {})}
        day = _span(site, ward, start, DAY, values)
        if day is None and any(more.values()):
            day = Summary(site, ward, start, start + DAY)
        if day is not None:
            day = msgspec.structs.replace(day, **more)
            days.append(made(day, of_day(day, hours[-31:], [one.summary for one in days[-60:]], known)))
    return Kept(days, [made(one, {}) for one in hours])


CLOSED = 1 << 62
"""Until when hours and days are closed: for ever."""


def write(folder: Path, kept: Iterable[Kept]) -> None:
    """Put them where the worker keeps its roll-ups."""
    make(folder)
    with closing(open_consumer(folder, "rollup")) as db:
        for own in kept:
            for table, found in (("daily", own.days), ("hourly", own.hours)):
                db.executemany(
                    f"INSERT INTO {table} (site, start, ward, data) VALUES (?, ?, ?, ?)",  # noqa: S608
                    [(one.summary.site, one.summary.start, one.summary.ward, pack(one)) for one in found],
                )
        db.execute("UPDATE rollup_state SET hours = ?, days = ?", (CLOSED, CLOSED))
        db.commit()


def _span(
    site: str, ward: str, start: int, length: int, values: Mapping[Series, Sequence[tuple[int, float]]]
) -> Summary | None:
    found = {}
    for series, readings in values.items():
        own = [value for time, value in readings if start <= time < start + length]
        if own:
            found[series] = _aggregate(series.quantity, own, len(own) / (length // QUARTER))
    return Summary(site, ward, start, start + length, found) if found else None


def _aggregate(quantity: str, values: Sequence[float], coverage: float) -> Aggregate:
    """As the roll-ups have it, in other words: values come at equal distances."""
    kind, ascending = QUANTITIES[quantity].kind, sorted(values)
    mean, p95 = fmean(values), ascending[-(-95 * len(values) // 100) - 1]
    if kind == "counter":
        return Aggregate(nan, nan, values[-1], nan, nan, len(values), coverage)
    if quantity == "wind_direction":
        turned = sum(rect(1, radians(value)) for value in values)
        return Aggregate(degrees(phase(turned)) % 360, nan, nan, nan, nan, len(values), coverage)
    if quantity == "laeq":
        mean = 10 * log10(fmean(10 ** (value / 10) for value in values))
    total = sum(values) if kind == "event_count" else nan
    return Aggregate(mean, ascending[0], ascending[-1], p95, total, len(values), coverage)
