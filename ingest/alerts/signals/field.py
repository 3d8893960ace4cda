"""Whose a row is: its place by its tags, whether a rule takes it, and of which scope its values are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.alerts.rule import Scope
from ingest.decoding.point import TAGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.rule import Where

UNASSIGNED = "unassigned"
"""The tags `site` and `ward` of a device that nobody has placed."""


_HOUR = 3_600_000_000_000

_LASTS = {"1h": _HOUR, "1d": 24 * _HOUR, "station": 26 * _HOUR}
"""ns, by the end of a measurement's name. Where nothing changes a row of `station` is repeated at the end of the first
hour that is a day after it, and comes when that hour is over for good."""


class Place(NamedTuple):
    """What the tags of a row say; "" for what it has no tag of."""

    dev_eui: str = ""
    site: str = ""
    ward: str = ""
    model: str = ""
    channel: str = "0"
    gateway: str = ""


def lasts(measurement: str) -> int:
    """For how long a row of a measurement holds from its time on, ns: an hour, a day, a site; 0 of a moment."""
    return _LASTS.get(measurement.rpartition("_")[2], 0)


def place_of(measurement: str, tags: Sequence[str]) -> Place:
    """Where a row of `TAGS` is from."""
    named = {name: tag for name, tag in zip(TAGS[measurement], tags, strict=True) if name in Place._fields}
    return Place(**named)


def takes(where: Where, place: Place) -> bool:
    """Whether a rule looks at what is from there."""
    return (
        (not where.devices or place.dev_eui in where.devices)
        and (not where.sites or place.site in where.sites)
        and (not where.wards or place.ward in where.wards)
        and (not where.models or place.model in where.models)
    )


def scope_of(place: Place, by: str) -> Scope:
    """Of whom its values are: of the site, or of the device; of the gateway where it is of neither.

    Several channels are never one scope: each measures something else. A device that is at no known site is its own.
    """
    site, ward = ("" if tag == UNASSIGNED else tag for tag in (place.site, place.ward))
    if place.dev_eui and (by == "device" or not site):
        return Scope("device", place.dev_eui, place.channel, site, ward)
    if place.gateway and not place.site:
        return Scope("gateway", place.gateway)
    return Scope("site", place.site, place.channel, place.site, ward)
