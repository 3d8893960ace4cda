"""What does the broker say of its own limits when one connects?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.chirpstack.visit import Turned, Visit

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
        yield case.found("window", "unknown", "MQTT 3.1.1 does not tell it")
        return
    try:
        with Visit(case.settings) as visit:
            told = visit.announced
    except (Turned, OSError, ValueError) as error:
        yield case.found("window", "unknown", f"no connection: {error}")
        return
    yield _window(case, told.get("ReceiveMaximum"))
    if told.get("MaximumQoS") == 0:
        remedy = "let the broker deliver QoS 1: nothing is kept or sent again without it"
        yield case.found("largest QoS", "fail", "the broker takes and gives nothing better than QoS 0", remedy)
    packet = told.get("MaximumPacketSize")
    if isinstance(packet, int) and packet < LEAST_PACKET:
        remedy = f"let the broker take packets of {LEAST_PACKET} bytes (max_packet_size in mosquitto.conf)"
        yield case.found("largest packet", "warn", f"the broker takes {packet} bytes at most", remedy)


def _window(case: BrokerCase, maximum: object) -> Finding:
    if not isinstance(maximum, int):
        return case.found("window", "unknown", "the broker announces no limit of messages under way")
    said = f"the broker announces {maximum} messages under way at most"
    if maximum < LEAST_WINDOW:
        remedy = "in mosquitto.conf: max_inflight_messages 1000, or citylora waits for it at high rates"
        return case.found("window", "warn", said, remedy)
    return case.found("window", "ok", said)
