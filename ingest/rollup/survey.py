"""What every site's values are worth, the worst first: from the roll-ups, and from who should have been there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.devices import EVER, ward_name
from ingest.registry import wards
from ingest.rollup.drift import marked
from ingest.rollup.trust import HOUR, Tally, Trust, drifting_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.registry.site import Placement, Registry
    from ingest.rollup.reading import Rollups
    from ingest.rollup.summary import Summary


class Asked(NamedTuple):
    """Of when and where.

    Attributes:
        since: ns UTC; the hour that it lies in is the first.
        until: not included.
        site: "" all of them.
        ward: a name; "" all of them.
    """

    since: int
    until: int
    site: str = ""
    ward: str = ""


class Survey(NamedTuple):
    """What there is to say.

    Attributes:
        since: the start of the first hour that is told of.
        until: the end of the last one.
        sites: the worst first.
        devices: who was at a site in that time, by the registry.
    """

    since: int
    until: int
    sites: list[Trust]
    devices: dict[str, list[Placement]]


def survey(rollups: Rollups, registry: Registry, asked: Asked) -> Survey:
    """Add up the hours of a time.

    Raises:
        DataDirError: a roll-up is damaged.
    """
    asked = asked._replace(since=asked.since // HOUR * HOUR)
    there = {
        site: [one for one in own if one.since < asked.until and asked.since < one.until]
        for site, own in registry.by_site().items()
    }
    there = {site: own for site, own in there.items() if own}
    known = {*rollups.sites(), *there}
    names = [asked.site] if asked.site else sorted(known)
    tallies = {name: _tally(rollups, name, asked) for name in names if _may_lie_in(registry, name, asked.ward)}
    begun = min((one.first for one in tallies.values() if one.first is not None), default=asked.since)
    until = max((one.last for one in tallies.values() if one.last is not None), default=begun)
    found = [one.trust(_since(one, there.get(name, []), begun), until) for name, one in tallies.items()]
    found = [one for one in found if (one.values or one.site in there) and _lies_in(registry, one, asked.ward)]
    return Survey(begun, until, sorted(found, key=lambda one: (one.worth, one.site)), there)


def _tally(rollups: Rollups, site: str, asked: Asked) -> Tally:
    """A site's hours; those of whole days are in the days, of which a month has fewer.

    Of its first day by the hour, while there are any: it may have begun to speak in the evening.
    """
    tally = Tally(site)
    days = [day for day in rollups.days(site, asked.since, asked.until) if day.end <= asked.until]
    if days:
        tally.add(_first(rollups.hours(site, asked.since, days[0].end), days[0]))
        tally.add(days[1:])
    tally.add(rollups.hours(site, days[-1].end if days else asked.since, asked.until))
    return tally


def _first(hours: list[Summary], day: Summary) -> list[Summary]:
    """The hours up to the end of a day, with what that says of drift; the day itself where there are none any more."""
    drifted = drifting_in(day)
    if not hours or not drifted:
        return hours or [day]
    return [marked(hour, drifted) if hour.start >= day.start else hour for hour in hours]


def _since(tally: Tally, there: list[Placement], begun: int) -> int:
    """Since when a site should have values: a device is there, and the first one of the city has spoken.

    Of a site that the registry has no device at, since it has spoken.
    """
    if not there:
        return begun if tally.first is None else tally.first
    came = min(one.since for one in there)
    return begun if came == EVER else max(begun, came // HOUR * HOUR)


def _may_lie_in(registry: Registry, site: str, ward: str) -> bool:
    """False where the registry says so; its roll-ups need not be read then."""
    known = registry.sites.get(site)
    return not ward or known is None or not known.ward or ward_name(wards.name_of(known.ward)) == ward_name(ward)


def _lies_in(registry: Registry, one: Trust, ward: str) -> bool:
    known = registry.sites.get(one.site)
    return not ward or ward_name(wards.name_of(known.ward) if known and known.ward else one.ward) == ward_name(ward)


def causes(sites: list[Trust]) -> Iterator[tuple[str, str, int, int]]:
    """Site, quantity, number of the cause and count of all that is doubtful, the most first."""
    found = [(one.site, quantity, cause, count) for one in sites for (quantity, cause), count in one.doubts.items()]
    yield from sorted(found, key=lambda row: (-row[3], row))
