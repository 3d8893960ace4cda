"""The rows of the measurement `alert`: one for each change of an alert, for boards. Pure.

`firing` stands in rows of its beginning and its end alone: the newest of them says whether it fires, whenever somebody
acknowledged it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.decoding.point import Point
from ingest.devices import UNASSIGNED

if TYPE_CHECKING:
    from ingest.alerts.alert import Change, Waiting


def row_of(change: Change) -> Point:
    """The row of a beginning or an end; its time is the event's that made it."""
    fields: list[tuple[str, float | str]] = [
        ("firing", float(change.phase == "firing")),
        ("severity_level", float(change.severity)),
        ("value", change.value),
        ("extreme", change.extreme),
        ("swings", float(change.swings)),
        ("opened", change.opened / 1e9),
        ("alert", change.alert),
    ]
    return Point("alert", _tags(change, change.phase), tuple(fields), change.time)


def row_of_ack(change: Change, now: int) -> Point:
    """The row of an alert that somebody has taken on; its time is the clock's, ns UTC, and not before the alert's."""
    fields: tuple[tuple[str, float | str], ...] = (
        ("acknowledged", 1.0),
        ("severity_level", float(change.severity)),
        ("opened", change.opened / 1e9),
        ("alert", change.alert),
    )
    return Point("alert", _tags(change, "acknowledged"), fields, max(now, change.opened))


def row_of_waiting(one: Waiting) -> Point:
    """The row of what begins to be pending, or is so no more; its time is the event's that made it."""
    fields: tuple[tuple[str, float | str], ...] = (
        ("pending", float(one.pending)),
        ("severity_level", float(one.severity)),
        ("value", one.value),
        ("opened", one.opened / 1e9),
        ("alert", one.alert),
    )
    return Point("alert", _tags(one, "pending"), fields, one.time)


def _tags(one: Change | Waiting, state: str) -> tuple[str, ...]:
    scope = one.scope
    place = scope.site or UNASSIGNED, scope.ward or UNASSIGNED
    return *place, one.rule, scope.key, one.severity.name.lower(), state
