"""What watches say, in their order; and why an alert may end otherwise than by its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.alerts.alert import Change, Interval, Waiting

REMOVED = "rule_removed"
"""The rule is no more."""

CHANGED = "rule_changed"
"""The rule was changed, and does not look there any more."""

GONE = "gone"
"""What it was about is no more: a sink, a source."""

NO_DATA = "no_data"
"""Nothing was heard for so long that nobody knows whether it is over (`Rule.forget`)."""

MOVED = "moved"
"""The device is at another site now."""

DECOMMISSIONED = "decommissioned"
"""The device is at no site any more, by the registry."""

CLOSED = "closed"
"""Somebody has ended it by hand."""


class Log:
    """What watches say.

    Attributes:
        changes: alerts that began and ended.
        intervals: times in which rules were met.
        joined: alerts that fire, with further devices.
        waiting: what begins to be pending, and is so no more.
    """

    __slots__ = ("changes", "intervals", "joined", "waiting")

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.intervals: list[Interval] = []
        self.joined: list[Change] = []
        self.waiting: list[Waiting] = []

    def ordered(self) -> tuple[list[Change], list[Waiting]]:
        """Changes, and what waits: which watch came up first says nothing, and a restart changes it."""
        changes = sorted(self.changes, key=lambda one: (one.time, one.rule, one.scope.key, one.phase))
        return changes, sorted(self.waiting, key=lambda one: (one.time, one.rule, one.scope.key, one.pending))
