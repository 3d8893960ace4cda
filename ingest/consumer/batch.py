"""What one write of a consumer is about: the events, their points, and which event a refused point was of."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from ingest.quarantine import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.consumer.feed import Kept
    from ingest.decoding.point import Point
    from ingest.derive.memory import Changes
    from ingest.ledger import Cursor
    from ingest.ports import Refusal

EVER = -(1 << 63)
"""Before every time that a point can have."""

REFUSED = "refused"
"""The reason of an event in quarantine one of whose points the sink refused."""


class Batch(NamedTuple):
    """What one write of a consumer is about.

    Attributes:
        points: those of `kept`, in order, but for `late` ones: their time is before `oldest`, ns UTC.
        changes: what the events changed of what is remembered of their devices.
    """

    cursor: Cursor
    kept: list[Kept]
    points: list[Point]
    late: int
    oldest: int = EVER
    changes: Sequence[Changes] = ()

    def owners(self, refusals: Sequence[Refusal]) -> dict[int, str]:
        """The places in `kept` whose points were refused, and the first reason of each."""
        counts = [sum(point.time >= self.oldest for point in event.outcome.points) for event in self.kept]
        ends = list(accumulate(counts))
        return {bisect_right(ends, refusal.index): refusal.reason for refusal in reversed(refusals)}

    def all_late(self, event: Kept) -> bool:
        """Whether nothing of an event is young enough to be sent."""
        points = event.outcome.points
        return bool(points) and all(point.time < self.oldest for point in points)


def case_of(event: Kept, refused: str) -> Case:
    """The case of an event that cannot be decoded, or one of whose points the sink refused with these words."""
    outcome = event.outcome
    reason, detail = (outcome.reason, outcome.detail) if outcome.reason else (REFUSED, refused)
    subject = outcome.subject or (outcome.points[0].tags[0] if outcome.points else event.entry.topic)
    return Case(event.seq, event.ordinal, reason, detail, subject, event.entry)
