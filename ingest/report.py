"""The answer to "is anything missing?", as `citylora status` gives it: from the files, and from the worker if one runs.

The keys are a contract: scripts read them.
"""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from gateways.rfc3339 import render
from ingest import control, report_alerts
from ingest.audit.verify import verify
from ingest.data_dir import SOCKET
from ingest.delivery.overview import endpoint_names
from ingest.disk import ALARMS, Disk, read_disk
from ingest.errors import CityloraError, DataDirError
from ingest.journal.writer import FILE
from ingest.outlets import consumer_names
from ingest.status import read_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.config import Settings
    from ingest.delivered import Delivered
    from ingest.delivery.overview import Overview
    from ingest.rollup.standing import Standing
    from ingest.status import Account, State

SECOND = 1_000_000_000


class Sight(NamedTuple):
    """What was seen of a data directory.

    Attributes:
        worker: what it says of itself; None where none runs.
        silent: why a worker that is there does not answer; else "".
        faults: what a recount found; None where none was asked for.
    """

    state: State
    disk: Disk
    worker: dict[str, Any] | None
    silent: str
    faults: list[str] | None
    now: int


def look(settings: Settings, *, recount: bool = False) -> Sight:
    """Read the files and ask the worker.

    Raises:
        DataDirError: there is no journal, or one that cannot be read.
    """
    folder = settings.data_dir
    if not (folder / FILE).is_file():
        raise DataDirError(
            f"there is no journal in {folder}: nothing was ever received here",
            "correct -c or --data, or begin with `citylora run`, `demo` or `ingest`",
        )
    try:
        return _look(settings, recount=recount)
    except sqlite3.OperationalError as error:
        raise DataDirError(f"{folder} cannot be read now: {error}", "a worker may be starting: try again") from error


def _look(settings: Settings, *, recount: bool) -> Sight:
    folder, worker, silent = settings.data_dir, None, ""
    try:
        worker = control.ask(folder / SOCKET, "status", timeout=control.PATIENCE)
    except CityloraError as error:
        silent = str(error)
    state = _state(settings, recount=recount)
    slowest = min((account.cursor.seq for account in state.accounts), default=0)
    disk = read_disk(folder, settings.journal.max_size, slowest)
    faults = verify(folder, consumer_names(settings)) if recount else None
    return Sight(state, disk, worker, silent, faults, time.time_ns())


def _state(settings: Settings, *, recount: bool) -> State:
    """The ledger; where it cannot be read, a recount that was asked for still names all that is damaged."""
    folder, names = settings.data_dir, consumer_names(settings)
    try:
        return read_state(folder, names, endpoints=endpoint_names(settings))
    except DataDirError as error:
        faults = verify(folder, names) if recount else []
        if not faults:
            raise
        raise DataDirError("\n".join(faults), error.hint) from error


def unhealthy(sight: Sight) -> list[str]:
    """Why it is not healthy, a line each; empty where it is."""
    runs = bool(sight.silent) or sight.worker is not None
    return [*_ledger(sight), *_worker(sight), *report_alerts.unhealthy(sight.state.alerts, sight.now, runs=runs)]


def as_json(sight: Sight) -> dict[str, object]:
    """Everything, with the keys that scripts rely on. Times are RFC 3339 or null."""
    state, reasons = sight.state, unhealthy(sight)
    oldest = [account.oldest_pending for account in state.accounts if account.oldest_pending is not None]
    found: dict[str, object] = {
        **state.identity._asdict(),
        "consumers": {account.name: _consumer(account, sight) for account in state.accounts},
        "disk_bytes": sight.disk.total,
        "disk": _disk(sight.disk),
        "healthy": not reasons,
        "unhealthy": reasons,
        "missing_fcnt": state.tallies.get("missing_fcnt", 0),
        "missing_by_cause": state.missing,
        "resets": state.tallies.get("resets", 0),
        "sessions": state.tallies.get("sessions", 0),
        "clock_ahead": state.tallies.get("clock_ahead", 0),
        "devices": state.devices if sight.worker is None else sight.worker["devices"],
        "newest_uplink": _time(state.newest),
        "oldest_pending": _time(min(oldest, default=None)),
        "incidents": [
            {"kind": kind, "source": source, "count": count, "last_at": _time(last_at), "detail": detail}
            for kind, source, count, last_at, detail in state.incidents
        ],
        "rollup": None if state.rollup is None else {"closed_until": _time(state.rollup.closed)},
        "alerts": report_alerts.as_json(state.alerts),
        "worker": sight.worker
        and {name: sight.worker[name] for name in ("pid", "blocked", "brokers", "radio", "conflicts")},
    }
    return found if sight.faults is None else {**found, "verify": sight.faults}


def _ledger(sight: Sight) -> Iterator[str]:
    identity, disk = sight.state.identity, sight.disk
    if not identity.adds_up:
        counts = ", ".join(f"{name} {count}" for name, count in identity._asdict().items())
        yield f"the ledger does not add up: {counts}"
    yield from sight.faults or ()
    if disk.alarm == ALARMS[-1]:
        yield f"events that are not delivered yet fill {100 * disk.pending // disk.cap} % of the journal's cap"


