"""Do the devices' profiles have the region in which the gateways hear, which in Việt Nam is AS923-2?

A profile of another region makes the server drop each join request without a word.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ingest.doctor.finding import listed
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.finding import Finding
    from ingest.doctor.server_case import ServerCase

NAME, FOREIGN = "region of profiles", "profiles of another tenant"

REGION = "AS923_2"
"""Of Việt Nam by RP002 and Circular 08/2021/TT-BTTTT; as ChirpStack spells it."""


def check(case: ServerCase) -> Iterator[Finding]:
    """Hold the region of each profile that has devices against the country's."""
    fleet = case.fleet()
    counts = Counter(device.profile for device in fleet.devices.values())
    if not counts:
        yield case.found(NAME, "unknown", said("doctor_lns.no_devices"))
        return
    foreign = [one for one in fleet.devices.values() if one.profile not in fleet.profiles]
    if foreign:
        names = listed(sorted(one.name or one.dev_eui for one in foreign))
        observed = said("doctor_lns.profile_foreign", devices=len(foreign), names=names)
        yield case.found(FOREIGN, "fail", observed, said("doctor_lns.profile_foreign_remedy"))
    wrong = [one for one in fleet.profiles.values() if one.region != REGION]
    if not wrong:
        yield case.found(NAME, "ok", said("doctor_lns.region_right", count=len(fleet.profiles), region=REGION))
        return
    names = listed([f"{one.name} ({one.region})" for one in sorted(wrong, key=lambda one: one.name)])
    devices = sum(counts[one.id] for one in wrong)
    observed = said("doctor_lns.region_wrong", names=names, devices=devices, region=REGION)
    yield case.found(NAME, "fail", observed, said("doctor_lns.region_remedy", region=REGION))
