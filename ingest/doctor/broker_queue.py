"""How much does the broker keep for a client that is away? Counted, with messages like uplinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.own_session import CannotTell, absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding

MESSAGES = 1_100
"""Mosquitto keeps 1,000 unless it is told otherwise."""

SIZE = 1_600
"""Bytes of each, as of an uplink in JSON: some brokers count bytes."""

REMEDY = "in mosquitto.conf: max_queued_messages 0, and max_queued_bytes 536870912 as the bound instead"


def check(case: BrokerCase) -> Iterator[Finding]:
    """Publish to a session of our own that is away, and count what is there afterwards."""
    try:
        kept = absence(case, [b"%06d" % number + bytes(SIZE - 6) for number in range(MESSAGES)])
    except CannotTell as why:
        remedy = "let this user read and write citylora-probe/#, for the time of the probe"
        yield case.found("queue depth", "unknown", str(why), remedy)
        return
    counted = f"of {kept.sent:,} messages that came for a client that was away, {kept.received:,} were kept"
    if not kept.session_present:
        yield case.found("queue depth", "fail", "the session was gone when its client came back, and its queue", REMEDY)
    elif kept.received < kept.sent:
        yield case.found("queue depth", "fail", f"{counted}; the others are lost, and nobody was told", REMEDY)
    else:
        yield case.found("queue depth", "ok", f"{counted}; how many more it would keep is not known")
