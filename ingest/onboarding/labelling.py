"""What the labels of devices say: from the registry, devices.csv and, where it can be asked, the network server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.onboarding.labels import NO_JOIN_EUI, NO_PROFILE, Label
from ingest.registry import wards

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gateways.chirpstack.admin.answers import ServerDevice
    from ingest.devices import Directory
    from ingest.i18n import Language
    from ingest.registry.site import Registry, Site

SERIAL = "serial"
"""The network server's tag that has the maker's serial number."""

PROFILE = "tr005_profile"
"""Likewise the ProfileID of the maker's label: nothing else knows it once the label is gone."""


def devices_at(registry: Registry, when: int, site: str | None = None) -> list[str]:
    """The devices that are at a site then, or at any: by site, then by DevEUI."""
    found = (one for own in registry.placements.values() for one in own if one.since <= when < one.until)
    return [one.dev_eui for one in sorted(found, key=lambda one: (one.site, one.dev_eui)) if site in (None, one.site)]


def labels_of(
    devices: Iterable[str],
    registry: Registry,
    directory: Directory,
    ask: Callable[[str], ServerDevice | None],
    *,
    when: int,
    language: Language,
) -> Iterator[Label]:
    """A label for each; what nobody knows stays away.

    Args:
        devices: DevEUIs.
        registry: which site they are at.
        directory: names, where the server has none.
        ask: the network server's device; None where it has none or is not asked.
        when: at what time they are at their site, ns UTC.
        language: of the sites' names.
    """
    for dev_eui in devices:
        known = ask(dev_eui)
        sheet = directory.device(dev_eui)
        site = _site(registry, dev_eui, when)
        yield Label(
            dev_eui,
            (known.join_eui if known else "") or NO_JOIN_EUI,
            (known.name if known else "") or (sheet.name if sheet else ""),
            _site_name(site, language) if site else "",
            wards.name_of(site.ward) if site else "",
            known.tags.get(SERIAL, "") if known else "",
            known.tags.get(PROFILE, NO_PROFILE) if known else NO_PROFILE,
        )


def _site(registry: Registry, dev_eui: str, when: int) -> Site | None:
    placed = (one.site for one in registry.placements.get(dev_eui, ()) if one.since <= when < one.until)
    return registry.sites.get(next(placed, ""))


def _site_name(site: Site, language: Language) -> str:
    """In the language, else in the other one, else its id."""
    names = (site.name_vi, site.name_en)
    return names[language == "en"] or names[language == "vi"] or site.id
