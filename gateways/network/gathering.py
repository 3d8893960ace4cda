"""The copies of one frame, which several receivers have heard at the same time: gathered for a moment. Pure."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateways.reception import Reception

WINDOW = 0.2
"""Seconds from the first copy: backhauls of a city differ by less, as network servers assume too."""

COPIES = 64
"""Receptions of a frame that are kept; whoever sends more wants to fill the memory."""


class Gatherer:
    """Frames that wait for their copies, the oldest first.

    Attributes:
        copies: receptions that were no first one.
        dropped: those of them beyond `COPIES`.
    """

    def __init__(self, window: float = WINDOW) -> None:
        self._window = window
        self._waiting: dict[bytes, list[Reception]] = {}
        self._due: deque[tuple[float, bytes]] = deque()
        self.copies = self.dropped = 0

    def __len__(self) -> int:
        return len(self._due)

    def add(self, reception: Reception, now: float) -> None:
        """Take a reception that came at `now` (s, monotonic)."""
        found = self._waiting.get(reception.phy)
        if found is None:
            self._waiting[reception.phy] = [reception]
            self._due.append((now + self._window, reception.phy))
            return
        self.copies += 1
        if len(found) < COPIES:
            found.append(reception)
        else:
            self.dropped += 1

    def due(self, now: float) -> list[list[Reception]]:
        """The frames whose time is over, each with its receptions in the order of their coming."""
        found = []
        while self._due and self._due[0][0] <= now:
            found.append(self._waiting.pop(self._due.popleft()[1]))
        return found
