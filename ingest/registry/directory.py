"""What decoding asks of the places: the device directory of a configuration, with the registry as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.device_sheet import read as read_sheet
from ingest.devices import Directory, Stay
from ingest.registry import wards
from ingest.registry.file import read as read_registry

if TYPE_CHECKING:
    from ingest.config import Settings
    from ingest.device_sheet import Problem
    from ingest.registry.site import Registry


class Loaded(NamedTuple):
    """The directory, the lines of devices.csv that it has no use for, and the registry that it rests on."""

    directory: Directory
    problems: tuple[Problem, ...]
    registry: Registry


def load(settings: Settings) -> Loaded:
    """Read what is known of the devices.

    Raises:
        ConfigError: nothing of devices.csv can be used.
        DataDirError: the registry is damaged, or a newer citylora has written it.
    """
    sheet = read_sheet(settings.devices.file) if settings.devices.file else None
    registry = read_registry(settings.data_dir)
    directory = Directory(sheet.devices if sheet else (), settings.decoders.profiles, stays_of(registry))
    return Loaded(directory, sheet.problems if sheet else (), registry)


def stays_of(registry: Registry) -> dict[str, tuple[Stay, ...]]:
    """Where each device was when, with the ward's name."""
    names = {site.id: wards.name_of(site.ward) for site in registry.sites.values()}
    return {
        dev_eui: tuple(Stay(one.site, names.get(one.site, ""), one.since, one.until) for one in own)
        for dev_eui, own in registry.placements.items()
    }
