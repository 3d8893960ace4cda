"""How long an uplink takes from the city to the store, by samples: one is followed on its way, then the next."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.demo.traffic import Sent

REMEMBERED = 10_000
RECENT = 60
"""Samples that the live figures are made of: some ten seconds."""

_PAUSE = 0.1  # s between two samples
_LOOK = 0.0005  # s between two looks: how exact a sample is
_LOST = 5.0  # s


class Latency(NamedTuple):
    """Milliseconds from publish to the store's commit."""

    p50: float
    p99: float


class Sampler:
    """Follows uplinks in a thread of its own.

    Args:
        stored: how many of its uplinks the store has passed.
    """

    def __init__(self, stored: Callable[[], int]) -> None:
        self._stored = stored
        self._going_out: queue.SimpleQueue[Sent | None] = queue.SimpleQueue()
        self._wanted = threading.Event()
        self._samples: deque[float] = deque(maxlen=REMEMBERED)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="latency", daemon=True)

    def note(self, sent: Sent) -> None:
        """An uplink goes out; called by the city's thread for each."""
        if self._wanted.is_set():
            self._wanted.clear()
            self._going_out.put(sent)

    def start(self) -> None:
        """Begin to sample; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._going_out.put(None)
        self._thread.join()

    def latency(self, samples: int = REMEMBERED) -> Latency | None:
        """Of the last `samples` samples; None while there is none."""
        taken = sorted(list(self._samples)[-samples:])
        if not taken:
            return None
        return Latency(*(round(1000 * taken[int(share * (len(taken) - 1))], 2) for share in (0.5, 0.99)))

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE):
            self._wanted.set()
            followed = self._going_out.get()
            if followed is not None and self._is_stored(followed):
                self._samples.append(time.monotonic() - followed.at)

    def _is_stored(self, followed: Sent) -> bool:
        while self._stored() < followed.uplinks:
            if self._stop.is_set() or time.monotonic() - followed.at > _LOST:
                return False
            time.sleep(_LOOK)
        return True
