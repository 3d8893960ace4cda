"""What Prometheus may ask of alerts and of the endpoints that are told; the table of all metrics is in `metrics`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from ingest.errors import CityloraError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.app import Worker
    from ingest.config import Settings
    from ingest.delivery.overview import Overview

SECOND = 1_000_000_000

RESULTS = ("delivered", "later", "refused", "gone")
"""How an attempt to send ends (`delivery.channel.Answer`). Shown at 0 too: what first appears at 1 never rose."""

Sample: TypeAlias = "tuple[str, tuple[str, ...], float]"


def stored(alerts: Overview | None, now: int) -> Iterator[Sample]:
    """What alerts.db says; nothing where nothing is watched.

    Args:
        alerts: how they stand.
        now: ns UTC.
    """
    if alerts is None:
        return
    for severity, count in alerts.firing.items():
        yield "citylora_alerts_firing", (severity,), count
    yield "citylora_alerts_acknowledged", (), alerts.acknowledged
    for reason, count in alerts.untold.items():
        yield "citylora_alerts_untold", (reason,), count
    yield "citylora_alerts_late_values_total", (), alerts.too_late
    for rule, count in alerts.failed.items():
        yield "citylora_alert_rule_failures_total", (rule,), count
    for one in alerts.endpoints:
        name = (one.endpoint,)
        yield "citylora_outbox_waiting_messages", name, one.waiting
        yield "citylora_outbox_oldest_seconds", name, max(0, now - one.oldest) / SECOND if one.waiting else 0.0
        yield "citylora_endpoint_failing", name, one.state == "failing"
        yield "citylora_endpoint_disabled", name, one.state == "disabled"


class Alerting:
    """What only the process knows. The rules are counted once for each configuration: reading them takes a while."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._rules = 0

    def samples(self, worker: Worker) -> Iterator[Sample]:
        """Its samples of now; none where nothing is watched."""
        if worker.alerting is None:
            return
        yield "citylora_alert_rules", (), self._count(worker.settings)
        for name, status in worker.alerting.courier.status().items():
            for result in RESULTS:
                yield "citylora_deliveries_total", (name, result), status["counts"].get(result, 0)

    def _count(self, settings: Settings) -> int:
        if settings is not self._settings:
            from ingest.alerts import rulebook  # noqa: PLC0415  (only who watches for something needs it)

            with suppress(CityloraError, OSError):  # a file that has changed since: what it was stays in force
                self._rules = len(rulebook.load(settings.alerts).rules)
            self._settings = settings
        return self._rules
