"""What `Presence` finds, and what it is asked to find. Pure values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ingest.alerts.rule import Scope, Silence


class Mark(NamedTuple):
    """A silence that somebody wants to be told of.

    Attributes:
        signal: how it is counted.
        above: of so many intervals.
    """

    signal: Silence
    above: float


class Found(NamedTuple):
    """A sample for the triggers of silence.

    Attributes:
        scope: a device or a gateway.
        source: whose it is.
        time: when the mark was reached, or when it was heard again, ns UTC. One that was heard again is never older
            than what was looked at; a mark may have been reached before that: it is to be taken all the same.
        value: of a device in intervals, of a gateway in s; 0 for one that is heard again.
        devices: of a gateway: those that only it could have heard, and that are silent with it; DevEUIs.
        muted: always false: of a device that is silent with its gateways nothing is given.
        signal: whose mark was reached; None concerns every rule of silence, or is of a gateway.
        model: of a device, the tag of its rows.
    """

    scope: Scope
    source: str
    time: int
    value: float
    devices: tuple[str, ...] = ()
    muted: bool = False
    signal: Silence | None = None
    model: str = ""
