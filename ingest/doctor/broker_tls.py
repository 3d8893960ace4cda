"""Can somebody on the way read the password, or speak for the broker?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.certificate import HANDSHAKE_SECONDS, look
from ingest.doctor.finding import is_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding


def check(case: BrokerCase) -> Iterator[Finding]:
    """Look at the certificate, where there is one."""
    settings = case.settings
    if settings.tls is not None:
        seen = look(settings.host, settings.port, settings.tls, case.deadline.left(HANDSHAKE_SECONDS))
        yield case.found("TLS", seen.state, seen.observed, seen.remedy)
    elif is_here(settings.host):
        yield case.found("TLS", "ok", "none, and nothing leaves this machine")
    else:
        remedy = "give the broker a listener with TLS (port 8883), and write tls = true"
        yield case.found("TLS", "warn", "none: events and password cross the network in the clear", remedy)
