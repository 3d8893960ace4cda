"""Uplinks of a device that could not be decoded: by citylora, or by a codec of the network server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.alerts.signals.field import Place, place_of
from ingest.decoding.point import TAGS

if TYPE_CHECKING:
    from ingest.alerts.heard import Heard

CODEC = "UPLINK_CODEC"
"""The code of the event by which ChirpStack says that a device's codec has failed."""


def failed(heard: Heard) -> bool:
    """Whether an event says that an uplink could not be decoded."""
    if heard.failed:
        return bool(heard.dev_eui)
    return any(point.measurement == "lns_event" and point.tags[-1] == CODEC for point in heard.points)


def place_of_device(heard: Heard) -> Place:
    """Where its device is, as its rows have it."""
    for point in heard.points:
        if TAGS[point.measurement][0] == "dev_eui":
            return place_of(point.measurement, point.tags)._replace(channel="0")
    return Place(heard.dev_eui)
