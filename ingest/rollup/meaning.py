"""What an hour and a day of a site mean: indices, classes and limits from its roll-ups. Pure.

    Summary ──▶ of_hour, of_day ──▶ {"environment": {"vn_aqi": 59.0, "vn_aqi_class": 1.0, ...}, "water": {...}}

Each domain's fields belong to the row `<domain>_1h` or `<domain>_1d` of channel 0. docs/indices.md has all of them.
What cannot be computed is absent; a site without any of the quantities gets nothing, and costs next to nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ingest.indices.vn_aqi import DAY_INPUT
from ingest.rollup import means, of_air, of_water, of_weather
from ingest.rollup.battery import battery_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, tzinfo

    from ingest.registry.site import Site
    from ingest.rollup.means import Trace
    from ingest.rollup.summary import Summary

EARLIER_HOURS = 23
"""Hours before an hour that its indices rest on: a change of one concerns so many after it."""
BEFORE_DAY = DAY_INPUT - means.DAY_HOURS
"""Hours before a day that its indices rest on: means of 8 hours that end within it."""
EARLIER_DAYS = 60
"""Days before a day that its `battery_days` rest on."""

CITY = timezone(timedelta(hours=7))
"""Local time of Đà Nẵng, which has no daylight saving."""

_HEAT = of_weather.HEAT
_OF_HOUR = of_air.AIR | _HEAT | of_water.LEVELS | {"rain"}
_OF_HOURS = of_air.AIR | _HEAT | {"rain", "laeq"}
_OF_DAY = _OF_HOUR | of_water.QUALITY | {"laeq", "battery"}


def of_hour(
    hour: Summary, earlier: Sequence[Trace], site: Site | None, *, zone: tzinfo = CITY
) -> Mapping[str, Mapping[str, float]]:
    """What an hour means: domain, field, value.

    Args:
        hour: what was measured in it.
        earlier: of those of the `EARLIER_HOURS` before it that exist what is asked of them; others are left alone.
        site: what the registry knows of the site now; None where that is nothing.
        zone: whose days limits hold from.
    """
    names = means.quantities(hour)
    if names.isdisjoint(_OF_HOUR):
        return {}
    found: dict[str, dict[str, float]] = {}
    if not names.isdisjoint(of_air.AIR):
        _add(found, "environment", of_air.of_hour(names, hour, earlier, _day(hour, zone)))
    if "rain" in names:
        hours = means.run((*earlier, means.trace(hour)), hour.start + means.HOUR, means.DAY_HOURS)
        amounts = [None if one is None else one.rain for one in hours]
        doubtful = any(one is not None and one.doubtful for one in hours)
        _add(found, "environment", of_weather.rain(amounts, doubtful=doubtful))
    if not names.isdisjoint(_HEAT):
        _add(found, "environment", of_weather.heat(hour))
    if not names.isdisjoint(of_water.LEVELS):
        _add(found, "water", of_water.of_levels(hour, site))
    return found


def of_day(
    day: Summary,
    hours: Sequence[Summary],
    earlier_days: Sequence[Summary],
    site: Site | None,
    *,
    zone: tzinfo = CITY,
) -> Mapping[str, Mapping[str, float]]:
    """What a local day means: domain, field, value.

    Args:
        day: what was measured in it.
        hours: its hours that exist, and those of the `BEFORE_DAY` before it; any order, others are left alone.
        earlier_days: those of the `EARLIER_DAYS` before it that exist.
        site: what the registry knows of the site now; None where that is nothing.
        zone: whose day it is.
    """
    names = means.quantities(day)
    if names.isdisjoint(_OF_DAY):
        return {}
    on = _day(day, zone)
    run = means.run(hours, day.end, DAY_INPUT) if not names.isdisjoint(_OF_HOURS) else []
    own = run[-means.DAY_HOURS :]
    found: dict[str, dict[str, float]] = {}
    if not names.isdisjoint(of_air.AIR):
        _add(found, "environment", of_air.of_day(names, run, on))
    if "laeq" in names:
        _add(found, "environment", of_air.noise(own, site, on, zone))
    if "rain" in names:
        amounts = [None if one is None else means.rain(one) for one in own]
        doubtful = any(one is not None and "rain" in one.doubts for one in own)
        _add(found, "environment", of_weather.rain(amounts, (24,), doubtful=doubtful))
    if not names.isdisjoint(_HEAT):
        _add(found, "environment", of_weather.hot(day, own))
    if not names.isdisjoint(of_water.LEVELS):
        _add(found, "water", of_water.of_levels(day, site))
    if not names.isdisjoint(of_water.QUALITY):
        _add(found, "water", of_water.of_quality(day, site, on))
    if "battery" in names and (left := battery_days(day, earlier_days)) is not None:
        found["device"] = {"battery_days": left}
    return found


def _add(found: dict[str, dict[str, float]], domain: str, fields: Iterable[tuple[str, float]]) -> None:
    """Take over what there is; a domain without any does not show."""
    if own := dict(fields):
        found.setdefault(domain, {}).update(own)


def _day(span: Summary, zone: tzinfo) -> date:
    return datetime.fromtimestamp(span.start // 10**9, zone).date()
