"""What does the broker tell of itself under `$SYS`?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateways.chirpstack.visit import Turned, Visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding

VERSION, DROPPED = "$SYS/broker/version", "$SYS/broker/publish/messages/dropped"

SECONDS = 1.5
"""They are retained, so they come at once or not at all."""

FORGETS_SHARED = (2, 0, 11)
"""The last Mosquitto that forgets shared subscriptions over a restart; ChirpStack hears its gateways by one."""


def check(case: BrokerCase) -> Iterator[Finding]:
    """Ask for its version, and how many messages it has dropped; it may keep both to itself."""
    try:
        with Visit(case.settings) as visit:
            visit.subscribe([VERSION, DROPPED])
            visit.wait(lambda: {one.topic for one in visit.messages} >= {VERSION, DROPPED}, case.deadline.left(SECONDS))
    except (Turned, OSError, ValueError) as error:
        yield case.found("version", "unknown", f"no connection: {error}")
        return
    told = {one.topic: one.payload.decode(errors="replace") for one in visit.messages}
    yield _version(case, told.get(VERSION, ""))
    yield _dropped(case, told.get(DROPPED, ""))


def _version(case: BrokerCase, said: str) -> Finding:
    number = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    if not said or number is None:
        return case.found("version", "unknown", said or "the broker does not tell this user ($SYS/broker/version)")
    if "mosquitto" in said and tuple(map(int, number.groups())) <= FORGETS_SHARED:
        remedy = "take Mosquitto 2.0.12 or newer: this one forgets, when it restarts, how ChirpStack hears its gateways"
        return case.found("version", "warn", said, remedy)
    return case.found("version", "ok", said)


def _dropped(case: BrokerCase, said: str) -> Finding:
    if not said.isdecimal():
        return case.found("dropped messages", "unknown", f"the broker does not tell this user ({DROPPED})")
    if int(said):
        remedy = (
            "raise max_queued_messages in mosquitto.conf; look whether the number grows while citylora is connected"
        )
        return case.found("dropped messages", "warn", f"{said} since its start, for whatever client", remedy)
    return case.found("dropped messages", "ok", "none since its start")
