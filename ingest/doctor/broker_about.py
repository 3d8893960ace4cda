"""What does the broker tell of itself under `$SYS`?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateways.chirpstack.visit import Turned, Visit
from ingest.i18n import said

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
        yield case.found("version", "unknown", said("doctor_broker.no_connection", error=str(error)))
        return
    told = {one.topic: one.payload.decode(errors="replace") for one in visit.messages}
    yield _version(case, told.get(VERSION, ""))
    yield _dropped(case, told.get(DROPPED, ""))


def _version(case: BrokerCase, text: str) -> Finding:
    number = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    if not text or number is None:
        return case.found("version", "unknown", text or said("doctor_broker.untold", topic=VERSION))
    if "mosquitto" in text and tuple(map(int, number.groups())) <= FORGETS_SHARED:
        return case.found("version", "warn", text, said("doctor_broker.version_remedy"))
    return case.found("version", "ok", text)


def _dropped(case: BrokerCase, text: str) -> Finding:
    if not text.isdecimal():
        return case.found("dropped messages", "unknown", said("doctor_broker.untold", topic=DROPPED))
    if int(text):
        observed, remedy = said("doctor_broker.dropped", count=int(text)), said("doctor_broker.dropped_remedy")
        return case.found("dropped messages", "warn", observed, remedy)
    return case.found("dropped messages", "ok", said("doctor_broker.dropped_none"))
