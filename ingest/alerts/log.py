"""What watches say, in their order; and why an alert may end otherwise than by its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.alerts.alert import Change, Interval

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
    """

    __slots__ = ("changes", "intervals", "joined")

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.intervals: list[Interval] = []
        self.joined: list[Change] = []
