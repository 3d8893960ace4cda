"""When something is sent again: what an answer means for its message, and for the endpoint as a whole. Pure.

    delivered │ the endpoint is well: what it had not taken before goes again at once, after what was not tried yet
    later     │ the endpoint rests; then the message that was tried longest ago, or never, is its probe
    refused   │ this message rests, others pass; the endpoint does too once it has refused two since it last took one
    gone      │ the endpoint is disabled: what waits there waits for a person

It rests `FIRST`, then twice as long each time, `LONGEST` at most; a Retry-After that is longer is kept to.
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

JITTER = 0.2
"""By so large a part a rest may be shorter: what failed together is not to come again together."""

_DOUBLINGS = 9


class Next(NamedTuple):
    """What is to be done.

    Attributes:
        endpoint: how it is now.
        due: when the message is to be sent again, ns UTC.
        hasten: what else waits there may go now.
    """

    endpoint: EndpointState
    due: int
    hasten: bool = False


def after(answer: Answer, state: EndpointState, now: int, *, attempts: int, alone: bool) -> Next:
    """What an answer means.

    Args:
        answer: what came back.
        state: how the endpoint was.
        now: ns UTC.
        attempts: how often this message was sent before.
        alone: no other message waits there that was sent in vain.
    """
    if answer.kind == "delivered":
        return Next(EndpointState(state.name), 0, hasten=state.failures > 0)
    if answer.kind == "gone":
        return Next(state._replace(disabled=answer.words, since=now), 0)
    if answer.kind == "refused" and alone:
        return Next(state, _due(now, attempts, answer))
    since, failures = state.since or now, state.failures + 1
    rests = _due(now, state.failures, answer)
    return Next(EndpointState(state.name, "", since, failures, rests), max(rests, _due(now, attempts, answer)))


def left(due: int, now: int) -> int:
    """For how long to wait, ns; a time that no rest can have led to was set before the clock was."""
    rest = due - now
    return rest if 0 < rest <= retry_after.LONGEST * SECOND else 0


def _due(now: int, failures: int, answer: Answer) -> int:
    rest = min(LONGEST, FIRST * 2.0 ** min(failures, _DOUBLINGS)) * random.uniform(1 - JITTER, 1)  # noqa: S311  (jitter)
    return now + round(max(rest, answer.retry_after or 0.0) * SECOND)
