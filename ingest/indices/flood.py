"""Flood alarm levels BĐ1 to BĐ3 of the hydrological stations, said as bulletins say them; and water on a street.

The level is in metres above the station's own datum: whoever measures a distance to the water has to set that per site.
A level of a site that is no such station has no alarm level. At Cẩm Lệ the tide counts: high water need not be a flood.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decoders.bands import table
from ingest.indices.exact import shaved
from ingest.indices.result import Classed, NoClass, Why

if TYPE_CHECKING:
    from decoders.bands import Band, Language, Source, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodAlarm:
    """Where a water level stands.

    Attributes:
        level: metres above the station's datum.
        alarm: 0 below BĐ1, else the highest level that is reached, 1 to 3.
        nearest: the alarm level that a bulletin would name, 1 to 3.
        offset: metres above (or, negative, below) that one.
        verified: those that bound the value, and the one that is named, are verified.
    """

    station: Station
    level: float
    alarm: int
    band: Band
    nearest: int
    offset: float
    source: Source
    verified: bool

    def said(self, language: Language) -> str:
        """As bulletins say it: "trên BĐ3 0,58 m", "dưới BĐ2 0,07 m"; in English with a point."""
        metres = f"{abs(self.offset):.2f} m"
        if language == "en":
            return f"{metres} {'below' if self.offset < 0 else 'above'} alarm level {self.nearest}"
        return f"{'dưới' if self.offset < 0 else 'trên'} BĐ{self.nearest} {metres.replace('.', ',')}"


def flood_alarm(station: str, level: float | None) -> FloodAlarm | NoClass:
    """The alarm level of a water level at a station, by its key in `decoders.bands` (`cam_le`, `ai_nghia`, ...)."""
    rules = table("flood_alarm")
    known = rules.stations.get(station)
    if known is None:
        return NoClass(why=Why.NO_TABLE, source=rules.source)
    if level is None or not math.isfinite(level):
        return NoClass(why=Why.NO_DATA, source=rules.source)
    alarm = sum(shaved(level) >= one.metres for one in known.levels)
    nearest = _nearest(known, level)
    used = {max(alarm, 1), min(alarm + 1, len(known.levels)), nearest}
    return FloodAlarm(
        station=known,
        level=level,
        alarm=alarm,
        band=rules.band(alarm),
        nearest=nearest,
        offset=shaved(level - known.levels[nearest - 1].metres),
        source=rules.source,
        verified=rules.source.verified and all(known.levels[rank - 1].verified for rank in used),
    )


def street_flood(depth: float | None) -> Classed | NoClass:
    """The class of water on a street, in metres above the ground."""
    rules = table("street_flood")
    if depth is None or not math.isfinite(depth):
        return NoClass(why=Why.NO_DATA, source=rules.source)
    return Classed(value=depth, band=rules.band(shaved(depth)), source=rules.source, verified=rules.source.verified)


def _nearest(station: Station, level: float) -> int:
    """Of two that are as near the lower one, which is reached."""
    ranks = range(1, len(station.levels) + 1)
    return min(ranks, key=lambda rank: shaved(abs(level - station.levels[rank - 1].metres)))
