"""What Prometheus may ask: every metric in one table, and where each number comes from.

Nothing is counted for Prometheus. The ledger, the tallies and the incidents are read from the files when it asks; what
only the process knows is read from its objects, without a lock. So a number here is the number of `citylora status`.
No label has a value of a device's: a city's worth of series would help nobody.
"""

from __future__ import annotations

import platform
import shutil
import sqlite3
import time
from collections import Counter, defaultdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector as Base

from ingest.errors import CityloraError
from ingest.observe import alert_metrics, radio_metrics
from ingest.observe.glimpse import pending_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prometheus_client import Metric

    from ingest.app import Worker
    from ingest.delivered import Delivered
    from ingest.delivery.overview import Overview
    from ingest.observe.glimpse import Glimpse
    from ingest.observe.health import Health
    from ingest.observe.heartbeat import Heartbeat
    from ingest.rollup.standing import Standing
    from ingest.status import Account, State

SECOND = 1_000_000_000

CAUSES = ("cap", "quota", "purged", "retention", "gone")
"""Why events are given up. They are shown at 0 too: what first appears at 1 never rose."""

KINDS = frozenset(["up", "join", "ack", "txack", "log", "status", "location", "integration", "stats", "conn"])
OTHER = "other"
"""Every other kind of event together: its name comes from whoever publishes it."""

INCIDENTS = ("session_lost", "session_taken_over", "lost_events")
"""The same, for each broker."""

Sample: TypeAlias = "tuple[str, tuple[str, ...], float]"


class Family(NamedTuple):
    """One metric."""

    name: str
    kind: Literal["counter", "gauge"]
    labels: tuple[str, ...]
    help: str


FAMILIES = (
    Family("citylora_build_info", "gauge", ("version", "python"), "1: which citylora this is"),
    Family("citylora_ready", "gauge", (), "1 where /readyz answers 200"),
    Family("citylora_blocked", "gauge", (), "1 while nothing is kept, and so nothing acknowledged"),
    Family("citylora_state_readable", "gauge", (), "0 where the files cannot be read: what comes from them is absent"),
    Family("citylora_events_received_total", "counter", (), "Events received"),
    Family("citylora_events_duplicate_total", "counter", (), "Events that repeat another"),
    Family(
        "citylora_ledger_events", "gauge", ("state",), "The others, each once: stored, quarantined, pending, evicted"
    ),
    Family(
        "citylora_consumer_stored_events_total", "counter", ("consumer", "kind"), "Events whose points the sink has"
    ),
    Family("citylora_consumer_quarantined_events", "gauge", ("consumer", "reason"), "Events in quarantine"),
    Family("citylora_consumer_evicted_events_total", "counter", ("consumer", "cause"), "Events given up"),
    Family("citylora_consumer_pending_events", "gauge", ("consumer",), "Events that the consumer has yet to read"),
    Family("citylora_consumer_lag_seconds", "gauge", ("consumer",), "Age of the oldest of them; 0 where there is none"),
    Family("citylora_consumer_points_total", "counter", ("consumer", "state"), "Points made, written, refused, late"),
    Family(
        "citylora_consumer_last_write_timestamp_seconds", "gauge", ("consumer",), "When the sink last took something"
    ),
    Family(
        "citylora_consumer_write_errors_total", "counter", ("consumer",), "Failed attempts to write, since the start"
    ),
    Family("citylora_consumer_trouble", "gauge", ("consumer",), "1 while the sink does not take what it is given"),
    Family("citylora_consumer_alarm", "gauge", ("consumer",), "1 where that will not pass by itself"),
    Family(
        "citylora_derived_points_total",
        "counter",
        ("consumer", "log", "state"),
        "Derived: sent, refused, late, given_up",
    ),
    Family("citylora_derived_pending_points", "gauge", ("consumer", "log"), "Those that the sink has yet to take"),
    Family(
        "citylora_derived_last_write_timestamp_seconds", "gauge", ("consumer", "log"), "When the sink last took some"
    ),
    Family("citylora_derived_write_errors_total", "counter", ("consumer", "log"), "Failed attempts, since the start"),
    Family("citylora_rollup_closed_timestamp_seconds", "gauge", (), "The end of the last hour that is closed"),
    Family("citylora_alert_rules", "gauge", (), "Rules that are watched"),
    Family("citylora_alert_rule_failures_total", "counter", ("rule",), "How often a rule could not be worked out"),
    Family("citylora_alerts_firing", "gauge", ("severity",), "Alerts that fire"),
    Family("citylora_alerts_acknowledged", "gauge", (), "Those of them that somebody has taken on"),
    Family("citylora_alerts_untold", "gauge", ("reason",), "What departments are still to be told, by why it waits"),
    Family("citylora_alerts_late_values_total", "counter", (), "Values that came too late to change an alert"),
    Family("citylora_outbox_waiting_messages", "gauge", ("endpoint",), "Messages that the endpoint has yet to take"),
    Family(
        "citylora_outbox_oldest_seconds", "gauge", ("endpoint",), "Age of the oldest of them; 0 where there is none"
    ),
    Family(
        "citylora_endpoint_failing",
        "gauge",
        ("endpoint",),
        "1 from its first failure or refusal until the endpoint takes a message",
    ),
    Family(
        "citylora_endpoint_disabled", "gauge", ("endpoint",), "1 where nothing is sent there until somebody says so"
    ),
    Family("citylora_deliveries_total", "counter", ("endpoint", "result"), "Attempts to send, since the start"),
    Family("citylora_broker_connected", "gauge", ("source",), "1 while subscribed at the broker"),
    Family("citylora_radio_connected", "gauge", ("source",), "1 while a modem or a port for packet forwarders hears"),
    Family("citylora_radio_frames_total", "counter", ("source",), "Frames that it has heard, since the start"),
    Family("citylora_radio_dropped_total", "counter", ("source",), "Datagrams that the kernel dropped before it"),
    Family("citylora_radio_outcomes_total", "counter", ("result",), "Frames by what became of them, copies once"),
    Family("citylora_incidents_total", "counter", ("source", "kind"), "What should not have happened"),
    Family("citylora_devices", "gauge", (), "Devices ever heard"),
    Family("citylora_missing_fcnt", "gauge", ("cause",), "Frame counters that never came; falls where one comes late"),
    Family("citylora_repeated_uplinks_total", "counter", (), "Uplinks that repeat one of the device's last four"),
    Family("citylora_fcnt_resets_total", "counter", (), "Frame counters that began again within a session"),
    Family("citylora_device_sessions_total", "counter", (), "Sessions that devices began after their first"),
    Family("citylora_clock_ahead_events_total", "counter", (), "Events from more than 30 s in the future"),
    Family("citylora_newest_event_timestamp_seconds", "gauge", (), "When the network had the newest event"),
    Family("citylora_journal_bytes", "gauge", (), "The journal, what is delivered included: it is meant to be full"),
    Family("citylora_journal_max_bytes", "gauge", (), "Its cap"),
    Family("citylora_journal_pending_bytes", "gauge", (), "What undelivered events take of it"),
    Family("citylora_disk_free_bytes", "gauge", (), "Room on the file system of the data directory"),
    Family("citylora_heartbeats_total", "counter", ("result",), "Pings sent, failed, withheld, since the start"),
)
"""Names by the conventions of Prometheus: base units, and `_total` for what only grows."""


