"""What the water of an hour and a day means: floods on rivers and streets, and how clean it is. Pure.

Of several channels the highest level counts, and of what is dissolved the mean.

Nothing is said of a place that nobody has declared: alarm levels hold where the site names its hydrological `station`,
unless its heights are counted from the ground; depth is a flood where the site's kind is one of `STREETS`; the classes
of surface water hold where it is one of `RIVERS` or `LAKES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.indices.exact import shaved
from ingest.indices.flood import FloodAlarm, flood_alarm, street_flood
from ingest.indices.result import Index
from ingest.indices.surface_water import river_class
from ingest.indices.vn_wqi import GROUPS, oxygen_saturation, vn_wqi
from ingest.rollup import codes, means

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from ingest.registry.site import Site
    from ingest.rollup.summary import Summary

STREETS = frozenset({"street", "road", "underpass"})
RIVERS = frozenset({"river", "canal", "stream", "bridge"})
LAKES = frozenset({"lake", "pond", "reservoir"})

LEVELS = frozenset({"water_level", "water_depth"})

_AS_NITROGEN = {"ammonium": ("ammonium_n", 0.777), "nitrate": ("nitrate_n", 0.226)}  # of the ion's mass
_CLASSED = ("ph", "dissolved_oxygen", "suspended_solids", "cod")
_LIMITED = ("chloride", "ammonium_n")
_PARAMETERS = frozenset(name for names in GROUPS.values() for name in names)
QUALITY = _PARAMETERS | {*_CLASSED, *_LIMITED, *_AS_NITROGEN}


def flood_station(site: Site | None, at: int) -> str:
    """The station whose alarm levels hold at a site, as of a time; "" where none does."""
    if site is None or not site.station:
        return ""
    reference = site.reference(at)
    return "" if reference is not None and reference.datum == "ground" else site.station


def is_street(site: Site | None) -> bool:
    """Whether water over the ground is a flood there."""
    return site is not None and site.kind.casefold() in STREETS


def depth_quantity(site: Site | None, at: int) -> str:
    """What says how deep the water on a street is: a level above the ground where that is what is measured."""
    reference = None if site is None else site.reference(at)
    return "water_level" if reference is not None and reference.datum == "ground" else "water_depth"


def of_level(station: str, level: float | None) -> Iterator[tuple[str, float]]:
    """The flood alarm of a level in m: `flood_level` 0 to 3, how a bulletin would name it, and m above each level."""
    found = flood_alarm(station, level) if station and level is not None else None
    if isinstance(found, FloodAlarm):
        yield "flood_level", float(found.alarm)
        yield "flood_nearest", float(found.nearest)
        yield "flood_offset", found.offset
        for rank, one in enumerate(found.station.levels, start=1):
            yield f"flood_over_bd{rank}", shaved(found.level - one.metres)
        if not found.verified:
            yield "flood_level" + codes.UNVERIFIED, 1.0


def of_depth(depth: float | None) -> Iterator[tuple[str, float]]:
    """The class of water on a street, of a depth in m."""
    return codes.of_class("street_flood", "street_flood", street_flood(depth))


def of_levels(span: Summary, site: Site | None) -> Iterator[tuple[str, float]]:
    """Floods of an hour or a day, by its highest level."""
    if station := flood_station(site, span.start):
        yield from of_level(station, means.highest(span, "water_level"))
    if is_street(site):
        yield from of_depth(means.highest(span, depth_quantity(site, span.start)))


def of_quality(day: Summary, site: Site | None, on: date) -> Iterator[tuple[str, float]]:
    """How clean a river or a lake was: class by parameter, limits, and VN_WQI where there is data enough for it."""
    kind = "" if site is None else site.kind.casefold()
    if kind not in RIVERS | LAKES:
        return
    sample = dict(_sample(day))
    if kind in RIVERS:
        for name in _CLASSED:
            found = river_class(name, sample.get(name), on=on)
            yield from codes.of_class(f"{name}_river", "qcvn_08_rivers", found, value=False)
    for name in _LIMITED:
        yield from codes.over(f"{name}_over", ("qcvn_08", name, ""), sample.get(name), on)
    index = vn_wqi({name: value for name, value in sample.items() if name in _PARAMETERS})
    if isinstance(index, Index):
        yield from codes.of_index("vn_wqi", index)


def _sample(day: Summary) -> Iterator[tuple[str, float]]:
    """The day's means, by the names of the tables."""
    found: Mapping[str, float | None] = {
        name: means.mean(day, name) for name in sorted(means.quantities(day) & QUALITY)
    }
    for name, value in found.items():
        if value is not None:
            field, factor = _AS_NITROGEN.get(name, (name, 1.0))
            yield field, shaved(value * factor)
    if found.get("oxygen_saturation") is None:
        saturation = oxygen_saturation(found.get("dissolved_oxygen"), means.mean(day, "water_temperature"))
        if saturation is not None:
            yield "oxygen_saturation", saturation
