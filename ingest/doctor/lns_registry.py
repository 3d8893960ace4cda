"""Do the registry and the network server know the same devices?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.finding import Finding, listed
from ingest.i18n import said
from ingest.registry import file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.config import Settings
    from ingest.doctor.finding import State, Text
    from ingest.doctor.server_case import ServerCase

NAME = "registry against network server"


def check(settings: Settings, cases: Sequence[ServerCase]) -> Iterator[Finding]:
    """Look for devices at sites that no server knows, and for those that are silent and switched off there.

    Args:
        settings: of the worker.
        cases: its network servers, as far as they can be asked.
    """
    registry, now = file.read(settings.data_dir), max((one.now for one in cases), default=0)
    placed = [
        dev_eui
        for dev_eui, own in sorted(registry.placements.items())
        if any(one.since <= now < one.until for one in own)
    ]
    devices = {dev_eui: one for case in cases for dev_eui, one in case.fleet().devices.items()}
    others = {dev_eui for case in cases for dev_eui in case.fleet().others}
    missing = [dev_eui for dev_eui in placed if dev_eui not in devices and dev_eui not in others]
    off = [dev_eui for dev_eui in placed if dev_eui in devices and devices[dev_eui].disabled]
    if missing and len(cases) < len(settings.lns):
        observed = said("doctor_lns.registry_not_all", missing=len(missing), names=listed(missing))
        yield _found("unknown", observed, said("doctor_lns.registry_not_all_remedy"))
    elif missing:
        observed = said("doctor_lns.registry_missing", missing=len(missing), all=len(placed), names=listed(missing))
        yield _found("warn", observed, said("doctor_lns.registry_missing_remedy", example=missing[0]))
    elif off:
        observed = said("doctor_lns.registry_off", off=len(off), names=listed(off))
        yield _found("warn", observed, said("doctor_lns.registry_off_remedy", example=off[0]))
    else:
        yield _found("ok", said("doctor_lns.registry_agrees", all=len(placed)))


def _found(state: State, observed: Text, remedy: Text = "") -> Finding:
    return Finding(NAME, "registry", state, observed, remedy)