class Collector(Base):
    """Looks when it is asked."""

    def __init__(self, worker: Worker, glimpse: Glimpse, health: Health, heartbeat: Heartbeat) -> None:
        self._worker = worker
        self._glimpse = glimpse
        self._health = health
        self._heartbeat = heartbeat
        self._alerting = alert_metrics.Alerting()

    def describe(self) -> list[Metric]:
        """Every family, empty: registering reads no file."""
        return list(_families({}))

    def collect(self) -> Iterator[Metric]:
        """Every family with its samples of now."""
        found: dict[str, list[tuple[tuple[str, ...], float]]] = defaultdict(list)
        for name, labels, value in self._samples():
            found[name].append((labels, value))
        yield from _families(found)

    def _samples(self) -> Iterator[Sample]:
        yield "citylora_build_info", (version("citylora"), platform.python_version()), 1
        yield "citylora_ready", (), not self._health.unready()
        yield from _process(self._worker)
        yield from self._alerting.samples(self._worker)
        for result, count in self._heartbeat.counts().items():
            yield "citylora_heartbeats_total", (result,), count
        try:
            state = self._glimpse.state()
        except (CityloraError, OSError, sqlite3.Error):
            yield "citylora_state_readable", (), 0
            return
        yield "citylora_state_readable", (), 1
        yield from _ledger(state)
        yield from _incidents(state, [one.settings.name for _, one in self._worker.ways_in])
        room = self._worker.pipeline.room
        if room is not None:
            yield "citylora_journal_pending_bytes", (), pending_bytes(state, room.size)
        now = time.time_ns()
        yield from _derived(state)
        yield from alert_metrics.stored(state.alerts, now)
        for account in state.accounts:
            yield from _account(account, now)


def registry(collector: Collector) -> CollectorRegistry:
    """The registry with everything: ours, and what Prometheus says of every process."""
    made = CollectorRegistry()
    made.register(collector)
    ProcessCollector(registry=made)
    return made


def _families(found: dict[str, list[tuple[tuple[str, ...], float]]]) -> Iterator[Metric]:
    left = set(found)
    for name, kind, labels, words in FAMILIES:
        family = (CounterMetricFamily if kind == "counter" else GaugeMetricFamily)(name, words, labels=labels)
        for values, value in found.get(name, ()):
            family.add_metric(values, value)
        left.discard(name)
        yield family
    if left:
        raise KeyError(f"not in the table: {', '.join(sorted(left))}")


