"""Replays on the worker's side: one at a time, a step for each question, so that nobody else waits for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.errors import CityloraError
from ingest.replay.plan import Span, Wanted
from ingest.replay.rewrite import Order, Progress, Report, replay
from ingest.replay.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.consumer.consumer import Consumer
    from ingest.consumer.feed import Feed
    from ingest.journal.reader import SqliteReader


class Replays:
    """The replay under way."""

    def __init__(
        self,
        consumers: Sequence[Consumer],
        reader: Callable[[], SqliteReader],
        feed: Feed,
        decoding: Callable[[], str],
    ) -> None:
        self._consumers = {one.name: one for one in consumers}
        self._reader = reader
        self._feed = feed
        self._decoding = decoding
        self._steps: Steps[Progress] = Steps("replay")

    def step(self, question: dict[str, Any]) -> dict[str, Any]:
        """Begin a replay where the question holds a range, and go on with the one under way.

        Raises:
            CityloraError: no such consumer; no replay is under way; its sink cannot be rewritten or asked now.
        """
        if "since" in question:
            self._begin(question)
        progress = self._steps.go_on()
        return {
            "stage": progress.stage, "done": progress.done, "total": progress.total, "report": _plain(progress.report),
        }  # fmt: skip

    def close(self) -> None:
        """Forget the replay under way; it can be taken up where it came to."""
        self._steps.close()

    def _begin(self, question: dict[str, Any]) -> None:
        self.close()
        consumer = self._consumers.get(question["consumer"])
        if consumer is None:
            raise CityloraError(
                f"no consumer {question['consumer']!r} runs here", f"there are: {', '.join(self._consumers)}"
            )
        span = Span(question["since"], question["until"])
        order = Order(Wanted(span, question["device"]), question["dry"], question["resume"], self._decoding())
        reader = self._reader()
        self._steps.begin(reader, replay(consumer, reader, self._feed, order))


def _plain(report: Report) -> dict[str, Any]:
    """A report as JSON holds it."""
    fields = [
        {
            "measurement": measurement, "model": model, "field": field,
            "added": change.added, "changed": change.changed, "removed": change.removed,
            "examples": [
                {"tags": list(one.tags), "at": one.time, "before": one.before, "after": one.after}
                for one in change.samples
            ],
        }
        for (measurement, model, field), change in sorted(report.fields.items())
    ]  # fmt: skip
    numbers = ("since", "until", "events", "rows", "same", "written", "released", "quarantined", "remain")
    return {**{name: getattr(report, name) for name in numbers}, "fields": fields}
