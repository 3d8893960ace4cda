"""Event time: how far each source has told everything, and which watches have something to do by then. Pure.

A source's watermark is `LATENESS` before the newest that the network has had of it, or before the clock where it is
live and simply has nothing to say. Sources are apart: of one that stalls, time stands still, and nothing is judged.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ingest.alerts.watch import Watch

LATENESS = 60_000_000_000
"""ns: what comes later than this after something newer of its source changes no alert."""

AHEAD = 60_000_000_000
"""ns: a time so far ahead of the clock is a gateway's that is wrong. It is not to make everything else too late."""

AWAY = 3_600_000_000_000
"""ns: where several sources are looked at together, one that is so far behind and not live is not waited for."""

NEWS = 3 * 3_600_000_000_000
"""ns: a value so far behind the watermark is taken where nothing newer is known of its scope: the device says when it
measured, and says it late every time. After a restart such a value counts from where the watermark was."""

MADE = 49 * 3_600_000_000_000
"""ns: the same of rows that are made of many, whose time is the beginning of their hour or day."""

PREFIX = "source|"
"""What the keys of sources begin with where they are stored."""


class Source:
    """One source: a broker, or a measurement whose rows are made of many.

    Attributes:
        watermark: ns UTC: everything before it has been heard.
        floor: its watermark when this process began: what had been heard by then is not known any more.
        only: itself, as `Watch.sources`.
    """

    __slots__ = ("floor", "live", "only", "watermark")

    def __init__(self, name: str) -> None:
        self.watermark = self.floor = 0
        self.live = False
        self.only = frozenset((name,))


class Clocks:
    """The watermarks of all sources, and of each set of them a heap of watches by when they are due."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}
        self._heaps: dict[frozenset[str], list[tuple[int, int, Watch]]] = {}
        self._count = count()
        self._stored: dict[str, int] = {}
        self._now = 0

    def restore(self, states: Mapping[str, bytes]) -> None:
        """Go on from what `take_states` gave, among others."""
        for key, state in states.items():
            if key.startswith(PREFIX):
                self._stored[key] = watermark = int(state)
                source = self.source(key.removeprefix(PREFIX))
                source.watermark = source.floor = watermark

    def take_states(self) -> dict[str, bytes]:
        """The watermarks that have moved since."""
        now = {PREFIX + name: source.watermark for name, source in self._sources.items()}
        moved = {key: b"%d" % watermark for key, watermark in now.items() if self._stored.get(key) != watermark}
        self._stored = now
        return moved

    def source(self, name: str) -> Source:
        """A source, by name."""
        found = self._sources.get(name)
        if found is None:
            found = self._sources[name] = Source(name)
        return found

    def hear(self, name: str, received_at: int) -> Source:
        """Something of a source has come."""
        source = self.source(name)
        if self._now and received_at > self._now + AHEAD:
            received_at = self._now
        source.watermark = max(source.watermark, received_at - LATENESS)
        return source

    def tick(self, now: int, live: Collection[str]) -> None:
        """Of those that are live time has passed."""
        self._now = now
        for name in live:
            self.hear(name, now)
        for name, source in self._sources.items():
            source.live = name in live
            if source.watermark > now + AHEAD:
                source.watermark = now - LATENESS  # by a clock that was wrong before there was one to see it by

    @property
    def newest(self) -> int:
        """The watermark of the source that is the furthest."""
        return max([source.watermark for source in self._sources.values()], default=0)

    def watermarks(self) -> dict[str, int]:
        """Of each source."""
        return {name: source.watermark for name, source in self._sources.items()}

    def watermark(self, sources: Collection[str]) -> int:
        """Of several together: that of the last one, among those that are waited for."""
        found = [self.source(name) for name in sources]
        newest = max([source.watermark for source in found], default=0)
        return min(
            [one.watermark for one in found if one.live or one.watermark >= newest - AWAY],
            default=0,
        )

    def move(self, watch: Watch, sources: frozenset[str]) -> None:
        """From now on a watch is judged by these."""
        if watch.sources != sources:
            watch.sources, watch.planned = sources, 0

    def plan(self, watch: Watch, after: int = 0) -> None:
        """Have a watch come up when it is due.

        Args:
            watch: that was changed.
            after: the watermark that it was settled to.
        """
        due = watch.due()
        if due and not 0 < watch.planned <= due:
            watch.planned = max(due, after + 1)
            heap = self._heaps.setdefault(watch.sources, [])
            heappush(heap, (watch.planned, next(self._count), watch))

    def ripe(self) -> Iterator[tuple[Watch, int]]:
        """Those that are due, each with its watermark; each is to be planned again."""
        for sources, heap in tuple(self._heaps.items()):
            watermark = self.watermark(sources)
            while heap and heap[0][0] <= watermark:
                due, _number, watch = heappop(heap)
                if watch.planned == due and watch.sources == sources:
                    watch.planned = 0
                    yield watch, watermark