def _process(worker: Worker) -> Iterator[Sample]:
    """What only the process knows."""
    pipeline = worker.pipeline
    yield "citylora_blocked", (), pipeline.blocked is not None
    yield "citylora_devices", (), worker.intake.device_count
    for subscriber in worker.subscribers:
        yield "citylora_broker_connected", (subscriber.settings.name,), subscriber.connected.is_set()
    yield from radio_metrics.samples(worker.radio)
    for consumer in worker.consumers:
        name, health = (consumer.name,), consumer.health
        yield "citylora_consumer_trouble", name, bool(health.trouble)
        yield "citylora_consumer_alarm", name, health.alarm
        yield "citylora_consumer_write_errors_total", name, consumer.failures
        for log, delivery in (("rollup", consumer.derived), ("alerts", consumer.alerts)):
            if delivery is not None:
                yield "citylora_derived_write_errors_total", (*name, log), delivery.failures
    yield "citylora_disk_free_bytes", (), shutil.disk_usage(worker.settings.data_dir).free
    if pipeline.room is not None:
        yield "citylora_journal_bytes", (), pipeline.room.size
        yield "citylora_journal_max_bytes", (), pipeline.room.cap


def _ledger(state: State) -> Iterator[Sample]:
    counts = state.identity._asdict()
    yield "citylora_events_received_total", (), counts.pop("received")
    yield "citylora_events_duplicate_total", (), counts.pop("duplicate")
    for name, count in counts.items():
        yield "citylora_ledger_events", (name,), count
    tallies = state.tallies
    yield "citylora_repeated_uplinks_total", (), tallies.get("repeated", 0)
    yield "citylora_fcnt_resets_total", (), tallies.get("resets", 0)
    yield "citylora_device_sessions_total", (), tallies.get("sessions", 0)
    yield "citylora_clock_ahead_events_total", (), tallies.get("clock_ahead", 0)
    for cause, count in state.missing.items():
        yield "citylora_missing_fcnt", (cause,), count
    if state.newest is not None:
        yield "citylora_newest_event_timestamp_seconds", (), state.newest / SECOND


def _incidents(state: State, brokers: Sequence[str]) -> Iterator[Sample]:
    counts = {(source, kind): 0 for source in brokers for kind in INCIDENTS}
    counts |= {(source, kind): count for kind, source, count, *_ in state.incidents}
    for labels, count in sorted(counts.items()):
        yield "citylora_incidents_total", labels, count


def _derived(state: State) -> Iterator[Sample]:
    """The second logs: nothing of one that there is not."""
    if state.rollup is not None and state.rollup.closed is not None:
        yield "citylora_rollup_closed_timestamp_seconds", (), state.rollup.closed / SECOND
    for account in state.accounts:
        for log, done, standing in (
            ("rollup", account.derived, state.rollup),
            ("alerts", account.alerts, state.alerts),
        ):
            if standing is not None and account.name in standing.pending:
                yield from _log((account.name, log), done, standing)


def _log(labels: tuple[str, str], done: Delivered, standing: Standing | Overview) -> Iterator[Sample]:
    name, _log = labels
    given_up = standing.given_up.get(name, 0)
    counts = {"sent": done.sent, "refused": done.refused, "late": done.late, "given_up": given_up}
    for what, count in counts.items():
        yield "citylora_derived_points_total", (*labels, what), count
    yield "citylora_derived_pending_points", labels, standing.pending[name]
    if done.written_at:
        yield "citylora_derived_last_write_timestamp_seconds", labels, done.written_at / SECOND


def _account(account: Account, now: int) -> Iterator[Sample]:
    name = account.name
    kinds: Counter[str] = Counter()
    for kind, count in account.stored_by_kind.items():
        kinds[kind if kind in KINDS else OTHER] += count
    for kind, count in kinds.items():
        yield "citylora_consumer_stored_events_total", (name, kind), count
    for reason, count in account.quarantined_by_reason.items():
        yield "citylora_consumer_quarantined_events", (name, reason), count
    for cause, count in {**dict.fromkeys(CAUSES, 0), **account.evicted_by_cause}.items():
        yield "citylora_consumer_evicted_events_total", (name, cause), count
    for state in ("made", "written", "refused", "late"):
        yield "citylora_consumer_points_total", (name, state), account.points.get(state, 0)
    oldest = account.oldest_pending
    yield "citylora_consumer_pending_events", (name,), account.pending
    yield "citylora_consumer_lag_seconds", (name,), 0.0 if oldest is None else max(0, now - oldest) / SECOND
    if account.written_at:
        yield "citylora_consumer_last_write_timestamp_seconds", (name,), account.written_at / SECOND
