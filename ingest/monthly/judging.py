"""What a site's days say against the limits in force on each day. Pure.

Whether a limit was kept is what the roll-ups have said of the day (`ingest.rollup.meaning`), so that a report never
contradicts a board or an alert, and days of which too little was measured say nothing. Hours are asked for the worst
value alone; they are kept for weeks, days for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders.bands import table
from ingest.indices.air import COVERAGE, DAY_HOURS, day_mean
from ingest.indices.exact import exacts
from ingest.indices.flood import flood_alarm
from ingest.indices.result import NoClass
from ingest.indices.vn_aqi import DAY_INPUT, eights
from ingest.rollup import means
from ingest.rollup.of_air import SPECIAL
from ingest.rollup.of_water import LAKES, RIVERS, flood_station

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from decoders.bands import Source, Station
    from decoders.quantities import Quantity
    from ingest.registry.site import Site
    from ingest.rollup.summary import Summary

_AIR, _NOISE, _WATER, _FLOOD = "qcvn_05", "qcvn_26", "qcvn_08", "flood_alarm"
_NIGHT_AND_DAY = {"06-21": "laeq_day", "21-06": "laeq_night"}
_NITROGEN = 0.777  # the nitrogen in ammonium, by mass
_SAMPLES: Mapping[str, tuple[str, float]] = {"chloride": ("chloride", 1.0), "ammonium": ("ammonium_n", _NITROGEN)}


class Subject(NamedTuple):
    """What is held against limits: a quantity at a site, of all its channels.

    Attributes:
        site: what the registry knows of it.
        days: one of each day that is reported on.
        hours: gives those that begin in a range of time, as far as they are still kept.
    """

    name: str
    site: Site | None
    quantity: Quantity
    days: Sequence[Summary | None]
    hours: Callable[[int, int], Sequence[Summary]]

    @property
    def kind(self) -> str:
        """The site's, in small letters; "" where nobody has said it."""
        return "" if self.site is None else self.site.kind.casefold()


class Limit(NamedTuple):
    """What values are held against: equal for all days on which it is the same."""

    period: str
    low: float | None
    high: float | None
    level: int
    unit: str
    source: Source
    verified: bool
    superseded: bool


class Held(NamedTuple):
    """What a day comes to against one limit.

    Attributes:
        day: its place in the month, from 0.
        over: how many values did not keep it: hours, of a limit of one hour; else 1 or 0.
        worst: the value farthest out; None where the limit was kept, or it is not known any more.
    """

    day: int
    limit: Limit
    over: int
    worst: float | None


def station_of(site: Site | None, at: int) -> Station | None:
    """The hydrological station whose alarm levels hold at a site, as of a time."""
    return table(_FLOOD).stations.get(flood_station(site, at))


def day_limit(quantity: Quantity, kind: str, on: date) -> float | None:
    """The upper limit for the mean of a day that is in force on it, in the quantity's unit."""
    if quantity.name in _SAMPLES:
        parameter, factor = _SAMPLES[quantity.name]
        limit = table(_WATER).limit(parameter, on=on) if kind in RIVERS | LAKES else None
        return None if limit is None or limit.high is None else limit.high / factor
    limit = table(_AIR).limit(quantity.name, "24h", on=on)
    return None if limit is None else limit.high


def in_air(quantity: str) -> bool:
    """Whether the regulation of air has a limit for it."""
    return any(row.parameter == quantity for row in table(_AIR).limits)


def hold(subject: Subject, days: Sequence[date]) -> Iterator[Held]:
    """Every limit that there is for a quantity at a site, day by day."""
    name = subject.quantity.name
    there = [
        (place, day) for place, day in enumerate(subject.days) if day is not None and name in means.quantities(day)
    ]
    for place, day in there:
        if name == "water_level":
            yield from _flood(subject, place, day)
        elif name == "laeq":
            yield from _noise(subject, place, day, days[place])
        elif name in _SAMPLES:
            yield from _sample(subject, place, day, days[place])
        elif in_air(name):
            yield from _air(subject, place, day, days[place])


def _air(subject: Subject, place: int, day: Summary, on: date) -> Iterator[Held]:
    name = subject.quantity.name
    for period, field in (("24h", f"{name}_over"), ("8h", f"{name}_8h_over"), ("1h", f"{name}_hours_over")):
        limit, over = _limit(_AIR, name, period, on), day.indices.get(field)
        if limit is not None and over is not None:
            yield Held(place, limit, round(over), _worst(subject, day, period) if over else None)


def _worst(subject: Subject, day: Summary, period: str) -> float | None:
    """The value that was over its limit; None where its hours would have to say it and are not kept any more."""
    name = subject.quantity.name
    run = means.run(subject.hours(day.end - DAY_INPUT * means.HOUR, day.end), day.end, DAY_INPUT)
    hours = means.means(run, name)
    if period == "24h":
        found = day_mean(exacts(hours), COVERAGE)
        return means.mean(day, name) if isinstance(found, str) else float(found)
    if period == "8h":
        return max(map(float, eights(exacts(hours), COVERAGE)), default=None)
    return max((value for value in hours[-DAY_HOURS:] if value is not None), default=None)


def _noise(subject: Subject, place: int, day: Summary, on: date) -> Iterator[Held]:
    """By the equivalent levels of the day and of the night, which the roll-ups have worked out."""
    where = "special" if subject.kind in SPECIAL else "ordinary"
    for period, field in _NIGHT_AND_DAY.items():
        limit, over = _limit(_NOISE, "laeq", period, on, where), day.indices.get(f"{field}_over")
        if limit is not None and over is not None:
            yield Held(place, limit, round(over), day.indices.get(field))


def _sample(subject: Subject, place: int, day: Summary, on: date) -> Iterator[Held]:
    """Limits of surface water, which hold in rivers and lakes."""
    parameter, factor = _SAMPLES[subject.quantity.name]
    limit, over = _limit(_WATER, parameter, "", on), day.indices.get(f"{parameter}_over")
    if limit is not None and over is not None:
        mean = means.mean(day, subject.quantity.name)
        yield Held(place, limit, round(over), None if mean is None else mean * factor)


def _flood(subject: Subject, place: int, day: Summary) -> Iterator[Held]:
    """By the highest reading, however few there are: a peak is a peak."""
    station, rules = station_of(subject.site, day.start), table(_FLOOD)
    found = flood_alarm(station.key, means.highest(day, "water_level")) if station else None
    if station is None or found is None or isinstance(found, NoClass):
        return
    for rank, level in enumerate(station.levels, start=1):
        limit = Limit("", None, level.metres, rank, rules.unit, rules.source, level.verified, superseded=False)
        yield Held(place, limit, int(found.alarm >= rank), found.level)


def _limit(regulation: str, parameter: str, period: str, on: date, where: str = "") -> Limit | None:
    """The limit in force on that day, as `ingest.indices.limits.judge` takes it."""
    rules = table(regulation)
    found = rules.limit(parameter, period, where, on=on)
    if found is None:
        return None
    superseded = found.superseded(on)
    verified = found.verified and not superseded
    return Limit(period, found.low, found.high, 0, rules.unit, rules.source, verified, superseded)
