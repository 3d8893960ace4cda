"""Does the broker keep a session and what comes for it while its client is away?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.own_session import CannotTell, absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding

PERSISTENCE = (
    "in mosquitto.conf: persistence true, autosave_interval 30; to see it, stop citylora, let something be published,"
    " and restart the broker before you start citylora again"
)


def check(case: BrokerCase) -> Iterator[Finding]:
    """Try it with a session of our own and one message."""
    try:
        kept = absence(case, [b"while away"])
    except CannotTell as why:
        remedy = "let this user read and write citylora-probe/#, for the time of the probe"
        yield case.found("session kept", "unknown", str(why), remedy)
    else:
        if kept.session_present and kept.received:
            yield case.found("session kept", "ok", "a session is kept while its client is away, and its message too")
        elif kept.session_present:
            yield case.found("session kept", "fail", "the session is kept, its message is not", _REMEDY)
        else:
            yield case.found("session kept", "fail", "the session was gone when its client came back", _REMEDY)
    yield case.found(
        "session survives a restart", "unknown", "cannot be seen without restarting the broker", PERSISTENCE
    )


_REMEDY = "let the broker keep persistent sessions with QoS 1 (Mosquitto does by itself), for 30 days at least"
