"""When alerts opened lately, by their watch: what comes again and again, and slowly, is known for that. Pure.

A condition that comes back later than an alert settles is another alert each time. The third one within `SPAN` is
chronic: it is told as flapping, is over only after `kept.CHRONIC`, and not before `SPAN` has passed since the first of
the three. So there are three firings in any `SPAN` at most, however it swings.

A watch that is idle is forgotten; what it remembered of this stays here until it is too old to matter.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SPAN = 6 * 3_600_000_000_000
"""ns of event time for which an opening counts."""

OFTEN = 3
"""Openings within `SPAN` that make the last one chronic."""

PREFIX = "opened|"
"""What the keys begin with where they are stored: the watch's own key follows."""

MOST = 100_000
"""Watches that are remembered; past it the oldest are forgotten."""

PAUSE = 600_000_000_000
"""ns: it is looked for what is too old once in so long a time."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, ...]).decode


def least(openings: Sequence[int], opened: int) -> int:
    """Before which time an alert that opens now is not told to be over, ns UTC; 0 where it is none of too many.

    Args:
        openings: those before it, in the order of time.
        opened: ns UTC.
    """
    lately = [one for one in openings if one > opened - SPAN]
    return lately[1 - OFTEN] + SPAN if len(lately) >= OFTEN - 1 else 0


def is_past(openings: Sequence[int], now: int) -> bool:
    """Whether they are too old to matter, by the newest watermark, ns UTC."""
    return bool(openings) and openings[-1] + SPAN < now


class Openings:
    """Of the watches that are idle."""

    def __init__(self) -> None:
        self._all: dict[str, tuple[int, ...]] = {}
        self._changed: set[str] = set()
        self._looked = 0

    def restore(self, states: Mapping[str, bytes]) -> None:
        """Go on from what `take_states` gave, among others."""
        for key, state in states.items():
            if key.startswith(PREFIX):
                self._all[key.removeprefix(PREFIX)] = _decode(state)

    def of(self, key: str) -> tuple[int, ...]:
        """When alerts of a watch opened, in the order of time."""
        return self._all.get(key, ())

    def remember(self, key: str, openings: tuple[int, ...]) -> None:
        """Keep what an idle watch knows; it is not what is kept of it so far."""
        self._all.pop(key, None)  # the newest is the last one
        if openings:
            self._all[key] = openings
        self._changed.add(key)

    def forget(self, key: str) -> None:
        """Its rule is no more, or what it was about."""
        if self._all.pop(key, None) is not None:
            self._changed.add(key)

    def take_states(self, now: int) -> dict[str, bytes]:
        """What is to be stored of those that have changed; b"" for what is to go.

        Args:
            now: the newest watermark, ns UTC.
        """
        if not self._all and not self._changed:
            return {}
        if now >= self._looked + PAUSE:
            self._looked = now
            for key in [key for key, openings in self._all.items() if is_past(openings, now)]:
                self.forget(key)
        for key in tuple(islice(self._all, max(0, len(self._all) - MOST))):
            self.forget(key)
        changed, self._changed = self._changed, set()
        return {PREFIX + key: _encode(self._all[key]) if key in self._all else b"" for key in sorted(changed)}
