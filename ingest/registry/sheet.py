"""devices.csv into the registry: a site for each that it names, and its devices there from a date on. Pure.

What the registry says already is left alone, so that the same sheet may come twice, and an old one undoes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.device_sheet import Problem
from ingest.devices import FOREVER
from ingest.errors import CityloraError
from ingest.registry import moves
from ingest.registry.describe import described, located, named
from ingest.registry.site import Placement
from ingest.registry.wards import UnknownWard, find

if TYPE_CHECKING:
    from ingest.device_sheet import Sheet
    from ingest.devices import Device
    from ingest.registry.site import Registry, Site


class Imported(NamedTuple):
    """What a sheet makes of a registry.

    Attributes:
        registry: the changed one.
        problems: what cannot be used; where there is any, nothing should be changed.
        remarks: what was left as it is, or left out.
    """

    registry: Registry
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


def taken(sheet: Sheet, registry: Registry, since: int) -> Imported:
    """Take over every device that has a site.

    Args:
        sheet: what was read.
        registry: as it is.
        since: ns UTC from which on the devices are at their sites.
    """
    problems, remarks = list(sheet.problems), list[Problem]()
    sites, placements = dict(registry.sites), dict(registry.placements)
    for line, device in zip(sheet.lines, sheet.devices, strict=True):
        if not device.site:
            remarks.append(Problem(line, f"{device.dev_eui} has no site", "it is left out"))
            continue
        try:
            sites[device.site] = _site(sites.get(device.site), device, line, remarks)
            own = _placed(placements.get(device.dev_eui, ()), device, since, line, remarks)
        except CityloraError as error:
            problems.append(Problem(line, str(error), error.hint))
        else:
            placements[device.dev_eui] = own
    return Imported(registry._replace(sites=sites, placements=placements), tuple(problems), tuple(remarks))


def _placed(
    own: tuple[Placement, ...], device: Device, since: int, line: int, remarks: list[Problem]
) -> tuple[Placement, ...]:
    """The device's placements; one that the registry has in that time stands."""
    then = [one for one in own if since < one.until]
    if not then:
        return tuple(moves.placed(own, Placement(device.dev_eui, device.site, since, FOREVER)))
    if all(one.site != device.site for one in then):
        there = then[-1]
        said = f"{device.dev_eui} is at {there.site} by the registry, from {moves.moment(there.since)}"
        remarks.append(
            Problem(line, f"{said}, and not at {device.site}", "left as it is; `citylora device place` moves it")
        )
    return own


def _site(site: Site | None, device: Device, line: int, remarks: list[Problem]) -> Site:
    if site is None:
        return _made(device, line, remarks)
    if site.latitude is None and device.latitude is not None:
        return located(described(site, _position(device)))
    return site


def _made(device: Device, line: int, remarks: list[Problem]) -> Site:
    site = described(named(device.site), _position(device))
    try:
        return described(site, {"ward": find(device.ward).code}) if device.ward else located(site)
    except UnknownWard as error:
        remarks.append(Problem(line, str(error), error.hint))
        return located(site)


def _position(device: Device) -> dict[str, object]:
    return {"latitude": device.latitude, "longitude": device.longitude}
