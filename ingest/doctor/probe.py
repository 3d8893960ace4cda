"""All checks at once, each in a thread of its own, within one time limit.

A check that hangs, on a dead file server perhaps, is left behind: its finding is that it did not answer.
"""

from __future__ import annotations

import queue
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ingest.doctor import (
    broker_about,
    broker_limits,
    broker_login,
    broker_queue,
    broker_session,
    broker_tls,
    broker_traffic,
    disk,
    influxdb_reach,
    influxdb_rights,
    lns,
)
from ingest.doctor.case import BrokerCase
from ingest.doctor.finding import Deadline, Finding
from ingest.doctor.influxdb import InfluxCase
from ingest.endpoints import BrokerEndpoint, influx_settings
from ingest.i18n import said
from ingest.sinks.settings import rollups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ingest.config import Settings

LIMIT = 30.0
"""Seconds for all of it, beside the listening."""

BROKER_CHECKS = {
    "login": broker_login.check,
    "TLS": broker_tls.check,
    "limits": broker_limits.check,
    "session": broker_session.check,
    "queue depth": broker_queue.check,
    "traffic": broker_traffic.check,
    "version": broker_about.check,
}
INFLUXDB_CHECKS = {"reach": influxdb_reach.check, "rights": influxdb_rights.check}


class Task(NamedTuple):
    """A check that is ready to run."""

    name: str
    subject: str
    run: Callable[[], Iterable[Finding]]


def tasks(settings: Settings, deadline: Deadline, listen: float) -> list[Task]:
    """Every check that a configuration asks for, in the order of the report."""
    found = [Task("disk", "data_dir", partial(disk.check, settings.data_dir, settings.journal.max_size))]
    for broker in settings.broker:
        case = BrokerCase(BrokerEndpoint(broker, settings.lns)(), deadline, listen)
        found += [Task(name, f"broker {broker.name}", partial(check, case)) for name, check in BROKER_CHECKS.items()]
    found += [Task("network server", f"lns {server.name}", partial(lns.check, server)) for server in settings.lns]
    if (influxdb := settings.sinks.influxdb) is not None:
        store = InfluxCase(influx_settings(influxdb), influxdb.retention, deadline)
        found += [Task(name, "influxdb", partial(ask, store)) for name, ask in INFLUXDB_CHECKS.items()]
        if settings.rollup.enabled:
            other = InfluxCase(rollups(store.settings), settings.rollup.retention, deadline)
            found.append(Task("rights", "influxdb roll-ups", partial(influxdb_rights.check, other)))
    return found


def probe(settings: Settings, listen: float, progress: Callable[[int, int, str], None]) -> list[Finding]:
    """Run every check that a configuration asks for.

    Args:
        settings: of the worker.
        listen: seconds to wait for traffic.
        progress: told how many checks of how many are done, and which was the last.

    Raises:
        ConfigError: the certificates cannot be used.
    """
    limit = LIMIT + listen
    return run(tasks(settings, Deadline(limit), listen), limit, progress)


def run(waiting: Sequence[Task], limit: float, progress: Callable[[int, int, str], None]) -> list[Finding]:
    """Run checks at once, for `limit` seconds at most; the findings in the order of the checks."""
    results: dict[int, list[Finding]] = {}
    done: queue.SimpleQueue[tuple[int, list[Finding]]] = queue.SimpleQueue()
    for number, task in enumerate(waiting):
        threading.Thread(target=lambda n=number, t=task: done.put((n, _run(t))), name=task.name, daemon=True).start()
    until = time.monotonic() + limit
    while len(results) < len(waiting):
        try:
            number, findings = done.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        results[number] = findings
        progress(len(results), len(waiting), f"{waiting[number].subject}: {waiting[number].name}")
    late = said("doctor.late", seconds=limit)
    return [
        finding
        for number, task in enumerate(waiting)
        for finding in results.get(number, [Finding(task.name, task.subject, "unknown", late)])
    ]


def _run(task: Task) -> list[Finding]:
    findings: list[Finding] = []
    try:
        findings.extend(task.run())
    except Exception as error:  # noqa: BLE001  (one check that fails keeps no other from its answer)
        findings.append(Finding(task.name, task.subject, "unknown", f"{type(error).__name__}: {error}"))
    return findings
