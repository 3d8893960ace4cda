"""What cannot wait for the end of the hour: a flood that begins, a car park that fills. One thread calls it; no I/O.

    Stations.see(point) for each worked-out domain point, in the order of the journal
    Stations.rows()     once a write, in its transaction: rows of `station` that say something new; append them
    Stations.kept()     in the same transaction: what to remember, by site; given back at the next start
    Stations.wrote(row) for each row of `station` that the end of an hour made
    Stations.newest()   what `station_point` wants of a site at the end of an hour

What it holds is ahead of the tables when a transaction is rolled back: make another one of what they have.

Only a site with a flood alarm (`of_water.flood_station`) or of a street is watched for levels, and one with spaces or
with free places for parking; any other point costs a comparison. Values are taken by their own time: one older than
what is known of the same device and channel changes nothing, a doubtful one is no value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ingest.decoding.point import Point  # noqa: TC001  (msgspec reads it)
from ingest.devices import UNASSIGNED
from ingest.rollup import means, of_water
from ingest.rollup.station import changed, lived

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ingest.registry.site import Site

FRESH = 3 * means.HOUR
"""A level that is older than the site's newest by so much counts no more."""
FRESH_RISE = means.HOUR
"""Likewise of how fast it rises, which says nothing of later."""
FRESH_SPACE = 72 * means.HOUR
"""Likewise of a parking space, which may stay as it is for days, but says so once a day."""

_SPACE, _FREE = "parking_occupied", "parking_free"
_PLACES = frozenset({_SPACE, _FREE})
_LEVELS = of_water.LEVELS | {"water_rise"}

WATCHED = _PLACES | _LEVELS
"""A row without any of these need not be seen."""


class Newest(msgspec.Struct, gc=False):
    """What is known of a site now.

    Attributes:
        ward: the tag.
        values: of each quantity, device and channel: ns UTC and the value.
        row: the newest row of `station`; None before there is one.
    """

    ward: str
    values: dict[str, dict[str, tuple[int, float]]] = msgspec.field(default_factory=dict)
    row: Point | None = None


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Newest).decode


class Stations:
    """The newest levels and spaces of the sites that are watched.

    Args:
        sites: those of the registry, by id.
        last: the newest row of `station` of a site, where there is one.
        kept: what was remembered (`kept`), by site.
    """

    def __init__(
        self,
        sites: Mapping[str, Site],
        last: Callable[[str], Point | None] = lambda _site: None,
        kept: Mapping[str, bytes] | None = None,
    ) -> None:
        self._last = last
        self._newest = {site: _unpack(data) for site, data in (kept or {}).items()}
        self._touched: set[str] = set()
        self._unkept: set[str] = set()
        self._sites = sites
        self._watched = _watched(sites)

    def know(self, sites: Mapping[str, Site]) -> None:
        """The registry has changed; what is declared now holds from the next value on."""
        self._sites, self._watched = sites, _watched(sites)

    def see(self, point: Point) -> None:
        """Take a domain point; a roll-up's or any other is left alone."""
        if point.measurement == "water":
            if point.tags[1] in self._watched:
                self._take(point, _LEVELS)
        elif point.measurement == "traffic" and point.tags[1] != UNASSIGNED and _of_places(point):
            self._take(point, _PLACES)

    def rows(self) -> list[Point]:
        """The rows that are due since the last call; the newest value of a site counts, not those between."""
        found: list[Point] = []
        for site in sorted(self._touched):
            known = self._newest[site]
            at = _latest(known)
            _forget(known, at - FRESH_SPACE)
            newest = self._fields(site, known, at)
            if not newest:
                continue
            row = lived(known.row, self._sites.get(site), (site, known.ward), at, newest)
            if changed(known.row, row):
                known.row = row
                found.append(row)
        self._touched.clear()
        return found

    def wrote(self, row: Point) -> None:
        """A row was made at the end of an hour."""
        if (known := self._newest.get(row.tags[0])) is not None:
            known.row = row
            self._unkept.add(row.tags[0])

    def newest(self, site: str, at: int) -> dict[str, float]:
        """The live fields of a site at a time, ns UTC; empty where nothing is watched or all is old."""
        known = self._newest.get(site)
        return {} if known is None else self._fields(site, known, at)

    def kept(self) -> list[tuple[str, bytes]]:
        """What has changed since the last call and is to be remembered, by site."""
        found = [(site, _pack(self._newest[site])) for site in sorted(self._unkept)]
        self._unkept.clear()
        return found

    def _take(self, point: Point, wanted: frozenset[str]) -> None:
        device, site, ward, _, channel = point.tags
        known = self._newest.get(site)
        if known is None:
            known = self._newest[site] = Newest(ward, row=self._last(site))
        known.ward, key, touched = ward, f"{device}/{channel}", False
        for name, value in point.fields:
            if name in wanted and isinstance(value, float):
                own = known.values.setdefault(name, {})
                if key not in own or own[key][0] <= point.time:
                    own[key], touched = (point.time, value), True
        for name in point.gone:  # it has turned out to be doubtful
            own = known.values.get(name, {})
            if key in own and own[key][0] == point.time:
                del own[key]
                touched = True
        if touched:
            self._touched.add(site)
            self._unkept.add(site)

    def _fields(self, site: str, known: Newest, at: int) -> dict[str, float]:
        said = self._sites.get(site)
        found: dict[str, float] = {}
        levels = _fresh(known, "water_level", at, FRESH)
        if levels and site in self._watched:
            found["water_level"] = max(levels)
            found.update(of_water.of_level(of_water.flood_station(said, at), max(levels)))
        rises = _fresh(known, "water_rise", at, FRESH_RISE)
        if rises and of_water.flood_station(said, at):
            found["flood_rise"] = max(rises)
        if of_water.is_street(said) and (depths := _fresh(known, of_water.depth_quantity(said, at), at, FRESH)):
            found.update(of_water.of_depth(max(depths)))
        found.update(_parking(known, None if said is None else said.capacity, at))
        return found


def _of_places(point: Point) -> bool:
    for name, _ in point.fields:  # no generators: every count of a crossing comes by here
        if name in _PLACES:
            return True
    return bool(point.gone) and not _PLACES.isdisjoint(point.gone)


def _watched(sites: Mapping[str, Site]) -> frozenset[str]:
    return frozenset(name for name, site in sites.items() if site.station or of_water.is_street(site))


def _latest(known: Newest) -> int:
    return max((time for own in known.values.values() for time, _ in own.values()), default=0)


def _forget(known: Newest, before: int) -> None:
    """Leave out devices that give nothing any more."""
    for name, own in known.values.items():
        if any(time < before for time, _ in own.values()):
            known.values[name] = {key: one for key, one in own.items() if one[0] >= before}


def _fresh(known: Newest, name: str, at: int, fresh: int) -> list[float]:
    return [value for time, value in known.values.get(name, {}).values() if at - time <= fresh]


def _parking(known: Newest, capacity: int | None, at: int) -> dict[str, float]:
    """How many places are taken: by a sensor in each, or by what is left of the capacity."""
    spaces, free = _fresh(known, _SPACE, at, FRESH_SPACE), _fresh(known, _FREE, at, FRESH)
    if spaces:
        places, taken = float(max(len(spaces), capacity or 0)), sum(spaces)
    elif free and capacity:
        places, taken = float(capacity), max(0.0, capacity - sum(free))
    else:
        return {}
    return {"parking_occupancy": 100 * taken / places, "parking_taken": taken, "parking_places": places}
