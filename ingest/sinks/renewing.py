"""An InfluxDB sink whose credentials may change under it: a token that was replaced is no reason to call someone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import SinkUnavailable
from ingest.sinks.influxdb import InfluxSink

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ingest.decoding.point import Point
    from ingest.ports import Refusal
    from ingest.sinks.settings import InfluxSettings


class RenewingSink:
    """The sink by the settings of the moment, which are asked for again after each write that failed."""

    name = InfluxSink.name
    own = InfluxSink.own

    def __init__(self, settings: Callable[[], InfluxSettings]) -> None:
        self._read = settings
        self._settings = settings()
        self._sink = InfluxSink(self._settings)
        self.accepted = 0

    def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """See `ingest.ports.Sink.write`."""
        try:
            return self._write(points)
        except SinkUnavailable:
            if not self._renew():
                raise
        return self._write(points)

    def rows(self, since: int, until: int, device: str) -> Iterator[Point]:
        """See `ingest.ports.Rewritable`."""
        return self._sink.rows(since, until, device)

    def remove(self, since: int, until: int, measurement: str, devices: Collection[str]) -> bool:
        """See `ingest.ports.Rewritable`."""
        return self._sink.remove(since, until, measurement, devices)

    def close(self) -> None:
        """Close the connections."""
        self._sink.close()

    def _write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        before = self._sink.accepted
        refusals = self._sink.write(points)
        self.accepted += self._sink.accepted - before
        return refusals

    def _renew(self) -> bool:
        """Take up other settings; false where they are the same."""
        settings = self._read()
        if settings == self._settings:
            return False
        self._settings = settings
        before, self._sink = self._sink, InfluxSink(settings)
        before.close()
        return True
