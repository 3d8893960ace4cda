"""Summaries and registry into the report of a month. Pure: whoever calls has read both."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from decoders.quantities import QUANTITIES
from ingest.derive.cause import Cause
from ingest.devices import FOREVER
from ingest.errors import CityloraError
from ingest.monthly import judging
from ingest.monthly.exceeded import exceedances, judgements
from ingest.monthly.judging import Subject
from ingest.monthly.model import Classes, Cover, Day, Declared, Doubt, Measured, Report
from ingest.monthly.month import at_of, day_of
from ingest.monthly.places import UNASSIGNED, domain_of, place_of
from ingest.registry import wards
from ingest.rollup.aggregate import ANGLES

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from decoders.quantities import Domain, Quantity
    from ingest.monthly.judging import Held
    from ingest.monthly.model import Asked, Exceedance, Judgement, Kept, Place
    from ingest.monthly.month import Month
    from ingest.registry.invalid import Invalid
    from ingest.registry.site import Registry, Site
    from ingest.rollup.summary import Aggregate, Series, Summary

_ORDER = {name: place for place, name in enumerate(QUANTITIES)}

CLASSES: Mapping[Domain, tuple[str, ...]] = {
    "environment": ("vn_aqi", "rain_24h", "hot_day"),
    "water": ("street_flood", "vn_wqi"),
}
"""Indices whose classes a report counts the days of, by domain: tables of `decoders.bands`, and fields of a day."""


class _Part(NamedTuple):
    """What a report has of one site: its fields of the same names."""

    place: Place
    measured: tuple[Measured, ...]
    judgements: tuple[Judgement, ...]
    exceedances: tuple[Exceedance, ...]
    unjudged: int
    doubts: tuple[Doubt, ...]
    classes: tuple[Classes, ...]


def gather(asked: Asked, month: Month, registry: Registry, known: Iterable[str], look: Callable[[str], Kept]) -> Report:
    """The report of a month; `known` are the sites of the roll-ups, and `look` gives what they hold of one.

    One site after the other, and nothing of it is kept but what stands in the report: a city's hours are gigabytes.

    Raises:
        CityloraError: no chosen site has a value of the domain in the month.
    """
    there = registry.by_site()
    parts = []
    for site in (set(known) | registry.sites.keys()) - {UNASSIGNED}:
        if not asked.sites or site in asked.sites:
            own = look(site)
            place = place_of(site, asked, month, registry, own, stays=there.get(site, ()))
            parts += [] if place is None else [_part(place, asked.domain, registry.sites.get(site), month, own)]
    parts.sort(key=lambda one: (one.place.ward, one.place.site))
    if not any(line.days_with for one in parts for line in one.measured):
        raise _nothing(asked, month)
    places = {one.place.site: one.place for one in parts}
    return Report(
        cover=_cover(asked, month),
        days=month.days,
        places=places,
        measured=tuple(line for one in parts for line in one.measured),
        judgements=tuple(line for one in parts for line in one.judgements),
        exceedances=tuple(line for one in parts for line in one.exceedances),
        unjudged=sum(one.unjudged for one in parts),
        doubts=tuple(line for one in parts for line in one.doubts),
        declared=tuple(_declared(asked.domain, places, registry.invalid, month)),
        classes=tuple(line for one in parts for line in one.classes),
    )


def _part(place: Place, domain: Domain, site: Site | None, month: Month, own: Kept) -> _Part:
    days = _by_day(own.days, month)
    subjects = [Subject(place.site, site, quantity, days, own.hours) for quantity in _quantities(own, domain)]
    held = [(one, list(judging.hold(one, month.days))) for one in subjects]
    return _Part(
        place,
        tuple(line for one, found in held for line in _measured(one, found, month, own)),
        tuple(line for one, found in held for line in judgements(one, found)),
        tuple(line for one, found in held for line in exceedances(one, found, month.days)),
        sum(_unjudged(one, found, month) for one, found in held),
        tuple(_doubts(place.site, domain, own)),
        tuple(_classes(place.site, domain, days)),
    )


def _nothing(asked: Asked, month: Month) -> CityloraError:
    chosen = f" of {', '.join(asked.sites)}" if asked.sites else ""
    return CityloraError(
        f"there is no {asked.domain} value{chosen} in {month.days[0]:%Y-%m}",
        "`citylora site list` has the sites, `citylora readings --since 40d` what was measured; days are worked out by "
        "a worker that runs, or by `citylora rollup rebuild`",
    )


def _cover(asked: Asked, month: Month) -> Cover:
    return Cover(
        domain=asked.domain,
        first=month.days[0],
        last=month.days[-1],
        complete=month.complete,
        zone=month.zone.key,
        made_at=at_of(asked.made_at, month.zone),
        made_by=asked.made_by,
        version=asked.version,
        ward=wards.all_wards()[asked.ward].title if asked.ward else "",
        chosen=asked.sites,
        cut=month.cut,
    )


def _by_day(own: Iterable[Summary], month: Month) -> list[Summary | None]:
    found = {day_of(one.start, month.zone): one for one in own}
    return [found.get(day) for day in month.days]


def _quantities(own: Kept, domain: Domain) -> list[Quantity]:
    """Those of the domain that the site measures, or has measured lately, in the vocabulary's order."""
    names = {series.quantity for series in _series(own) if domain_of(series.quantity) == domain}
    return [QUANTITIES[name] for name in sorted(names, key=_ORDER.__getitem__)]


