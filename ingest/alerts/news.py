"""What a department is to be told of one alert, and whether now: judged by how the alert stands, not by what happened.

    alert fires,    department does not know   ─▶ firing
    alert is over,  department knows it firing ─▶ resolved
    alert is over,  department never heard     ─▶ passed: it came and went while it waited to be told
    anything else                              ─▶ nothing

So nobody is told of an end without a beginning, or of a beginning twice, in whatever order things come. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ingest.alerts.muting import muted_until
from ingest.alerts.quiet import quiet_until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from ingest.alerts.alert import Change
    from ingest.alerts.department import Department
    from ingest.alerts.muting import Mute

Why: TypeAlias = Literal["new", "late", "muted", "quiet", "group", "storm", "escalate"]
"""Why something waits. `new`: it does not. `late`: until what lags has been read. `muted`: for the end of a maintenance
window. `quiet`: of the quiet hours. `group`, `storm`: to go with others. `escalate`: for an acknowledgement."""

Kind: TypeAlias = Literal["firing", "resolved", "passed"]


class Waiting(NamedTuple):
    """That a department may have to be told of an alert, and how that stands.

    Attributes:
        why: it has waited.
        late: it waited while events lagged.
        origin: the department that has not acknowledged it; "" where it is told of itself.
        change: the alert's last; None where nothing is known of it any more.
        acked_at: ns UTC; 0 where nobody has acknowledged it.
        told: the phase that the department was told last; "" where it was told of none.
        joined: it was so before the department was to be told of it.
    """

    alert: str
    department: str
    why: Why
    late: bool
    origin: str
    change: Change | None
    acked_at: int
    acked_by: str
    told: str
    joined: bool = False


class News(NamedTuple):
    """What is told of one alert; attributes as of `Waiting`."""

    change: Change
    kind: Kind
    why: Why = "new"
    late: bool = False
    origin: str = ""
    acked_at: int = 0
    acked_by: str = ""
    joined: bool = False


class Wait(NamedTuple):
    """Not now.

    Attributes:
        due: when to look again, ns UTC.
    """

    why: Why
    due: int


class Now(NamedTuple):
    """By what it is judged.

    Attributes:
        at: wall clock, ns UTC.
        began: when alerts were looked for first, ns UTC: what was over by then concerns nobody.
        mutes: the maintenance windows, also those that are over.
    """

    at: int
    zone: tzinfo
    began: int
    mutes: Sequence[Mute]


def judge(waiting: Waiting, department: Department, now: Now) -> News | Wait | None:
    """What a department is told of an alert, when to look again, or None: nothing is left to tell."""
    change = waiting.change
    kind = None if change is None else _kind(change, waiting.told)
    if change is None or kind is None or (kind == "passed" and _nobodys(change, waiting, now)):
        return None
    if waiting.origin and waiting.acked_at:
        return None
    muted = muted_until(now.mutes, change, now.at) if kind == "firing" else None
    if muted is not None:
        return Wait("muted", muted)
    quiet = department.quiet
    until = quiet_until(quiet, now.at, now.zone) if quiet is not None and change.severity < quiet.below else None
    if until is not None:
        return Wait("quiet", until)
    own = waiting.late, waiting.origin, waiting.acked_at, waiting.acked_by, waiting.joined
    return News(change, kind, waiting.why, *own)


def _kind(change: Change, told: str) -> Kind | None:
    if change.phase == "firing":
        return None if told == "firing" else "firing"
    if told == "resolved":
        return None
    return "resolved" if told == "firing" else "passed"


def _nobodys(change: Change, waiting: Waiting, now: Now) -> bool:
    """Whether what came and went is not even counted: it was muted, or for others first, or before the first start."""
    muted = waiting.why == "muted" or muted_until(now.mutes, change, change.opened) is not None
    return muted or bool(waiting.origin) or (waiting.late and change.time <= now.began)
