"""Of which devices is it not known what they are, where they hang, or at which position?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.catalog import UnknownModel, find, look
from gateways.uplink import DeviceInfo
from ingest.decoding.object_maps import ObjectMaps
from ingest.devices import UNASSIGNED
from ingest.doctor.finding import listed
from ingest.i18n import said
from ingest.registry.directory import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from decoders.outside import Outside
    from gateways.chirpstack.admin.answers import ServerDevice
    from ingest.doctor.finding import Finding
    from ingest.doctor.server_case import Fleet, ServerCase
    from ingest.registry.directory import Loaded

MODEL, SITE, POSITION = "devices' models", "devices' sites", "devices' positions"


def check(case: ServerCase) -> Iterator[Finding]:
    """Resolve each device as its next uplink would be."""
    fleet, places = case.fleet(), load(case.settings)
    if not fleet.devices:
        yield case.found(SITE, "unknown", said("doctor_lns.no_devices"))
        return
    nameless: list[ServerDevice] = []
    nowhere: list[ServerDevice] = []
    unplaced: list[ServerDevice] = []
    maps = ObjectMaps(case.settings.decoders.object)
    own = look(case.settings.decoders.folder)
    for device in fleet.devices.values():
        info = _info(device, fleet)
        known = places.directory.resolve(info, case.now)
        if maps.find(known.model, info) is None and not _readable(known.model, own):
            nameless.append(device)
        if known.site == UNASSIGNED:
            nowhere.append(device)
        elif not _has_position(places, device.dev_eui, known.site):
            unplaced.append(device)
    count = len(fleet.devices)
    yield _judged(case, MODEL, nameless, count, "model")
    yield _judged(case, SITE, nowhere, count, "site")
    yield _judged(case, POSITION, unplaced, count, "position")


def _info(device: ServerDevice, fleet: Fleet) -> DeviceInfo:
    """The device as an uplink of it would say; the tags of its application are not known here."""
    profile = fleet.profiles.get(device.profile)
    tags = {**(profile.tags if profile else {}), **device.tags}
    name = profile.name if profile else ""
    return DeviceInfo(device.dev_eui, device.name, device.application, device.profile, name, tags)


def _readable(model: str, own: Outside) -> bool:
    try:
        find(model, own)
    except UnknownModel:
        return False
    return True


def _has_position(places: Loaded, dev_eui: str, site: str) -> bool:
    known = places.registry.sites.get(site)
    row = places.directory.device(dev_eui)
    return (known is not None and known.latitude is not None) or (row is not None and row.latitude is not None)


def _judged(case: ServerCase, name: str, bad: Sequence[ServerDevice], count: int, key: str) -> Finding:
    if not bad:
        return case.found(name, "ok", said(f"doctor_lns.{key}_known", all=count))
    names = listed(sorted(one.name or one.dev_eui for one in bad))
    observed = said(f"doctor_lns.{key}_missing", bad=len(bad), all=count, names=names)
    return case.found(name, "warn", observed, said(f"doctor_lns.{key}_remedy", example=bad[0].dev_eui))
