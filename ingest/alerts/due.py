"""When who is to be looked at, of each source by its own time: a look costs only what has become due.

A heap of some thousand short spans, each with those that are due in it: 4 bytes each, where a heap of pairs takes 120.
Nobody is taken out again: an entry counts only if its owner still says that it is due then.
"""

from __future__ import annotations

from array import array
from heapq import heappop, heappush

SPAN = 34
"""Bits of a time that are one span: 2^34 ns are 17 s."""

STALL = 120_000_000_000
"""A source whose time goes on by more than this at once, ns, was away: what happened meanwhile nobody has heard."""


class Wheel:
    """Numbers, by the span in which they are due."""

    def __init__(self) -> None:
        self._spans: dict[int, array[int]] = {}
        self._heap: list[int] = []

    def put(self, span: int, who: int) -> None:
        """Let somebody be due."""
        there = self._spans.get(span)
        if there is None:
            self._spans[span] = array("i", (who,))
            heappush(self._heap, span)
        else:
            there.append(who)

    def take(self, until: int) -> list[tuple[int, array[int]]]:
        """Take out who is due up to a span, this one included, the earliest first."""
        taken = []
        while self._heap and self._heap[0] <= until:
            span = heappop(self._heap)
            taken.append((span, self._spans.pop(span)))
        return taken


class Source:
    """The time of one source.

    Attributes:
        newest: until when it is known to have been there, ns UTC.
        resumed: when it was there again after it had been away: no silence began before.
        watermark: the last that was looked at.
        saved: `newest` as it was last stored.
    """

    __slots__ = ("index", "name", "newest", "resumed", "saved", "watermark", "wheel")

    def __init__(self, name: str, index: int, newest: int = 0, resumed: int = 0) -> None:
        self.name, self.index = name, index
        self.newest = self.saved = newest
        self.resumed = resumed
        self.watermark = 0
        self.wheel = Wheel()

    def reach(self, time: int) -> None:
        """Its time is at least this."""
        if time > self.newest:
            if time - self.newest > STALL:
                self.resumed = time
            self.newest = time
