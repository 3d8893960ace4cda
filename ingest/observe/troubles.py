"""What the log says of brokers and sinks: each cause once, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateways.handover import Incident, SessionOpened
from ingest.observe.causes import Causes

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateways.handover import Report
    from ingest.errors import SinkUnavailable
    from ingest.observe.log import Log

SUBSCRIBED = "broker subscribed"
BROKER = "broker trouble"
HEARS = "radio hears"
RADIO = "radio trouble"
SINK = "sink trouble"
DERIVED = "derived rows wait"
DERIVED_REFUSED = "derived rows refused"
RULE = "rule fails"
COURIER = "message trouble"
PAGE = "page trouble"
GIVEN_UP = "derived rows given up"
LOST = "session lost"


class Troubles:
    """Any thread may call it.

    Args:
        radios: the sources that are no brokers.

    Attributes:
        causes: for troubles of other kinds.
    """

    def __init__(self, log: Log, radios: Collection[str] = ()) -> None:
        self._radios = frozenset(radios)
        self.causes = Causes(log)
        self._log = log

    def broker(self, report: Report) -> None:
        """What a subscriber reports, or another source."""
        if report.source in self._radios:
            self._radio(report)
        elif isinstance(report, SessionOpened):
            client_id = report.client_id
            if not self.causes.over(BROKER, report.source, SUBSCRIBED, source=report.source, client_id=client_id):
                self._log.info(SUBSCRIBED, source=report.source, client_id=client_id)
        elif isinstance(report, Incident) and report.kind == "session_lost":  # it happens, and does not go on
            self._log.error(LOST, source=report.source, cause=report.detail)
        elif isinstance(report, Incident):
            self.causes.came(BROKER, report.source, report.detail, source=report.source, kind=report.kind)

    def _radio(self, report: Report) -> None:
        if isinstance(report, SessionOpened):
            if not self.causes.over(RADIO, report.source, HEARS, source=report.source, at=report.client_id):
                self._log.info(HEARS, source=report.source, at=report.client_id)
        elif isinstance(report, Incident):
            self.causes.came(RADIO, report.source, report.detail, source=report.source, kind=report.kind)

    def sink(self, name: str, error: SinkUnavailable | None) -> None:
        """A consumer could not write; or (None) it can again."""
        if error is None:
            self.causes.over(SINK, name, "sink writes again", consumer=name)
        else:
            level: Literal["error", "warning"] = "error" if error.alarm else "warning"
            self.causes.came(SINK, name, str(error), level=level, consumer=name, hint=error.hint or None)

    def derived(self, name: str, error: SinkUnavailable | None) -> None:
        """The same of the rows of the second log alone."""
        if error is None:
            self.causes.over(DERIVED, name, "derived rows go on", consumer=name)
        else:
            level: Literal["error", "warning"] = "error" if error.alarm else "warning"
            self.causes.came(DERIVED, name, str(error), level=level, consumer=name, hint=error.hint or None)

    def derived_refused(self, name: str, measurement: str, site: str, reason: str) -> None:
        """A sink will never take a row of the second log."""
        self.causes.came(
            DERIVED_REFUSED, f"{name} {measurement}", reason, consumer=name, measurement=measurement, site=site
        )

    def derived_given_up(self, name: str, points: int) -> None:
        """The second log has grown past its bound, and lost rows that a sink has not."""
        self.causes.came(GIVEN_UP, name, "the sink has taken none for too long", consumer=name, points=points)

    def rule(self, rule: str, reason: str) -> None:
        """A rule cannot be worked out: it says nothing until it is mended, or the worker starts again."""
        self.causes.came(RULE, rule, reason, rule=rule)

    def page(self, cause: str) -> None:
        """The page of acknowledgements has refused something, or could not answer it."""
        self.causes.came(PAGE, "", cause)

    def courier(self, endpoint: str, kind: str, words: str) -> None:
        """What the courier meets at an endpoint."""
        if kind == "recovered":
            self.causes.over(COURIER, endpoint, "messages are taken again", endpoint=endpoint)
        else:
            self.causes.came(COURIER, endpoint, words, endpoint=endpoint, kind=kind)
