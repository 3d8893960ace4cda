"""Which devices has the network server not heard for longer than they should be silent?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.finding import listed
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.chirpstack.admin.answers import ServerDevice
    from ingest.doctor.finding import Finding
    from ingest.doctor.server_case import Fleet, ServerCase

NAME, NEVER = "silent devices", "devices never heard"

INTERVALS = 3
"""Times the interval of the device's profile: one or two uplinks may be lost by the radio."""

USUAL_INTERVAL = 3600
"""s; where the profile has none. Those that ChirpStack imports have this one."""

SECOND = 1_000_000_000


def check(case: ServerCase) -> Iterator[Finding]:
    """By `last_seen`, which uplinks set and joins do not; of devices that are not switched off."""
    fleet = case.fleet()
    devices = [one for one in fleet.devices.values() if not one.disabled]
    if not devices:
        yield case.found(NAME, "unknown", said("doctor_lns.no_devices"))
        return
    never = [one for one in devices if one.last_seen is None]
    silent = [one for one in devices if _silent(one, fleet, case.now)]
    if silent:
        names = listed([one.name or one.dev_eui for one in sorted(silent, key=lambda one: one.last_seen or 0)])
        observed = said("doctor_lns.silent", silent=len(silent), all=len(devices), names=names, intervals=INTERVALS)
        yield case.found(NAME, "warn", observed, said("doctor_lns.silent_remedy"))
    elif len(never) < len(devices):
        yield case.found(NAME, "ok", said("doctor_lns.silent_none", all=len(devices) - len(never)))
    if never:
        names = listed(sorted(one.name or one.dev_eui for one in never))
        observed = said("doctor_lns.never", never=len(never), all=len(devices), names=names)
        yield case.found(NEVER, "warn", observed, said("doctor_lns.never_remedy", example=never[0].dev_eui))
    else:
        yield case.found(NEVER, "ok", said("doctor_lns.never_none", all=len(devices)))


def _silent(device: ServerDevice, fleet: Fleet, now: int) -> bool:
    if device.last_seen is None:
        return False
    profile = fleet.profiles.get(device.profile)
    interval = (profile.uplink_interval if profile else 0) or USUAL_INTERVAL
    return now - device.last_seen > INTERVALS * interval * SECOND