def _worker(sight: Sight) -> Iterator[str]:
    pending = sight.state.identity.pending
    if sight.silent:
        yield sight.silent
    elif sight.worker is None:
        if pending:
            yield f"no worker runs, and {pending} events are pending"
    else:
        if sight.worker["blocked"]:
            yield f"the worker keeps nothing: {sight.worker['blocked']}"
        yield from (f"broker {name} is not connected" for name, up in sight.worker["brokers"].items() if not up)
        heard = (sight.worker["radio"] or {}).get("sources", {})
        yield from (f"radio {name} is not connected" for name, one in heard.items() if not one["connected"])
        for name, health in sight.worker["consumers"].items():
            if health["trouble"]:
                yield f"{name}: {health['trouble']}" + (f" ({health['hint']})" if health["hint"] else "")


def _consumer(account: Account, sight: Sight) -> dict[str, object]:
    health = sight.worker["consumers"].get(account.name, {}) if sight.worker else {}
    oldest = account.oldest_pending
    return {
        "received": sight.state.identity.received,
        "stored": account.stored,
        "quarantined": account.quarantined,
        "pending": account.pending,
        "duplicate": sight.state.identity.duplicate,
        "evicted": account.evicted,
        "lag_events": account.pending,
        "lag_seconds": 0.0 if oldest is None else round(max(0, sight.now - oldest) / SECOND, 3),
        "oldest_pending": _time(oldest),
        "cursor": account.cursor.seq,
        "last_write": _time(account.written_at or None),
        "trouble": health.get("trouble", ""),
        "hint": health.get("hint", ""),
        "alarm": health.get("alarm", False),
        "stored_by_kind": account.stored_by_kind,
        "evicted_by_cause": account.evicted_by_cause,
        "points": account.points,
        "derived": _derived(account.name, account.derived, sight.state.rollup),
        "alert_rows": _derived(account.name, account.alerts, sight.state.alerts),
    }


def _derived(name: str, done: Delivered, log: Standing | Overview | None) -> dict[str, object] | None:
    """What became of a second log's rows; null where there is none, and of the consumer that writes it."""
    if log is None or name not in log.pending:
        return None
    return {
        "sent": done.sent,
        "refused": done.refused,
        "late": done.late,
        "pending": log.pending[name],
        "given_up": log.given_up.get(name, 0),
        "last_write": _time(done.written_at or None),
        "refusal": done.refusal,
        "refused_at": _time(done.refused_at or None),
    }


def _disk(disk: Disk) -> dict[str, object]:
    hours = disk.full_in_hours
    return {
        "bytes": disk.used,
        "cap": disk.cap,
        "percent": round(disk.percent, 1),
        "pending_bytes": disk.pending,
        "alarm": disk.alarm,
        "full_in_hours": None if hours is None else round(hours, 1),
    }


def _time(moment: int | None) -> str | None:
    return None if moment is None else render(moment)


def lines(found: dict[str, Any]) -> Sequence[tuple[str, str]]:
    """(name, value) of what a person reads first, from `as_json`."""
    disk, worker = found["disk"], found["worker"]
    full = "" if disk["full_in_hours"] is None else f", full in {_hours(disk['full_in_hours'])} if nothing is consumed"
    alarm = f", ALARM: {disk['alarm']} % of it pending" if disk["alarm"] else ""
    brokers = ", ".join(f"{name} {'up' if up else 'DOWN'}" for name, up in (worker or {}).get("brokers", {}).items())
    return (
        ("worker", f"process {worker['pid']}{', brokers: ' + brokers if brokers else ''}" if worker else "none runs"),
        *_radio((worker or {}).get("radio")),
        ("devices", str(found["devices"])),
        ("newest uplink", found["newest_uplink"] or "none"),
        ("oldest pending", found["oldest_pending"] or "none"),
        ("missing FCnt", _missing(found["missing_fcnt"], found["missing_by_cause"])),
        *_conflicts((worker or {}).get("conflicts", {})),
        *((("roll-ups", _closed(found["rollup"])),) if found["rollup"] else ()),
        *report_alerts.lines(found["alerts"]),
        ("journal", f"{_bytes(disk['bytes'])} of {_bytes(disk['cap'])} ({disk['percent']} %){full}{alarm}"),
        ("disk", f"{_bytes(found['disk_bytes'])} in all files"),
    )


def _radio(said: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    """What modems and packet forwarders hear, and what became of it."""
    if said is None:
        return
    up = ", ".join(f"{name} {'up' if one['connected'] else 'DOWN'}" for name, one in said["sources"].items())
    became = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in said["frames"].items())
    yield "radio", f"{up}; {said['devices']} sessions; heard {said['heard']}, {said['copies']} of them copies"
    if became:
        yield "", f"frames: {became}"


def _conflicts(by_field: dict[str, int]) -> Sequence[tuple[str, str]]:
    said = ", ".join(f"{field} of {count} devices" for field, count in by_field.items() if count)
    return (
        (("conflicts", f"registry, devices.csv and LNS tags differ in {said}; whichever comes first is used"),)
        if said
        else ()
    )


def _closed(rollup: dict[str, Any]) -> str:
    until = rollup["closed_until"]
    return f"hours closed until {until}" if until else "no hour closed yet"


def _missing(count: int, by_cause: dict[str, int]) -> str:
    said = ", ".join(f"{cause} {part}" for cause, part in by_cause.items() if part)
    return f"{count} ({said})" if said else str(count)


def _hours(hours: float) -> str:
    return f"{hours / 24:.0f} d" if hours > 48 else f"{hours:.1f} h"  # noqa: PLR2004  (two days)


def _bytes(size: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:  # noqa: PLR2004  (the unit's own factor)
            return f"{size:.4g} {unit}"
        size /= 1024
    return f"{size:.4g} GiB"
