"""Maintenance windows: alerts of what is being worked on are kept, and told to nobody until the work is over.

What still fires when a window ends is told then; what was over by then is history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateways import rfc3339
from ingest.alerts.routing import matches
from ingest.errors import CityloraError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from ingest.alerts.alert import Change


class MuteError(CityloraError):
    """A maintenance window cannot be so."""


class Mute(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A maintenance window. Of sites, devices and rules, each that is named has to be met; what is empty leaves all.

    Attributes:
        id: counts up from 1; 0 before it is added.
        sites: by id.
        devices: by DevEUI, or gateways by their id.
        rules: by id, `pack/*`, or `*`.
        since: ns UTC, included.
        until: not included.
        author: who says so.
        at: ns UTC at which it was said.
        ended: ns UTC at which it was ended before its time; 0 where it was not.
        ended_by: by whom.
    """

    id: int = 0
    sites: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    since: int
    until: int
    reason: str
    author: str
    at: int = 0
    ended: int = 0
    ended_by: str = ""

    @property
    def end(self) -> int:
        """When it is over, ns UTC."""
        return min(self.until, self.ended) if self.ended else self.until

    def holds(self, at: int) -> bool:
        """Whether the work is going on at a time, ns UTC."""
        return self.since <= at < self.end

    def concerns(self, change: Change) -> bool:
        """Whether an alert is of what is being worked on: of several devices, all of them have to be."""
        of_site = not self.sites or change.scope.site in self.sites
        of_rule = not self.rules or matches(change.rule, self.rules)
        return of_site and of_rule and (not self.devices or _devices(change) <= self.devices)


_decode = msgspec.json.Decoder(Mute).decode


def add(db: sqlite3.Connection, wanted: Mute, now: int) -> Mute:
    """Keep a window, in a transaction of the caller.

    Args:
        db: alerts.db.
        wanted: without its number.
        now: wall clock, ns UTC.

    Returns:
        It as it is kept, with its number.

    Raises:
        MuteError: it has no end after its beginning, no reason, no author, or is of everything.
    """
    _check(wanted, now)
    (number,) = db.execute("SELECT coalesce(max(id), 0) + 1 FROM mute").fetchone()
    kept = msgspec.structs.replace(wanted, id=number, at=now)
    db.execute("INSERT INTO mute VALUES (?, ?)", (number, msgspec.json.encode(kept).decode()))
    return kept


def end(db: sqlite3.Connection, number: int, now: int, who: str) -> Mute:
    """End a window before its time, in a transaction of the caller: what fires in it is told at the next turn.

    Raises:
        MuteError: there is none, or it is over.
    """
    found = next((one for one in windows(db) if one.id == number), None)
    if found is None:
        raise MuteError(
            f"there is no maintenance window {number}", "`citylora alerts silence --list` has their numbers"
        )
    if found.end <= now:
        raise MuteError(f"maintenance window {number} ended at {rfc3339.render(found.end)}", "nothing is left to do")
    # One that is to come ends as it begins: it never held.
    kept = msgspec.structs.replace(found, ended=max(now, found.since), ended_by=who)
    db.execute("UPDATE mute SET body = ? WHERE id = ?", (msgspec.json.encode(kept).decode(), number))
    db.execute("UPDATE untold SET due = ? WHERE why = 'muted'", (now,))
    return kept


def windows(db: sqlite3.Connection, since: int = 0) -> Sequence[Mute]:
    """The windows that end after a time, ns UTC, in the order in which they were said."""
    found = [_decode(body) for (body,) in db.execute("SELECT body FROM mute ORDER BY id")]
    return [one for one in found if one.end > since]


def muted_until(mutes: Iterable[Mute], change: Change, at: int) -> int | None:
    """When the last window ends that holds an alert at a time; None where none does.

    Args:
        mutes: that there are.
        change: the alert.
        at: ns UTC.
    """
    return max((one.end for one in mutes if one.holds(at) and one.concerns(change)), default=None)


def _devices(change: Change) -> frozenset[str]:
    """Whose alert it is; of a gateway it is its own, not that of the devices that it lists."""
    if change.scope.kind in {"device", "gateway"}:
        return frozenset({change.scope.id})
    return frozenset(change.devices) or frozenset({""})


def _check(wanted: Mute, now: int) -> None:
    if not (wanted.sites or wanted.devices or wanted.rules):
        raise MuteError("a maintenance window of everything would hide all", "name a --site, a --device or a --rule")
    if wanted.until <= max(wanted.since, now):
        raise MuteError(f"it would be over at {rfc3339.render(wanted.until)}", "give an end after now and --since")
    for name in ("reason", "author"):
        if not getattr(wanted, name).strip():
            raise MuteError(
                f"the {name} is missing", "say why and by whom: --reason 'pump replaced' --who 'Trần Thị Lan'"
            )
