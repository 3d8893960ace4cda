"""What is left of the last hours of a site for the indices of later ones: reading them anew each hour costs more.

Only what was closed hour by hour is here. Where an hour is made again, or a write was rolled back, it is read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ingest.indices import nowcast
from ingest.rollup.means import Trace, trace
from ingest.rollup.spans import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.rollup.summary import Summary

SITES = 10_000
"""Sites at most, 0.6 KB each, 1.4 KB with rain; of further ones the hours are read."""

HOURS = 24
"""Of a site, at most."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Trace]).decode


class Recent:
    """By site its last hours, the oldest first: as bytes, which the garbage collector does not look through."""

    def __init__(self) -> None:
        self._sites: dict[str, bytes] = {}

    def of(self, site: str) -> list[Trace] | None:
        """The hours of a site that the next one can rest on; None where they are not known."""
        known = self._sites.get(site)
        return None if known is None else _decode(known)

    def keep(self, site: str, hours: Iterable[Trace], before: int) -> None:
        """All hours before the one that is being closed, which begins at `before`, ns UTC, were read."""
        if len(self._sites) >= SITES and not self._left(before - HOURS * HOUR):
            return
        self._sites[site] = _needed(hours, before)

    def add(self, hour: Summary) -> None:
        """An hour was closed, after all others of its site."""
        known = self.of(hour.site)
        if known is not None:
            self._sites[hour.site] = _needed((*known, trace(hour)), hour.end)

    def drop(self, site: str) -> None:
        """Something of a site has changed."""
        self._sites.pop(site, None)

    def clear(self) -> None:
        """Anything may have changed."""
        self._sites.clear()

    def _left(self, before: int) -> bool:
        """Whether a site has made room that has given nothing since a time; at each call another one is looked at."""
        site, known = next(iter(self._sites.items()))
        del self._sites[site]
        hours = _decode(known)
        if not hours or hours[-1].start < before:
            return True
        self._sites[site] = known
        return False


def _needed(hours: Iterable[Trace], before: int) -> bytes:
    """Those that an hour that begins at `before`, or a later one, can rest on: of particles twelve, of rain all."""
    recent, oldest = before - nowcast.HOURS * HOUR, before - HOURS * HOUR
    return _encode(
        [
            one
            for one in hours
            if one.start >= recent or (one.start >= oldest and (one.doubtful or one.rain is not None))
        ]
    )
