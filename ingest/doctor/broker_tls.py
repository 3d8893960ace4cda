"""Can somebody on the way read the password, or speak for the broker?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.certificate import HANDSHAKE_SECONDS, look
from ingest.doctor.finding import is_here
from ingest.i18n import said

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
        yield case.found("TLS", "ok", said("doctor.tls_here"))
    else:
        yield case.found("TLS", "warn", said("doctor_broker.tls_off"), said("doctor_broker.tls_remedy"))
