"""What a gateway counts between two of its reports."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gateways.simulator.events import CRC_OK, Stats

if TYPE_CHECKING:
    from random import Random

    from gateways.simulator.events import Gateway, Heard

_MOST_NOISE = 3
"""Frames of other people's devices, too weak to be understood, that a gateway hears between two reports."""


class Meter:
    """One gateway's counters since its last report."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._begin()

    def heard(self, heard: Heard, frequency: int, spreading_factor: int) -> None:
        """A frame came in, whatever becomes of it."""
        self._received += 1
        if heard.crc == CRC_OK:
            self._frequencies[frequency] += 1
            self._spreading_factors[spreading_factor] += 1

    def told(self, status: str = "OK") -> None:
        """It was given a downlink; `status` is what became of it."""
        self._statuses[status] += 1

    def report(self, at: int, draw: Random) -> Stats:
        """What it has counted; it begins anew."""
        ok = self._frequencies.total()
        received = self._received + draw.randint(0, _MOST_NOISE)
        counts = (received, ok, self._frequencies, self._spreading_factors)
        stats = Stats(self.gateway, at, *counts, self._statuses.total(), self._statuses)
        self._begin()
        return stats

    def _begin(self) -> None:
        self._received = 0
        self._frequencies: Counter[int] = Counter()
        self._spreading_factors: Counter[int] = Counter()
        self._statuses: Counter[str] = Counter()
