"""An InfluxDB sink whose credentials may change under it: a token that was replaced is no reason to call someone.

It is also where roll-ups part from everything else: they have a database, or bucket, of their own beside the other.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, TypeAlias

from ingest.decoding.point import OF_ROLLUPS
from ingest.errors import SinkUnavailable
from ingest.ports import Refusal
from ingest.sinks.influxdb import InfluxSink
from ingest.sinks.settings import rollups

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ingest.decoding.point import Point
    from ingest.sinks.settings import InfluxSettings


_Write: TypeAlias = "Callable[[Sequence[Point]], Sequence[Refusal]]"


class RenewingSink:
    """The sink by the settings of the moment, which are asked for again after each write that failed."""

    name = InfluxSink.name
    own = InfluxSink.own

    def __init__(self, settings: Callable[[], InfluxSettings]) -> None:
        self._read = settings
        self._settings = settings()
        self._sink = InfluxSink(self._settings)
        self._rollups: InfluxSink | None = None
        self.accepted = 0

    def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """See `ingest.ports.Sink.write`."""
        return self._renewing(self._write, points)

    def write_derived(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """See `ingest.ports.Deriving`; a database for the roll-ups is made where it is missing, as the other is."""
        return self._renewing(self._write_derived, points)

    def replaces(self, points: Sequence[Point]) -> Sequence[Point]:
        """See `ingest.ports.Replacing`."""
        return self._sink.replaces(points)

    def restore(self, rows: Sequence[Point]) -> None:
        """See `ingest.ports.Replacing`."""
        self._sink.restore(rows)

    def rows(self, since: int, until: int, device: str) -> Iterator[Point]:
        """See `ingest.ports.Rewritable`."""
        return self._sink.rows(since, until, device)

    def remove(self, since: int, until: int, measurement: str, devices: Collection[str]) -> bool:
        """See `ingest.ports.Rewritable`."""
        return self._sink.remove(since, until, measurement, devices)

    def close(self) -> None:
        """Close the connections."""
        self._sink.close()
        if self._rollups is not None:
            self._rollups.close()

    def _renewing(self, write: _Write, points: Sequence[Point]) -> Sequence[Refusal]:
        try:
            return write(points)
        except SinkUnavailable:
            if not self._renew():
                raise
        return write(points)

    def _write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        return self._counted(self._sink, self._sink.write, points)

    def _write_derived(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """Either part, in its own place; where the second fails, the first is written again, which changes nothing."""
        if self._rollups is None:
            self._rollups = InfluxSink(rollups(self._settings))
        apart: tuple[list[int], list[int]] = ([], [])
        for index, point in enumerate(points):
            apart[point.measurement in OF_ROLLUPS].append(index)
        refusals: list[Refusal] = []
        for sink, part in zip((self._sink, self._rollups), apart, strict=True):
            found = self._counted(sink, sink.write_derived, [points[index] for index in part]) if part else ()
            refusals += [Refusal(part[one.index], one.reason) for one in found]
        return sorted(refusals, key=operator.attrgetter("index"))

    def _counted(self, sink: InfluxSink, write: _Write, points: Sequence[Point]) -> Sequence[Refusal]:
        before = sink.accepted
        refusals = write(points)
        self.accepted += sink.accepted - before
        return refusals

    def _renew(self) -> bool:
        """Take up other settings; false where they are the same."""
        settings = self._read()
        if settings == self._settings:
            return False
        self.close()
        held = self._sink.replaces(())
        self._settings, self._sink, self._rollups = settings, InfluxSink(settings), None
        self._sink.restore(held)
        return True
