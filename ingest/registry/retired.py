"""Devices that were at a site and are at none any more: that nothing is heard of them is no wonder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.devices import FOREVER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ingest.registry.site import Placement


class Retired:
    """Looks through the registry only where it has changed, or where the time of something in it has come.

    Args:
        placements: of each device as they are known now; another object where they have changed.
        now: wall clock, ns UTC.
    """

    def __init__(self, placements: Callable[[], Mapping[str, Sequence[Placement]]], now: Callable[[], int]) -> None:
        self._placements = placements
        self._now = now
        self._seen: Mapping[str, Sequence[Placement]] | None = None
        self._looked = self._again = 0
        self._found: frozenset[str] = frozenset()

    def __call__(self) -> frozenset[str]:
        """Their DevEUIs."""
        placements, now = self._placements(), self._now()
        if placements is not self._seen or not self._looked <= now < self._again:
            self._seen, self._looked = placements, now
            self._found = frozenset(dev_eui for dev_eui, own in placements.items() if _is_over(own, now))
            times = [time for own in placements.values() for one in own for time in (one.since, one.until)]
            self._again = min([time for time in times if time > now], default=FOREVER)
        return self._found


def _is_over(own: Sequence[Placement], now: int) -> bool:
    return any(one.until <= now for one in own) and not any(one.since <= now < one.until for one in own)
