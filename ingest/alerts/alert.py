"""What has fired: an alert, its life, and the changes that others are told of. Pure values.

    pending ──▶ firing ──▶ resolved          acknowledged: somebody has taken it on; it goes on firing

A pending one is too much already, but not for long enough (`Trigger.hold`). An alert's id says which rule, which scope
and which opening event it is of: from a restored backup the same alerts come again, and no new ones.
"""

from __future__ import annotations

from base64 import b32encode
from hashlib import blake2b
from typing import Literal, TypeAlias

import msgspec

from ingest.alerts.rule import Scope, Severity  # noqa: TC001  (msgspec reads the annotations)

Phase: TypeAlias = Literal["firing", "resolved"]


class Change(msgspec.Struct, frozen=True):
    """An alert begins or ends: what the engine gives.

    Attributes:
        alert: its id (`alert_id`).
        time: of the sample that opened it; of an end when it was over, ns UTC.
        value: of the signal then.
        extreme: the worst value so far.
        devices: those whose readings led to it, or that are muted by it.
        swings: how often it was over and came again.
        cause: "" or why it ended otherwise than by its values: `rule_removed`, `site_gone`; `rule_changed`: the rule
            does not look there any more; `gone`: the sink or source that it was about is no more; `no_data`: nothing
            has been heard since, and nobody knows whether it is over;
            `moved`, `decommissioned`: the device is at another site, or at none; `closed`: somebody has ended it.
        closed_by: who, where it was `closed`.
        closed_why: why, likewise.
    """

    alert: str
    rule: str
    scope: Scope
    severity: Severity
    phase: Phase
    opened: int
    time: int
    value: float
    extreme: float
    devices: tuple[str, ...] = ()
    swings: int = 0
    cause: str = ""
    closed_by: str = ""
    closed_why: str = ""


class Waiting(msgspec.Struct, frozen=True):
    """A rule with a duration has begun to be met, or is waited for no more: it fires, or was over before.

    Attributes:
        alert: the id that the alert has, or would have had.
        opened: since when it is too much, ns UTC.
        time: of this change, likewise.
    """

    alert: str
    rule: str
    scope: Scope
    severity: Severity
    opened: int
    time: int
    value: float
    pending: bool


class Interval(msgspec.Struct, frozen=True):
    """A time in which a rule was met, by event time, as of the watermark: the same for every order of arrival.

    Attributes:
        until: not included; 0 while it lasts.
    """

    rule: str
    scope: str
    since: int
    until: int = 0


def alert_id(rule: str, scope: Scope, opened: int) -> str:
    """The id of an alert: letters and digits, no `.`, which a message's signature could not hold."""
    digest = blake2b(f"{rule}\0{scope.key}\0{opened}".encode(), digest_size=10).digest()
    return "al_" + b32encode(digest).decode().lower()
