"""Frames that are not ours, or say to be and are not: counted by network, the newest kept. They are never `received`.

What is on the air is not ours to choose: a city has other networks' devices in it, and people who try things. So both
the counts and the ring are bounded, whatever comes.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from gateways.reception import Reception

RING = 1000
PREFIXES = 1000
OTHERS = "others"
"""The prefix under which those are counted for whom there is no room."""


class Heard(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A frame that was not taken.

    Attributes:
        reason: see `judge.Refusal`.
        prefix: of the address, such as `26000000/7`; of a join-request the maker's part of the JoinEUI; "" of others.
        at: ns UTC.
        receivers: how many have heard it.
        rssi: dBm, the best.
    """

    reason: str
    prefix: str
    at: int
    phy: bytes
    gateway: str
    receivers: int
    rssi: float | None
    snr: float | None
    frequency: int | None
    spreading_factor: int | None


class Foreign:
    """Belongs to one thread; others may read `counts` and `ring`.

    Attributes:
        counts: frames, by reason and prefix.
        ring: the newest ones.
    """

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.ring: deque[Heard] = deque(maxlen=RING)

    def note(self, reason: str, prefix: str, copies: list[Reception]) -> None:
        """A frame was not taken."""
        key = (reason, prefix)
        if key not in self.counts and len(self.counts) >= PREFIXES:
            key = (reason, OTHERS)
        self.counts[key] += 1
        best = max(copies, key=lambda one: one.rssi if one.rssi is not None else -1000.0)
        self.ring.append(
            Heard(
                reason=reason,
                prefix=prefix,
                at=copies[0].at,
                phy=best.phy,
                gateway=best.gateway,
                receivers=len({one.gateway for one in copies}),
                rssi=best.rssi,
                snr=best.snr,
                frequency=best.frequency,
                spreading_factor=best.spreading_factor,
            )
        )
