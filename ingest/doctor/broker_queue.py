"""How much does the broker keep for a client that is away? Counted, with messages like uplinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.own_session import CannotTell, absence
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding
    from ingest.doctor.own_session import Kept

MESSAGES = 1_100
"""Mosquitto keeps 1,000 unless it is told otherwise."""

SIZE = 1_600
"""Bytes of each, as of an uplink in JSON: some brokers count bytes."""

REMEDY = said("doctor_broker.queue_remedy")


def check(case: BrokerCase) -> Iterator[Finding]:
    """Publish to a session of our own that is away, and count what is there afterwards."""
    try:
        kept = absence(case, [b"%06d" % number + bytes(SIZE - 6) for number in range(MESSAGES)])
    except CannotTell as cannot:
        yield case.found("queue depth", "unknown", cannot.why, said("doctor_broker.probe_rights"))
        return
    if not kept.session_present:
        yield case.found("queue depth", "fail", said("doctor_broker.queue_gone"), REMEDY)
    elif kept.received < kept.sent:
        yield case.found("queue depth", "fail", said("doctor_broker.queue_cut", **_counts(kept)), REMEDY)
    else:
        yield case.found("queue depth", "ok", said("doctor_broker.queue_kept", **_counts(kept)))


def _counts(kept: Kept) -> dict[str, int]:
    return {"sent": kept.sent, "received": kept.received}
