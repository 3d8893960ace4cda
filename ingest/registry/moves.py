"""How devices come to sites, leave them and are replaced. Pure: a registry in, the changed one out.

A device is at one site at a time. Whoever places a device that stands elsewhere has moved it, at that time; history
before it stays. What lies after the time is never overwritten without being named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways import rfc3339
from ingest.devices import EVER, FOREVER
from ingest.errors import CityloraError
from ingest.i18n import Said, said
from ingest.registry.site import Placement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.registry.site import Registry


class MoveError(CityloraError):
    """It cannot have been so."""


def place(registry: Registry, wanted: Placement) -> Registry:
    """The device is at a site from a time on; if it is there already, nothing changes.

    Raises:
        MoveError: no such site, or the device is somewhere else in that time.
    """
    if wanted.site not in registry.sites:
        raise unknown_site(registry, wanted.site)
    return registry.with_device(wanted.dev_eui, placed(registry.placements.get(wanted.dev_eui, ()), wanted))


def placed(own: Sequence[Placement], wanted: Placement) -> list[Placement]:
    """A device's placements with one more.

    Raises:
        MoveError: it is somewhere else in that time.
    """
    if wanted.since >= wanted.until:
        raise MoveError(
            said("registry.not_after", until=_when(wanted.until), since=_when(wanted.since)),
            said("registry.not_after_remedy"),
        )
    kept: list[Placement] = []
    for one in own:
        if one.until < wanted.since or wanted.until < one.since:
            kept.append(one)
        elif one.site == wanted.site:  # they overlap or touch: one stay
            wanted = wanted._replace(since=min(one.since, wanted.since), until=_end(one, wanted))
        elif one.until == wanted.since or wanted.until == one.since:
            kept.append(one)
        elif one.until == FOREVER and one.since < wanted.since:
            kept.append(one._replace(until=wanted.since))  # it moves
        elif (one.since, one.until) != (wanted.since, FOREVER):  # else it is corrected
            raise _elsewhere(one)
    return [*kept, wanted]


def _end(one: Placement, wanted: Placement) -> int:
    """A stay that goes on is ended by whoever says until when."""
    if one.until == FOREVER and one.since < wanted.until:
        return wanted.until
    return max(one.until, wanted.until)


def remove(registry: Registry, dev_eui: str, at: int) -> Registry:
    """The device leaves its site at a time; where that is not after it came, it has never been there.

    Raises:
        MoveError: it is at no site then, or has been elsewhere since.
    """
    own = registry.placements.get(dev_eui, ())
    there = next((one for one in own if one.since <= at < one.until), None)
    if there is None:
        raise MoveError(
            said("registry.nowhere", dev_eui=dev_eui, at=_when(at)), said("registry.nowhere_remedy", dev_eui=dev_eui)
        )
    rest = [one for one in own if one != there]
    return registry.with_device(dev_eui, rest if at <= there.since else [*rest, there._replace(until=at)])


def replace(registry: Registry, old: str, new: str, site: str, at: int) -> Registry:
    """A device takes another one's place; the site's history goes on.

    Raises:
        MoveError: no such site, the old device is not there then, or the new one is somewhere.
    """
    if site not in registry.sites:
        raise unknown_site(registry, site)
    if old == new:
        raise MoveError(said("registry.itself", dev_eui=old))
    there = next((one for one in registry.placements.get(old, ()) if one.since <= at < one.until), None)
    if there is None or there.site != site:
        where = said("registry.at_site", site=there.site) if there else said("registry.at_no_site")
        raise MoveError(
            said("registry.not_there", dev_eui=old, site=site, at=_when(at), where=where),
            said("registry.not_there_remedy", site=site, new=new),
        )
    if at <= there.since:
        raise MoveError(
            said("registry.came_later", dev_eui=old, site=site, since=_when(there.since)),
            said("registry.came_later_remedy"),
        )
    return place(remove(registry, old, at), Placement(new, site, at, there.until))


def dropped(registry: Registry, site: str) -> Registry:
    """The registry without a site that never had a device.

    Raises:
        MoveError: there is no such site, or something is known of its past.
    """
    if site not in registry.sites:
        raise unknown_site(registry, site)
    if there := registry.at_site(site):
        first = there[0]
        others = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise MoveError(
            f"{site} has a history: {first.dev_eui} is there from {moment(first.since)} until {moment(first.until)}"
            f"{others}",
            f"a site outlives its devices; if none was ever there, take each away first: "
            f"citylora device remove {first.dev_eui}{_at(first.since)}",
        )
    if declared := [one.id for one in registry.invalid if one.site == site and one.counts]:
        raise MoveError(
            f"{site} has a history: values of it were declared invalid (number {declared[0]})",
            f"if that was a mistake, take it back first: citylora quality restore {declared[0]} --reason TEXT",
        )
    return registry._replace(sites={name: one for name, one in registry.sites.items() if name != site})


def _at(since: int) -> str:
    return f" --at {'ever' if since == EVER else moment(since)}"


def unknown_site(registry: Registry, site: str) -> MoveError:
    """There is no such site; a near one may be meant."""
    from difflib import get_close_matches  # noqa: PLC0415  (on a mistake alone)

    near = get_close_matches(site, registry.sites, n=1)
    meant = said("registry.no_site_near", near=near[0]) if near else said("registry.no_site_add", site=site)
    return MoveError(said("registry.no_site", site=repr(site)), meant)


def moment(at: int) -> str:
    """A time for a person."""
    when = _when(at)
    return when if isinstance(when, str) else when.in_("en")


def _when(at: int) -> str | Said:
    if at in (EVER, FOREVER):
        return said("registry.ever" if at == EVER else "registry.today")
    return rfc3339.render(at)


def _elsewhere(one: Placement) -> MoveError:
    return MoveError(
        said(
            "registry.elsewhere",
            dev_eui=one.dev_eui,
            site=one.site,
            since=_when(one.since),
            until=_when(one.until),
        ),
        said("registry.elsewhere_remedy"),
    )
