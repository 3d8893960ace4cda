"""What the engine gives: what has changed, and what is about to. Pure values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.alert import Change, Interval, Waiting
    from ingest.alerts.rule import Scope


class Effects(NamedTuple):
    """What has changed since it was asked last.

    Attributes:
        changes: alerts that began and ended, in the order of time.
        intervals: times in which rules were met, as they begin and as they end.
        states: what to store by its key, for the next `Engine`; b"": nothing any more.
        counts: how often something happened.
        failed: rules that could not be worked out, by id, and why; each began anew where it failed.
        joined: alerts that fire, with devices that were not among theirs before.
        waiting: what begins to be pending, and is so no more, in the order of time.
    """

    changes: list[Change]
    intervals: list[Interval]
    states: dict[str, bytes]
    counts: dict[str, int]
    failed: dict[str, str] = {}  # noqa: RUF012  (never changed)
    joined: Sequence[Change] = ()
    waiting: Sequence[Waiting] = ()


class Pending(NamedTuple):
    """It is too much, but not for long enough yet.

    Attributes:
        since: ns UTC.
        value: the last one.
    """

    rule: str
    scope: Scope
    since: int
    value: float
