"""An event as those see it that act on events, and not on their rows alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.alerts.heard import Heard
from ingest.decoding.point import TAGS, UNKNOWN

if TYPE_CHECKING:
    from ingest.consumer.feed import Kept

_OF_DEVICES = frozenset(name for name, tags in TAGS.items() if tags[0] == "dev_eui")


def heard(event: Kept) -> Heard:
    """What an event tells, beside its rows."""
    entry, outcome = event.entry, event.outcome
    dev_eui = ""
    gateways: tuple[str, ...] = ()
    for point in outcome.points:
        if point.measurement in _OF_DEVICES:
            dev_eui = point.tags[0]
            if point.measurement == "radio" and point.tags[-1] != UNKNOWN:
                gateways = (point.tags[-1],)
    return Heard(
        entry.source, entry.received_at, dev_eui, outcome.points, bool(outcome.reason), gateways, entry.arrived_at
    )
