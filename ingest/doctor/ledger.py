"""Does the ledger of the data directory add up, is somebody at work on it, and has anything been given up?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ingest import control
from ingest.data_dir import SOCKET
from ingest.doctor.finding import Finding, listed
from ingest.errors import CityloraError
from ingest.i18n import said
from ingest.journal.writer import FILE
from ingest.outlets import consumer_names
from ingest.status import read_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.config import Settings
    from ingest.doctor.finding import State as Severity
    from ingest.doctor.finding import Text
    from ingest.status import State

SUBJECT = "ledger"

BEHIND_SECONDS = 300
"""Age of an event that nobody has delivered yet: a sink is away, or no worker runs."""

GIVEN_UP = ("cap", "quota", "gone")
"""Causes of eviction that took what somebody wanted to have."""

_ADDS_UP, _DELIVERED, _EVICTED, _QUARANTINED = "ledger", "delivered", "given up", "quarantine"


def check(settings: Settings, now: int | None = None) -> Iterator[Finding]:
    """Read the counters, from the files; a worker may run or not."""
    at = time.time_ns() if now is None else now
    if not (settings.data_dir / FILE).is_file():
        yield _found(_ADDS_UP, "unknown", said("doctor_ledger.nothing"))
        return
    try:
        state = read_state(settings.data_dir, consumer_names(settings))
    except CityloraError as error:
        yield _found(_ADDS_UP, "fail", *error.texts)
        return
    yield _adds_up(state)
    yield _delivered(settings, state, at)
    yield _evicted(state)
    yield _quarantined(state)


def _found(name: str, state: Severity, observed: Text, remedy: Text = "") -> Finding:
    return Finding(name, SUBJECT, state, observed, remedy)


def _adds_up(state: State) -> Finding:
    counts = said("doctor_ledger.counts", **state.identity._asdict())
    if state.identity.adds_up:
        return _found(_ADDS_UP, "ok", counts)
    return _found(_ADDS_UP, "fail", counts, said("doctor_ledger.broken_remedy"))


def _delivered(settings: Settings, state: State, now: int) -> Finding:
    waiting = [one for one in state.accounts if one.oldest_pending is not None]
    late = {one.name: (now - (one.oldest_pending or now)) // 1_000_000_000 for one in waiting}
    slow = {name: seconds for name, seconds in late.items() if seconds > BEHIND_SECONDS}
    known = {one.name for one in state.accounts}
    if not slow and (missing := [name for name in consumer_names(settings) if name not in known]):
        observed = said("doctor_ledger.never_ran", names=listed(missing))
        return _found(_DELIVERED, "unknown", observed, said("doctor_ledger.never_ran_remedy"))
    if not slow:
        return _found(_DELIVERED, "ok", said("doctor_ledger.delivered", pending=state.identity.pending))
    name = max(slow, key=lambda one: slow[one])
    observed = said("doctor_ledger.behind", name=name, minutes=slow[name] // 60, pending=state.identity.pending)
    remedy = "doctor_ledger.behind_remedy" if _runs(settings) else "doctor_ledger.no_worker_remedy"
    return _found(_DELIVERED, "warn", observed, said(remedy, name=name))


def _runs(settings: Settings) -> bool:
    """Whether a worker holds the directory; one that is there and silent does too."""
    try:
        return control.ask(settings.data_dir / SOCKET, "status", timeout=control.PATIENCE) is not None
    except CityloraError:
        return True


def _evicted(state: State) -> Finding:
    lost = {
        f"{one.name}, {cause}": one.evicted_by_cause[cause]
        for one in state.accounts
        for cause in GIVEN_UP
        if one.evicted_by_cause.get(cause)
    }
    if not lost:
        return _found(_EVICTED, "ok", said("doctor_ledger.evicted_none"))
    names = listed([f"{count} ({name})" for name, count in sorted(lost.items(), key=lambda one: -one[1])])
    return _found(_EVICTED, "warn", said("doctor_ledger.evicted", names=names), said("doctor_ledger.evicted_remedy"))


def _quarantined(state: State) -> Finding:
    reasons: dict[str, int] = {}
    for one in state.accounts:
        for reason, count in one.quarantined_by_reason.items():
            reasons[reason] = max(reasons.get(reason, 0), count)
    if not state.identity.quarantined:
        return _found(_QUARANTINED, "ok", said("doctor_ledger.quarantine_empty"))
    ordered = sorted((one for one in reasons.items() if one[1]), key=lambda one: -one[1])
    names = listed([f"{reason} ({count})" for reason, count in ordered])
    observed = said("doctor_ledger.quarantine", count=state.identity.quarantined, names=names)
    return _found(_QUARANTINED, "warn", observed, said("doctor_ledger.quarantine_remedy"))
