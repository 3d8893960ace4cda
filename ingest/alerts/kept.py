"""What a watch is stored as. A field that is new stands last, with a default: what was stored before has to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ingest.alerts.alert import Change
from ingest.alerts.rule import Scope, Severity
from ingest.alerts.sample import Sample  # noqa: TC001  (msgspec reads the annotations)
from ingest.alerts.trigger import State  # noqa: TC001

if TYPE_CHECKING:
    from ingest.alerts.alert import Phase

FLAPPING = 2
"""Swings from which on an alert is flapping."""

CALM = 1_800_000_000_000
"""ns for which a flapping alert has to be over."""

CHRONIC = 7_200_000_000_000
"""ns for which one has to be over that is the third within a few hours (`openings`)."""

PREFIX = "rule|"
"""What the keys of watches begin with: others are stored beside them."""


class Told(msgspec.Struct, array_like=True):
    """An alert that others have been told of; see `alert.Change`.

    Attributes:
        over: since when it is over, ns UTC; 0 while it is not.
        value: at its opening, then at its end.
        least: of a chronic one (`openings`): it is not told to be over before this time, ns UTC; 0 of any other.
        cause: why it is over, where that is not by its values.
    """

    alert: str
    severity: Severity
    opened: int
    value: float
    extreme: float
    devices: tuple[str, ...] = ()
    swings: int = 0
    over: int = 0
    least: int = 0
    cause: str = ""

    def settled(self, settle: int) -> int:
        """After which time it is told to be over, ns UTC, unless it comes again.

        Args:
            settle: the rule's `Trigger.settle`.
        """
        if self.cause:
            return max(self.over, self.least)
        if self.least:
            return max(self.over + max(settle, CHRONIC), self.least)
        return self.over + (max(settle, CALM) if self.swings >= FLAPPING else settle)

    def change(self, about: tuple[str, Scope], phase: Phase, time: int, cause: str = "") -> Change:
        """What others are told of it.

        Args:
            about: the rule's id, and the scope.
            phase: it begins, or ends.
            time: when, ns UTC.
            cause: of an end that is not by its values.
        """
        return Change(
            self.alert,
            *about,
            self.severity,
            phase,
            self.opened,
            time,
            self.value,
            self.extreme,
            self.devices,
            self.swings,
            cause,
        )


class Kept(msgspec.Struct, array_like=True):
    """A watch as it is stored; see its own attributes."""

    rule: str
    scope: Scope
    sources: list[str]
    looks: bytes
    judges: bytes
    last: int
    state: State
    told: Told | None
    buffer: list[Sample]
    window: Any
    heard: int = 0
    known: int = 0
    grace: int = 0
    hushed: bool = False
    openings: tuple[int, ...] = ()
    signal: bytes = b""
    severity: Severity = Severity.WARNING


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Kept).decode


def key_of(rule: str, scope: Scope) -> str:
    """What the watch of a rule at a scope is stored under."""
    return f"{PREFIX}{rule}|{scope.key}"
