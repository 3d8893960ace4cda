"""What may be said of a site, and whether it can be right. Pure."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from decoders.bands import table
from decoders.base import unmarked
from ingest.devices import UNASSIGNED, clean
from ingest.errors import CityloraError
from ingest.i18n import said
from ingest.registry import wards
from ingest.registry.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEXTS = ("name_vi", "name_en", "kind", "owner", "photo")

RANGES = {
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
    "orientation": (0.0, 360.0),
    "lanes": (1, 20),
    "capacity": (1, 65_535),
}

WHOLE = ("lanes", "capacity")
"""Those of them that are whole numbers."""

CLEARABLE = (*TEXTS, "station", "ward", "position", "orientation", *WHOLE)
"""What can be taken back."""


class SiteError(CityloraError):
    """A site cannot be so."""


def named(site: str) -> Site:
    """A site of which nothing is known but its id.

    Raises:
        SiteError: no row can carry such a tag.
    """
    if not site or site != clean(site) or site == UNASSIGNED:
        raise SiteError(said("registry.bad_id", site=repr(site)), said("registry.bad_id_remedy"))
    return Site(id=site)


def described(site: Site, given: Mapping[str, object]) -> Site:
    """The site with what is said of it.

    Args:
        site: as it was.
        given: by the fields of `Site`, whatever their order; `ward` is a code or a name, `station` a key or a name;
            None or "" takes back.

    Raises:
        SiteError: a value cannot be.
        UnknownWard: there is no such ward.
    """
    found: dict[str, object] = {}
    for name, value in given.items():
        if name in TEXTS:
            found[name] = clean(str(value or ""))
        elif name == "ward":
            found[name] = wards.find(str(value)).code if value else ""
        elif name == "station":
            found[name] = _station(str(value)) if value else ""
        else:
            found[name] = _number(name, value)
    site = msgspec.structs.replace(site, **found)
    if (site.latitude is None) is not (site.longitude is None):
        raise SiteError(said("registry.half_position"), said("registry.half_position_remedy"))
    parts = urlsplit(site.photo)
    if site.photo and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise SiteError(f"{site.photo!r} is no address of a photo", "write one that begins with https://")
    return site


def located(site: Site) -> Site:
    """The site with the ward that its position lies in, where nobody has said the ward."""
    if site.ward or site.latitude is None or site.longitude is None:
        return site
    ward = wards.containing(site.latitude, site.longitude)
    return site if ward is None else msgspec.structs.replace(site, ward=ward.code)


def cleared(site: Site, names: tuple[str, ...]) -> Site:
    """The site without what was said of these (`CLEARABLE`)."""
    fields = {field for name in names for field in (("latitude", "longitude") if name == "position" else (name,))}
    empty = Site(id=site.id)
    return msgspec.structs.replace(site, **{field: getattr(empty, field) for field in fields})


def doubts(site: Site) -> Iterator[str]:
    """What is probably wrong with a site, a sentence each."""
    if site.latitude is None or site.longitude is None:
        return
    there = wards.containing(site.latitude, site.longitude)
    where = f"in {there.title} ({there.code})" if there else "outside of Đà Nẵng"
    ward = wards.all_wards().get(site.ward)
    if ward is not None and not ward.may_hold(site.latitude, site.longitude):
        yield f"{site.id}: its position {site.latitude}, {site.longitude} lies {where}, not in {ward.title}"
    elif ward is None and there is None:
        yield f"{site.id}: its position {site.latitude}, {site.longitude} lies {where}"


def _station(given: str) -> str:
    """The key of a hydrological station, whatever its marks, case and hyphens.

    Raises:
        SiteError: no table has its alarm levels.
    """
    key = "_".join(unmarked(given).casefold().replace("-", " ").replace("_", " ").split())
    stations = table("flood_alarm").stations
    if key not in stations:
        raise SiteError(f"{given!r} is no station with alarm levels", f"known are {', '.join(sorted(stations))}")
    return key


def _number(name: str, value: object) -> float | int | None:
    """A number within what it can be.

    Raises:
        SiteError: it is none.
    """
    low, high = RANGES[name]
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or not low <= value <= high:
        remedy = said("registry.bad_number_remedy", low=f"{low:g}", high=f"{high:g}")
        raise SiteError(said("registry.bad_number", name=name, value=repr(value)), remedy)
    if name in WHOLE and value != int(value):
        raise SiteError(said("registry.bad_number", name=name, value=repr(value)), said("registry.whole_remedy"))
    return int(value) if name in WHOLE else float(value)
