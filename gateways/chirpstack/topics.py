"""ChirpStack's topics, and what MQTT's wildcards in a topic filter reach (MQTT 5, section 4.7): pure.

A broker may deliver a message once for each filter of a session that it matches (Mosquitto does with MQTT 5), so those
of one session may not overlap. And two workers whose filters overlap take the same events.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DEVICE_EVENTS = "application/{}/device/+/event/+"
GATEWAY_EVENTS = ("gateway/+/event/stats", "gateway/+/state/conn")
"""Not `event/up` and `event/ack`: those are the raw frames between gateways and network server."""


def device_filters(prefix: str = "", applications: Iterable[str] = ()) -> tuple[str, ...]:
    """The filters of every event of the devices of some applications (their ids), or of all."""
    return tuple(prefix + DEVICE_EVENTS.format(application) for application in list(applications) or ["+"])


def gateway_filters(prefix: str = "", regions: Iterable[str] = ("+",)) -> tuple[str, ...]:
    """The filters of the gateways' statistics and connections.

    Args:
        prefix: what stands before every topic of the server.
        regions: the `topic_prefix` of each region of the server; "" where it has none, "+" for whatever it is.
    """
    return tuple(
        f"{prefix}{region}/{topic}" if region else f"{prefix}{topic}" for region in regions for topic in GATEWAY_EVENTS
    )


def of_gateway(topic: str) -> bool:
    """Whether a filter of ours, or the topic of an event, is a gateway's and not a device's."""
    levels = topic.split("/")
    return "gateway" in levels and "device" not in levels


def is_filter(text: str) -> bool:
    """Whether MQTT takes it as a topic filter."""
    levels = text.split("/")
    whole = all(level in ("+", "#") or not set(level) & {"+", "#"} for level in levels)
    return bool(text) and "\0" not in text and "#" not in levels[:-1] and whole


def overlap(one: str, other: str) -> bool:
    """Whether some topic matches both filters.

    `#` also matches its parent level, and a wildcard in the first level no topic that begins with `$`.
    """
    if one.startswith("$") != other.startswith("$"):
        return False
    ours, theirs = one.split("/"), other.split("/")
    for mine, its in zip(ours, theirs, strict=False):
        if "#" in (mine, its):
            return True
        if mine != its and "+" not in (mine, its):
            return False
    longer = ours if len(ours) > len(theirs) else theirs
    rest = longer[min(len(ours), len(theirs)) :]
    return not rest or rest == ["#"]


def clash(filters: Iterable[str]) -> tuple[str, str] | None:
    """The first two filters that reach a topic in common; None where each event comes by one alone."""
    return next((pair for pair in combinations(filters, 2) if overlap(*pair)), None)
