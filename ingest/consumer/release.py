"""Quarantined events tried again: what they come to today, and what that changes of what is remembered.

A released event is a late one: its rows are put among those that are remembered as of the consumer's cursor, and rows
behind it change with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.consumer.batch import EVER, REFUSED, Batch
from ingest.consumer.feed import Kept
from ingest.ledger import STORED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.consumer.feed import Feed
    from ingest.consumer.remembering import Remembering
    from ingest.decoding.decoding import Outcome
    from ingest.derive.memory import Changes
    from ingest.ledger import Cursor
    from ingest.ports import Refusal
    from ingest.quarantine import Case, Quarantine


class Trial(NamedTuple):
    """Some cases, tried again.

    Attributes:
        cases: those that can be decoded now.
        batch: what they come to, in the same order.
        changes: what they change of what is remembered of their devices, as of the cursor.
    """

    cases: Sequence[Case]
    batch: Batch
    changes: Changes

    def settle(self, quarantine: Quarantine, refusals: Sequence[Refusal]) -> int:
        """Let those go that the sink has taken whole; returns how many."""
        refused = self.batch.owners(refusals) if refusals else {}
        free = [place for place in range(len(self.cases)) if place not in refused]
        for place in free:
            quarantine.release(self.cases[place], STORED + self.batch.kept[place].outcome.kind)
        return len(free)


def attempt(cases: Sequence[Case], feed: Feed, remembering: Remembering, cursor: Cursor) -> Trial:
    """Try cases again, as of the cursor; nothing is changed by it."""
    decoded = [(case, outcome) for case in cases if not (outcome := feed.again(case.entry)).reason]
    memory = remembering.of({point.tags[0] for _case, outcome in decoded for point in outcome.points})
    tried = [(case, feed.worked_out(outcome, memory)) for case, outcome in decoded]
    good = [(case, outcome) for case, outcome in tried if not outcome.reason]
    kept = [Kept(case.seq, case.ordinal, case.entry, _missing(case, outcome)) for case, outcome in good]
    points = [point for event in kept for point in event.outcome.points]
    return Trial([case for case, _ in good], Batch(cursor, kept, points, 0, EVER), memory.take_changes())


def _missing(case: Case, outcome: Outcome) -> Outcome:
    """What is to be written: the radio's row was stored when the event came; only the rest was missing."""
    if case.reason == REFUSED:
        return outcome
    points = tuple(point for point in outcome.points if point.measurement != "radio")
    return type(outcome)(outcome.kind, points, "", "", outcome.subject)
