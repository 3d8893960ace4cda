"""Does the broker keep a session and what comes for it while its client is away?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.own_session import CannotTell, absence
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding


def check(case: BrokerCase) -> Iterator[Finding]:
    """Try it with a session of our own and one message."""
    try:
        kept = absence(case, [b"while away"])
    except CannotTell as cannot:
        yield case.found("session kept", "unknown", cannot.why, said("doctor_broker.probe_rights"))
    else:
        remedy = said("doctor_broker.session_remedy")
        if kept.session_present and kept.received:
            yield case.found("session kept", "ok", said("doctor_broker.session_kept"))
        elif kept.session_present:
            yield case.found("session kept", "fail", said("doctor_broker.session_empty"), remedy)
        else:
            yield case.found("session kept", "fail", said("doctor_broker.session_gone"), remedy)
    observed, remedy = said("doctor_broker.restart_unseen"), said("doctor_broker.persistence_remedy")
    yield case.found("session survives a restart", "unknown", observed, remedy)
