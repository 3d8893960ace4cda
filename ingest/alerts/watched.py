"""A rule, ready to be looked at often."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from ingest.alerts.rule import Aggregate, Difference
from ingest.alerts.signals.field import lasts
from ingest.alerts.trigger import Machine

if TYPE_CHECKING:
    from datetime import tzinfo

    from ingest.alerts.rule import Rule, Scope

_encode = msgspec.msgpack.Encoder(order="sorted").encode


class Watched:
    """A rule with what follows from it.

    Attributes:
        prompt: whether it fires when the sample arrives.
        looks: what it looks at and where, as a hash: what a watch has counted holds while this is the same.
        signal: likewise, wherever that is.
        judges: likewise, when that is too much.
        forget: after how long without a value an alert ends, ns from the time of the last one; 0: never.
    """

    __slots__ = ("forget", "id", "judges", "looks", "machine", "prompt", "rule", "signal")

    def __init__(self, rule: Rule, zone: tzinfo) -> None:
        self.id = rule.id
        self.rule = rule
        self.machine = Machine(rule.trigger, zone)
        self.prompt = rule.prompt
        self.looks = _hash([rule.signal, rule.where])
        self.signal = _hash(rule.signal)
        self.judges = _hash(rule.trigger)
        measured = rule.measured
        self.forget = rule.forget + lasts(measured.measurement) if measured is not None and rule.forget else 0

    def looks_at(self, scope: Scope) -> bool | None:
        """Whether samples of a scope, of which there were some, may still come to it; None: that cannot be known."""
        where, field = self.rule.where, self.rule.measured
        if scope.kind not in {"site", "device"} or isinstance(self.rule.signal, Aggregate | Difference):
            return None
        if field is not None and scope.site and scope.kind != field.by:
            return False
        if (where.sites and scope.site not in where.sites) or (where.wards and scope.ward not in where.wards):
            return False
        if where.devices and scope.kind == "device":
            return scope.id in where.devices and (not where.models or None)
        return None if where.devices or where.models else True


def _hash(value: object) -> bytes:
    return blake2b(_encode(value), digest_size=8).digest()
