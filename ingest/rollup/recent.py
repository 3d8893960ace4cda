"""The last hours of the sites whose indices rest on them, as far as they do: reading them anew each hour costs more.

Only what was closed hour by hour is here. Where an hour is made again, or a write was rolled back, it is read again.
"""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ingest.indices import nowcast
from ingest.indices.air import PARTICLES
from ingest.rollup.spans import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.rollup.summary import Summary

SITES = 1_000
"""Sites at most, some 10 KB each; of further ones the hours are read. With 3,000 the garbage collector takes 70 ms."""

HOURS = 24
"""Of a site, at most."""

WANTED = frozenset({*PARTICLES, "rain"})
"""What indices of later hours rest on: of particles twelve hours, of rain all."""


class Recent:
    """By site its last hours, the oldest first."""

    def __init__(self) -> None:
        self._sites: dict[str, list[Summary]] = {}

    def of(self, site: str, since: int) -> list[Summary] | None:
        """The hours of a site that do not begin before `since`, ns UTC; None where they are not known."""
        known = self._sites.get(site)
        return None if known is None else [one for one in known if one.start >= since]

    def keep(self, site: str, hours: list[Summary], before: int) -> None:
        """All hours before the one that is being closed, which begins at `before`, were read."""
        if len(self._sites) >= SITES and not self._left(before - HOURS * HOUR):
            return
        self._sites[site] = _needed(map(_slim, hours), before)

    def add(self, hour: Summary) -> None:
        """An hour was closed, after all others of its site."""
        known = self._sites.get(hour.site)
        if known is not None:
            self._sites[hour.site] = _needed((*known, _slim(hour)), hour.end)

    def drop(self, site: str) -> None:
        """Something of a site has changed."""
        self._sites.pop(site, None)

    def clear(self) -> None:
        """Anything may have changed."""
        self._sites.clear()

    def _left(self, before: int) -> bool:
        """Whether a site has made room that has given nothing since a time; at each call another one is looked at."""
        site, hours = next(iter(self._sites.items()))
        del self._sites[site]
        if not hours or hours[-1].start < before:
            return True
        self._sites[site] = hours
        return False


def _needed(hours: Iterable[Summary], before: int) -> list[Summary]:
    """Those that an hour that begins at `before`, or a later one, can rest on."""
    recent, oldest = before - nowcast.HOURS * HOUR, before - HOURS * HOUR
    return [
        one for one in hours if one.start >= recent or (one.start >= oldest and ("rain" in one.doubts or _rains(one)))
    ]


def _rains(hour: Summary) -> bool:
    return any(series.quantity == "rain" for series in hour.values)


def _slim(hour: Summary) -> Summary:
    values = {
        series: one._replace(minimum=nan, maximum=nan, p95=nan)
        for series, one in hour.values.items()
        if series.quantity in WANTED
    }
    doubts = {"rain": hour.doubts["rain"]} if "rain" in hour.doubts else {}
    return replace(hour, values=values, doubts=doubts, invalid={}, indices={})
