"""What does the broker say of its own limits when one connects?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.chirpstack.visit import Turned, Visit
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding

LEAST_WINDOW = 100
"""Messages under way: at 20, and 5 ms for a commit, no more than 4,000 a second, and 400 on a slow disk."""

LEAST_PACKET = 512 * 1024
"""Bytes: an event of 256 KiB is still taken whole."""


def check(case: BrokerCase) -> Iterator[Finding]:
    """Read CONNACK; MQTT 3.1.1 has nothing to read there."""
    if case.settings.protocol != "5":
        yield case.found("window", "unknown", said("doctor_broker.limits_311"))
        return
    try:
        with Visit(case.settings) as visit:
            told = visit.announced
    except (Turned, OSError, ValueError) as error:
        yield case.found("window", "unknown", said("doctor_broker.no_connection", error=str(error)))
        return
    yield _window(case, told.get("ReceiveMaximum"))
    if told.get("MaximumQoS") == 0:
        observed, remedy = said("doctor_broker.only_qos_0"), said("doctor_broker.only_qos_0_remedy")
        yield case.found("largest QoS", "fail", observed, remedy)
    packet = told.get("MaximumPacketSize")
    if isinstance(packet, int) and packet < LEAST_PACKET:
        observed, remedy = (
            said("doctor_broker.packet", bytes=packet),
            said("doctor_broker.packet_remedy", bytes=LEAST_PACKET),
        )
        yield case.found("largest packet", "warn", observed, remedy)


def _window(case: BrokerCase, maximum: object) -> Finding:
    if not isinstance(maximum, int):
        return case.found("window", "unknown", said("doctor_broker.no_window"))
    observed = said("doctor_broker.window", maximum=maximum)
    if maximum < LEAST_WINDOW:
        return case.found("window", "warn", observed, said("doctor_broker.window_remedy"))
    return case.found("window", "ok", observed)