def _series(own: Kept) -> set[Series]:
    return {series for day in (*own.earlier, *own.days) for series in day.values}


def _measured(subject: Subject, held: Sequence[Held], month: Month, own: Kept) -> Iterator[Measured]:
    """Each channel of a quantity."""
    quantity, kind = subject.quantity, subject.kind
    over: dict[int, bool] = {}
    for one in held:
        over[one.day] = over.get(one.day, False) or one.over > 0
    limits = [judging.day_limit(quantity, kind, day) for day in month.days]
    station = judging.station_of(subject.site, month.until - 1) if quantity.name == "water_level" else None
    for series in sorted(one for one in _series(own) if one.quantity == quantity.name):
        days = tuple(
            _day(quantity, None if summary is None else summary.values.get(series), summary)._replace(
                limit=limits[place], over=over.get(place)
            )
            for place, summary in enumerate(subject.days)
        )
        yield Measured(subject.name, quantity, series.channel, days, station)


def _day(quantity: Quantity, one: Aggregate | None, summary: Summary | None) -> Day:
    """What of an aggregate has a meaning for a quantity of its kind."""
    doubtful = sum(summary.doubts.get(quantity.name, {}).values()) if summary else 0
    invalid = summary.invalid.get(quantity.name, 0) if summary else 0
    if one is None or not one.count:
        return Day(doubtful=doubtful, invalid=invalid)
    amount, counter, angle = quantity.kind == "event_count", quantity.kind == "counter", quantity.name in ANGLES
    state = quantity.kind == "state"
    return Day(
        mean=None if amount or counter else _finite(one.mean),
        minimum=None if amount or counter or angle else _finite(one.minimum),
        maximum=None if amount or angle else _finite(one.maximum),
        p95=None if amount or counter or angle or state else _finite(one.p95),
        total=_finite(one.total) if amount else None,
        values=one.count,
        coverage=min(1.0, max(0.0, one.coverage)),
        doubtful=doubtful,
        invalid=invalid,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _unjudged(subject: Subject, held: Iterable[Held], month: Month) -> int:
    """Days with values, and too few of them for the limit of a day."""
    if judging.day_limit(subject.quantity, subject.kind, month.days[-1]) is None:
        return 0
    name, judged = subject.quantity.name, {one.day for one in held if one.limit.period in ("24h", "")}
    return sum(
        day is not None and place not in judged and any(series.quantity == name for series in day.values)
        for place, day in enumerate(subject.days)
    )


def _doubts(site: str, domain: Domain, own: Kept) -> Iterator[Doubt]:
    found = Counter[tuple[str, int]]()
    for day in own.days:
        for name, causes in day.doubts.items():
            if domain_of(name) == domain:
                found.update({(name, cause): count for cause, count in causes.items()})
    for (name, cause), count in sorted(found.items(), key=lambda one: (_ORDER[one[0][0]], one[0][1])):
        yield Doubt(site, QUANTITIES[name], Cause(cause), count)


def _declared(domain: Domain, places: Container[str], all_of: Iterable[Invalid], month: Month) -> Iterator[Declared]:
    for one in sorted(all_of, key=lambda one: (one.site, one.since)):
        quantity = QUANTITIES.get(one.quantity)
        meant = not one.quantity or (quantity is not None and quantity.domain == domain)
        if one.site in places and meant and one.counts and one.since < month.until and one.end > month.since:
            yield Declared(
                one.site,
                quantity,
                at_of(max(one.since, 0), month.zone),
                None if one.end >= FOREVER else at_of(one.end, month.zone),
                one.reason,
                one.by,
                at_of(one.at, month.zone),
            )


def _classes(site: str, domain: Domain, days: Sequence[Summary | None]) -> Iterator[Classes]:
    indices = [{} if one is None else one.indices for one in days]
    for name in CLASSES.get(domain, ()):
        ranks = tuple(round(day[f"{name}_class"]) if f"{name}_class" in day else None for day in indices)
        if any(rank is not None for rank in ranks):
            verified = not any(f"{name}_unverified" in day for day in indices)
            yield Classes(site, name, ranks, tuple(day.get(name) for day in indices), verified)
