"""How long an uplink takes from the city to the store, by samples: one is followed on its way, then the next."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.demo.traffic import Traffic

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
        traffic: where they come from.
        stored: how many of its uplinks the store has passed.
    """

    def __init__(self, traffic: Traffic, stored: Callable[[], int]) -> None:
        self._traffic = traffic
        self._stored = stored
        self._samples: deque[float] = deque(maxlen=REMEMBERED)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="latency", daemon=True)

    def start(self) -> None:
        """Begin to sample; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join()

    def latency(self, samples: int = REMEMBERED) -> Latency | None:
        """Of the last `samples` samples; None while there is none."""
        taken = sorted(list(self._samples)[-samples:])
        if not taken:
            return None
        return Latency(*(round(1000 * taken[int(share * (len(taken) - 1))], 2) for share in (0.5, 0.99)))

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE):
            if not self._reached(self._sent, self._sent() + 1):
                continue
            uplinks, _, at = self._traffic.sent
            if self._reached(self._stored, uplinks):
                self._samples.append(time.monotonic() - at)

    def _sent(self) -> int:
        return self._traffic.sent.uplinks

    def _reached(self, counter: Callable[[], int], count: int) -> bool:
        deadline = time.monotonic() + _LOST
        while counter() < count:
            if self._stop.is_set() or time.monotonic() > deadline:
                return False
            time.sleep(_LOOK)
        return True
