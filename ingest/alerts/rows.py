"""The rows of the measurement `alert`: one for each change of an alert, for boards. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.decoding.point import Point
from ingest.devices import UNASSIGNED

if TYPE_CHECKING:
    from ingest.alerts.alert import Change


def row_of(change: Change) -> Point:
    """The row of a change; its time is the event's that made it."""
    scope = change.scope
    tags = (scope.site or UNASSIGNED, scope.ward or UNASSIGNED, change.rule, scope.key, change.severity.name.lower())
    fields: list[tuple[str, float | str]] = [
        ("firing", float(change.phase == "firing")),
        ("severity_level", float(change.severity)),
        ("value", change.value),
        ("extreme", change.extreme),
        ("swings", float(change.swings)),
        ("opened", change.opened / 1e9),
        ("alert", change.alert),
    ]
    return Point("alert", (*tags, change.phase), tuple(fields), change.time)
