"""What a subscriber has handed over and is not yet on disk: how much it is, and what may be acknowledged of it."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateways.handover import Handover

PLENTY_BYTES = 4 * 1024 * 1024
"""Payload bytes that wait for the disk at which reading pauses: half a second's work. A broker that keeps to its window
never gets there; Mosquitto 2.0.11 overruns it, and would make us close a connection that is merely fast."""


class Backlog:
    """Belongs to the subscriber's thread, but for `kept`.

    Attributes:
        size: payload bytes that wait for the disk.
    """

    def __init__(self) -> None:
        self.size = 0
        self._plenty_since = math.inf
        self._kept: list[tuple[int, list[int], int]] = []
        self._lock = threading.Lock()

    def kept(self, handover: Handover) -> None:
        """Its events are on disk; any thread may say so."""
        size = sum(len(event.payload) for event in handover.events)
        with self._lock:
            self._kept.append((handover.generation, handover.mids, size))

    def take(self, generation: int) -> list[int]:
        """The packet ids to acknowledge on the connection of that number; those of older ones mean nothing any more."""
        with self._lock:
            taken, self._kept = self._kept, []
        self.size -= sum(size for _, _, size in taken)
        return [mid for one, mids, _ in taken if one == generation for mid in mids if mid]

    def has_room(self, patience: float) -> bool:
        """Whether to read on: not while intake has plenty to do, but no pause is longer than `patience` in seconds."""
        if self.size <= PLENTY_BYTES:
            self._plenty_since = math.inf
            return True
        now = time.monotonic()
        self._plenty_since = min(self._plenty_since, now)
        return now - self._plenty_since > patience
