"""Of which sources time has passed even where nothing came: those that are connected, and have given what they held."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ingest.alerts.heard import Heard

DRAINED = 15_000_000_000
"""ns for which a source has to be connected, and nothing old to come, until all it held is taken to be here: a broker
gives what it queued at once, thousands in a second."""

OLD = 60_000_000_000
"""An event that the network had so long before it came, ns, was held by somebody."""


class Sources:
    """What is known of them; what an event says twice changes nothing.

    Args:
        names: of the brokers; events of anybody else are of recordings, and concern nobody now.
    """

    def __init__(self, names: Collection[str]) -> None:
        self.names = frozenset(names)
        self._since: dict[str, int] = {}
        self._held: dict[str, int] = {}

    def own(self, events: Sequence[Heard]) -> Sequence[Heard]:
        """The events that came over a broker; which of these held them is noted."""
        found = [one for one in events if one.source in self.names]
        for one in found:
            if one.arrived_at - one.received_at > OLD:
                self._held[one.source] = max(one.arrived_at, self._held.get(one.source, 0))
        return found

    def live(self, connected: Collection[str], now: int) -> frozenset[str]:
        """Those of which time has passed up to now.

        Args:
            connected: those that are.
            now: wall clock, ns UTC.
        """
        self._since = {name: min(self._since.get(name, now), now) for name in connected}
        return frozenset(
            name for name, since in self._since.items() if now - max(since, self._held.get(name, 0)) >= DRAINED
        )

    def drained(self, now: int) -> bool:
        """Whether none of them gives what it held."""
        return all(now - at >= DRAINED for at in self._held.values())
