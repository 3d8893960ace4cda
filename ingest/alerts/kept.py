"""What a watch is stored as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ingest.alerts.alert import Change
from ingest.alerts.rule import Scope, Severity  # noqa: TC001  (msgspec reads the annotations)
from ingest.alerts.sample import Sample  # noqa: TC001
from ingest.alerts.trigger import State  # noqa: TC001

if TYPE_CHECKING:
    from ingest.alerts.alert import Phase

PREFIX = "rule|"
"""What the keys of watches begin with: others are stored beside them."""


class Told(msgspec.Struct, array_like=True):
    """An alert that others have been told of; see `alert.Change`.

    Attributes:
        over: since when it is over, ns UTC; 0 while it is not.
        value: at its opening, then at its end.
    """

    alert: str
    severity: Severity
    opened: int
    value: float
    extreme: float
    devices: tuple[str, ...] = ()
    swings: int = 0
    over: int = 0

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
    """A watch as it is stored."""

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


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Kept).decode


def key_of(rule: str, scope: Scope) -> str:
    """What the watch of a rule at a scope is stored under."""
    return f"{PREFIX}{rule}|{scope.key}"
