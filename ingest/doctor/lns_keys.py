"""Which devices can never join, because somebody stopped half way: no root key, or one in the wrong field?

Asked of devices that were never heard, a call each; the others have proved it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.finding import listed
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.chirpstack.admin.answers import Profile, ServerDevice, ServerKeys
    from ingest.doctor.finding import Finding
    from ingest.doctor.server_case import Fleet, ServerCase

NAME = "root keys"

MOST = 200
"""Devices that are asked for: some 5 ms each."""

_NONE = "0" * 32


def check(case: ServerCase) -> Iterator[Finding]:
    """Look whether the key that the join needs is there; the key itself goes nowhere."""
    fleet = case.fleet()
    wanted = [
        one for one in fleet.devices.values() if one.last_seen is None and not one.disabled and _joins(one, fleet)
    ]
    asked = wanted[:MOST]
    if not asked:
        yield case.found(NAME, "ok", said("doctor_lns.keys_not_needed"))
        return
    bad = [one for one in asked if not _can_join(case.server.keys(one.dev_eui), fleet.profiles[one.profile])]
    if bad:
        names = listed(sorted(one.name or one.dev_eui for one in bad))
        observed = said("doctor_lns.keys_missing", bad=len(bad), asked=len(asked), names=names)
        yield case.found(NAME, "fail", observed, said("doctor_lns.keys_remedy"))
    else:
        yield case.found(NAME, "ok", said("doctor_lns.keys_there", asked=len(asked), all=len(wanted)))


def _joins(device: ServerDevice, fleet: Fleet) -> bool:
    profile = fleet.profiles.get(device.profile)
    return profile is not None and profile.otaa


def _can_join(keys: ServerKeys | None, profile: Profile) -> bool:
    """LoRaWAN 1.0.x joins by what stands in nwk_key, 1.1 needs both."""
    if keys is None or keys.nwk_key in ("", _NONE):
        return False
    return not profile.mac_version.startswith("1.1") or keys.app_key not in ("", _NONE)
