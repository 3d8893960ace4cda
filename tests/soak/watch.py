"""A look at the worker each second, and what the looks say: does anything grow?"""

from __future__ import annotations

import os
import statistics
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.errors import DataDirError
from ingest.status import read_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.e2e.harness import Site

EVERY = 1.0  # s
JUDGED = 60.0
"""Seconds after the warm-up that it takes to say whether something grows."""

GROWTH = 0.05
"""Part of the median by which a slope may move the RSS over what is judged."""

SMALLEST_GROWTH = 8.0  # MiB
HANDLES = 4
"""File handles by which a slope may move their number."""

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Sample(NamedTuple):
    """One look: seconds since the first one of all, resident MiB, open file handles, the ledger's counts."""

    at: float
    rss: float
    handles: int
    received: int
    pending: int


class Life(NamedTuple):
    """What one process of the worker took; slopes are None where it was too short to say."""

    began: float
    seconds: float
    rss_median: float
    rss_worst: float
    rss_per_minute: float | None
    handles_most: int
    handles_per_minute: float | None
    flat: bool

    @property
    def judged(self) -> bool:
        """Whether it was long enough to say anything."""
        return self.rss_per_minute is not None


class Watch:
    """Takes samples in a thread of its own, of whichever worker it follows.

    Args:
        site: whose data.
        warm_up: seconds of a life that are not judged: until each fault has been once, all of its memories are full.
    """

    def __init__(self, site: Site, warm_up: float) -> None:
        self._site = site
        self._warm_up = warm_up
        self._pid = 0
        self._began = time.monotonic()
        self._lives: list[list[Sample]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch")

    def follow(self, pid: int) -> None:
        """A new life begins; 0: there is none for a while."""
        if pid:
            self._lives.append([])
        self._pid = pid

    def start(self) -> None:
        """Begin to look; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        """Since it was made."""
        return time.monotonic() - self._began

    def worst_pending(self, since: float) -> int:
        """The most events that waited since then."""
        return max((one.pending for life in self._lives for one in life if one.at >= since), default=0)

    def lives(self) -> list[Life]:
        """Every life that was looked at more than once."""
        return [judge(life, self._warm_up) for life in self._lives if len(life) > 1]

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            pid = self._pid
            sample = self._look(pid) if pid else None
            if sample is not None and pid == self._pid:
                self._lives[-1].append(sample)

    def _look(self, pid: int) -> Sample | None:
        try:
            rss = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * _PAGE / 2**20
            handles = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
            counters = read_state(self._site.data, self._site.consumers, count_pending=False).identity
        except (OSError, IndexError, DataDirError):
            return None  # it ends, or has only begun
        return Sample(round(self.seconds, 1), round(rss, 2), handles, counters.received, counters.pending)


def judge(samples: Sequence[Sample], warm_up: float) -> Life:
    """What a life's samples say."""
    began, ended = samples[0].at, samples[-1].at
    steady = [one for one in samples if one.at - began >= warm_up]
    span = steady[-1].at - steady[0].at if steady else 0.0
    median = statistics.median(one.rss for one in samples)
    rss = handles = None
    flat = True
    if span >= JUDGED:
        rss = slope([(one.at, one.rss) for one in steady])
        handles = slope([(one.at, float(one.handles)) for one in steady])
        flat = rss * span <= max(GROWTH * median, SMALLEST_GROWTH) and handles * span <= HANDLES
    return Life(
        began=began,
        seconds=round(ended - began, 1),
        rss_median=round(median, 1),
        rss_worst=max(one.rss for one in samples),
        rss_per_minute=None if rss is None else round(60 * rss, 3),
        handles_most=max(one.handles for one in samples),
        handles_per_minute=None if handles is None else round(60 * handles, 3),
        flat=flat,
    )


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Least squares, in units a second."""
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def as_rows(lives: Sequence[Life]) -> list[dict[str, Any]]:
    """For a table."""
    return [life._asdict() for life in lives]
