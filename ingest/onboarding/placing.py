"""What becomes of the registry when a device is made: its site, and that the device is there. Pure.

A site that is named and missing is made where its position is given; without one the name is taken for a slip of the
pen. A device without a site's name is placed nowhere: a site outlives its devices, so its name is a person's to give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.devices import EVER, FOREVER
from ingest.errors import CityloraError
from ingest.i18n import Said, said
from ingest.onboarding.sheets.position import Position, in_ward
from ingest.registry import moves, wards
from ingest.registry.describe import described, located, named
from ingest.registry.site import DATUMS, Placement, Reference, Site, referred

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.onboarding.wanted import Wanted
    from ingest.registry.site import Registry


class Difference(NamedTuple):
    """Something that is not as it is wanted; of a key the last four digits.

    Attributes:
        what: a field of `Wanted`, or `tag <key>`.
        before: "" where there was nothing: then it is a completion, which needs no permission.
    """

    what: str
    before: str
    after: str


class Placed(NamedTuple):
    """What the registry is to become.

    Attributes:
        registry: as it shall be; None where nothing changes.
        site: the device's.
        made: whether the site is new.
        differences: what is otherwise, and changed only where that is allowed.
    """

    registry: Registry | None = None
    site: str = ""
    made: bool = False
    blocked: tuple[Said, ...] = ()
    doubts: tuple[Said, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return self.registry is not None


def placed(wanted: Wanted, registry: Registry, *, since: int, update: bool) -> Placed:
    """Compare, and make what is missing."""
    if not wanted.site:
        somewhere = wanted.latitude is not None or wanted.ward
        return Placed(doubts=(said("plan.no_site"),) if somewhere else ())
    try:
        return _placed(wanted, registry, since, update=update)
    except CityloraError as error:
        message, hint = error.texts
        why = said("registry.with_remedy", message=message, hint=hint) if hint else message
        return Placed(site=wanted.site, blocked=(said("plan.registry", why=why),))


def _placed(wanted: Wanted, registry: Registry, since: int, *, update: bool) -> Placed:
    before = registry.sites.get(wanted.site)
    if before is None and wanted.latitude is None:
        return Placed(site=wanted.site, blocked=(_unknown(wanted.site, registry),))
    site = _site(before or named(wanted.site), wanted)
    differences = list(_compared(before, site)) if before else []
    if before and not update:
        site = _filled(before, site)
    changed = registry if site == before else registry.with_site(site)
    now = next((one for one in registry.placements.get(wanted.dev_eui, ()) if one.until == FOREVER), None)
    if now and now.site != wanted.site:
        differences.append(Difference("site", now.site, wanted.site))
    if now is None or (update and now.site != wanted.site):
        changed = moves.place(changed, Placement(wanted.dev_eui, wanted.site, since, FOREVER))
    return Placed(
        registry=changed if changed is not registry else None,
        site=wanted.site,
        made=before is None,
        doubts=tuple(_doubts(site)),
        differences=tuple(differences),
    )


def _unknown(site: str, registry: Registry) -> Said:
    """What to type instead."""
    from difflib import get_close_matches  # noqa: PLC0415  (on a mistake alone)

    near = get_close_matches(site, registry.sites, n=1)
    return said("plan.site_near", site=site, near=near[0]) if near else said("plan.site_unknown", site=site)


def _site(site: Site, wanted: Wanted) -> Site:
    given: dict[str, object] = {}
    if wanted.latitude is not None or wanted.longitude is not None:
        given |= {"latitude": wanted.latitude, "longitude": wanted.longitude}
    if wanted.ward:
        given["ward"] = wanted.ward
    site = located(described(site, given))
    if wanted.height is None:
        return site
    if wanted.datum not in DATUMS:
        raise CityloraError(said("registry.no_datum"), said("registry.no_datum_remedy"))
    if any((one.height, one.datum) == (wanted.height, wanted.datum) for one in site.references[-1:]):
        return site
    return referred(site, Reference(wanted.height, wanted.datum, EVER))


def _values(site: Site) -> dict[str, str]:
    place = "" if site.latitude is None else f"{site.latitude}, {site.longitude}"
    last = site.references[-1] if site.references else None
    return {"position": place, "ward": site.ward, "height": f"{last.height} {last.datum}" if last else ""}


def _compared(before: Site, after: Site) -> Iterator[Difference]:
    old = _values(before)
    for what, new in _values(after).items():
        if old[what] and old[what] != new:
            yield Difference(what, old[what], new)


def _filled(before: Site, after: Site) -> Site:
    """The site with what it had nothing of."""
    fields = {name: getattr(after, name) for name in ("ward", "references") if not getattr(before, name)}
    if before.latitude is None:
        fields |= {"latitude": after.latitude, "longitude": after.longitude}
    return msgspec.structs.replace(before, **fields)


def _doubts(site: Site) -> Iterator[Said]:
    ward = wards.all_wards().get(site.ward) if site.ward else None
    if doubt := in_ward(Position(site.latitude, site.longitude), ward).doubt:
        yield doubt
