"""When something is sent again: what an answer means for its message, and for the endpoint as a whole. Pure.

    delivered │ the endpoint is well: what it had failed to take goes at once, after what was not tried yet
    later     │ the endpoint rests; then the message that was tried longest ago, or never, is its probe
    refused   │ this message rests, others pass; from the second refusal in a row on the endpoint does too, for a moment
    gone      │ the endpoint is disabled: what waits there waits for a person

What rests does so for `FIRST`, then for twice as long each time, `LONGEST` at most; a Retry-After that is longer is
kept to. An endpoint that refuses rests for `BREATH` at most: what it would take is not to wait for what it would not.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from ingest import retry_after
from ingest.alerts.outbox import EndpointState

if TYPE_CHECKING:
    from ingest.delivery.channel import Answer

SECOND = 1_000_000_000

FIRST = 1.0
"""Seconds of the first rest: what fails once is mostly well again in a moment."""

LONGEST = 300.0
"""Seconds of every rest after nine: so long after its return an endpoint is noticed at the latest."""

BREATH = 30.0
"""Seconds of an endpoint's rest after refusals, at most: so long may they hold up a message that is in order."""

GLANCE = 2.0
"""The same after the first attempt at a message: what waits behind was not tried either, and may well be taken."""

JITTER = 0.2
"""By so large a part a rest may be shorter: what failed together is not to come again together."""

_DOUBLINGS = 9


class Next(NamedTuple):
    """What is to be done.

    Attributes:
        endpoint: how it is now.
        due: when the message is to be sent again, ns UTC; that it was sent now where its endpoint alone is to blame.
    """

    endpoint: EndpointState
    due: int


def after(answer: Answer, state: EndpointState, now: int, *, attempts: int, refused: int) -> Next:
    """What an answer means.

    Args:
        answer: what came back.
        state: how the endpoint was.
        now: ns UTC.
        attempts: how often this message was sent before.
        refused: how many the endpoint has refused in a row, since it last took one.
    """
    if answer.kind == "delivered":
        return Next(EndpointState(state.name), 0)
    if answer.kind == "gone":
        return Next(state._replace(disabled=answer.words, since=now), 0)
    failing = EndpointState(state.name, "", state.since or now, state.failures + 1, state.due)
    if answer.kind == "refused":
        rest = min(BREATH if attempts else GLANCE, _rest(refused - 1)) if refused else 0.0
        rests = now + round(rest * SECOND)
        return Next(failing._replace(due=rests), _due(now, attempts, answer))
    return Next(failing._replace(due=_due(now, max(0, state.failures - refused), answer)), now)


def in_a_row(answer: Answer, refused: int) -> int:
    """How many the endpoint has refused since it last took one, after this answer."""
    if answer.kind == "delivered":
        return 0
    return refused + (answer.kind == "refused")


def left(due: int, now: int) -> int:
    """For how long to wait, ns; a time that no rest can have led to was set before the clock was."""
    rest = due - now
    return rest if 0 < rest <= retry_after.LONGEST * SECOND else 0


def _due(now: int, failures: int, answer: Answer) -> int:
    return now + round(max(_rest(failures), answer.retry_after or 0.0) * SECOND)


def _rest(failures: int) -> float:
    return min(LONGEST, FIRST * 2.0 ** min(failures, _DOUBLINGS)) * random.uniform(1 - JITTER, 1)  # noqa: S311  (jitter)
