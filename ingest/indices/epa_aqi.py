"""The AQI of the US EPA for particles, with NowCast: to stand beside other cities of the region, whose maps use it.

Before the table is asked, concentrations are truncated to 0.1 µg/m³ (PM2.5) and 1 µg/m³ (PM10), as AirNow Tech says.
Gases are left out: EPA's columns for them are in ppm and ppb, with averaging times of their own, and what cities
compare is particles. Never to be shown in place of VN_AQI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.bands import table
from ingest.indices.air import COVERAGE, PARTICLES, day_mean, highest, part
from ingest.indices.exact import Ratio, lines
from ingest.indices.result import Why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.indices.nowcast import Nowcast
    from ingest.indices.result import Index, NoIndex, Part

NOWCAST, DAILY = "epa_nowcast", "epa_24h"

_STEPS = {"pm2_5": 10, "pm10": 1}  # to a µg/m³


def hourly(nowcasts: Mapping[str, Nowcast | Why]) -> Index | NoIndex:
    """The AQI of NowCast, by pollutant: `pm2_5` and `pm10`."""
    found = {name: value if isinstance(value, Why) else value.divided for name, value in nowcasts.items()}
    return _index(NOWCAST, "nowcast", found)


def daily(hours: Mapping[str, Sequence[int | None]], *, coverage: float = COVERAGE) -> Index | NoIndex:
    """The AQI of the mean of the last 24 hours given; `hours` as of `vn_aqi.daily`."""
    return _index(DAILY, "24h", {name: day_mean(values, coverage) for name, values in hours.items()})


def _index(method: str, basis: str, means: Mapping[str, Ratio | Why]) -> Index | NoIndex:
    curves = lines("epa_aqi")
    parts: list[Part] = []
    absent: dict[str, Why] = {name: Why.NO_TABLE for name in means if name not in PARTICLES}
    for name in PARTICLES:
        value = means.get(name)
        if isinstance(value, Why):
            absent[name] = value
        elif value is not None:
            parts.append(part(curves[name], name, basis, _truncated(value, _STEPS[name])))
    return highest(table("epa_aqi"), method, parts, absent)


def _truncated(value: Ratio, steps: int) -> Ratio:
    return Ratio(value.numerator * steps // value.denominator, steps)
