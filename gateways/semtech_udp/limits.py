"""How much one address may send: a bucket of tokens for each, of a bounded number of addresses. Pure."""

from __future__ import annotations

from collections import OrderedDict

SOURCES = 1024
"""Addresses that are remembered; the one that was silent for longest gives way. An address is easily invented."""


class RateLimit:
    """So many datagrams a second for each address, and as many at once.

    Args:
        rate: datagrams a second.
    """

    def __init__(self, rate: int) -> None:
        self._rate = float(rate)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str, now: float) -> bool:
        """Whether a datagram of `address` at `now` (s, monotonic) is within its rate."""
        left, before = self._left.pop(address, (self._rate, now))
        left = min(self._rate, left + (now - before) * self._rate)
        allowed = left >= 1
        self._left[address] = (left - allowed, now)
        if len(self._left) > SOURCES:
            self._left.popitem(last=False)
        return allowed
