"""Are the gateways there, and is it known where they stand?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.finding import listed
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateways.chirpstack.admin.answers import ServerGateway
    from ingest.doctor.finding import Finding, Text
    from ingest.doctor.server_case import ServerCase

ONLINE, PLACED = "gateways online", "gateways' positions"


def check(case: ServerCase) -> Iterator[Finding]:
    """By what the server says of each."""
    gateways = case.fleet().gateways
    if not gateways:
        yield case.found(ONLINE, "warn", said("doctor_lns.no_gateways"), said("doctor_lns.no_gateways_remedy"))
        return
    away = [one for one in gateways if one.state != "online"]
    if away:
        observed = said("doctor_lns.gateways_away", away=len(away), all=len(gateways), names=_names(away))
        yield case.found(ONLINE, "warn", observed, said("doctor_lns.gateways_away_remedy"))
    else:
        yield case.found(ONLINE, "ok", said("doctor_lns.gateways_online", all=len(gateways)))
    lost = [one for one in gateways if one.latitude is None or one.longitude is None]
    if lost:
        observed = said("doctor_lns.gateways_nowhere", lost=len(lost), all=len(gateways), names=_names(lost))
        yield case.found(PLACED, "warn", observed, said("doctor_lns.gateways_nowhere_remedy"))
    else:
        yield case.found(PLACED, "ok", said("doctor_lns.gateways_placed", all=len(gateways)))


def _names(gateways: Sequence[ServerGateway]) -> Text:
    return listed([f"{one.name or one.id} ({one.state})" for one in gateways])
