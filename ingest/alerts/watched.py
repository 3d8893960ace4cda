"""A rule, ready to be looked at often."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from ingest.alerts.signals.field import lasts
from ingest.alerts.trigger import Machine

if TYPE_CHECKING:
    from datetime import tzinfo

    from ingest.alerts.rule import Rule

_encode = msgspec.msgpack.Encoder(order="sorted").encode


class Watched:
    """A rule with what follows from it.

    Attributes:
        prompt: whether it fires when the sample arrives.
        looks: what it looks at, as a hash: what a watch has counted holds while this is the same.
        judges: likewise, when that is too much.
        forget: after how long without a value an alert ends, ns from the time of the last one; 0: never.
    """

    __slots__ = ("forget", "id", "judges", "looks", "machine", "prompt", "rule")

    def __init__(self, rule: Rule, zone: tzinfo) -> None:
        self.id = rule.id
        self.rule = rule
        self.machine = Machine(rule.trigger, zone)
        self.prompt = rule.prompt
        self.looks = _hash([rule.signal, rule.where])
        self.judges = _hash(rule.trigger)
        measured = rule.measured
        self.forget = rule.forget + lasts(measured.measurement) if measured is not None and rule.forget else 0


def _hash(value: object) -> bytes:
    return blake2b(_encode(value), digest_size=8).digest()
