"""Can the network server be asked, with what right, and who reads the token on the way?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.chirpstack.admin.errors import AdminError
from ingest.doctor.finding import is_here
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.finding import Finding
    from ingest.doctor.server_case import ServerCase

NAME = "network server"


def check(case: ServerCase) -> Iterator[Finding]:
    """One call that must work for a token that is right."""
    api = case.lns.api
    if api is None:
        return
    try:
        rights = case.server.rights()
    except AdminError as error:
        yield case.found(NAME, "fail", case.explain(error), said("doctor_lns.reach_remedy", name=case.lns.name))
        return
    yield case.found(NAME, "ok", said("doctor_lns.reached", server=api.server, rights=rights))
    host = api.server.rpartition(":")[0]
    if api.tls:
        yield case.found("TLS", "ok", said("doctor_lns.tls_on"))
    elif is_here(host):
        yield case.found("TLS", "ok", said("doctor.tls_here"))
    else:
        yield case.found("TLS", "warn", said("doctor_lns.tls_off"), said("doctor_lns.tls_remedy", name=case.lns.name))
