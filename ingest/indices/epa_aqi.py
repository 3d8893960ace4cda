"""The AQI of the US EPA for particles, with NowCast: to stand beside other cities of the region, whose maps use it.

Before the table is asked, concentrations are truncated to 0.1 µg/m³ (PM2.5) and 1 µg/m³ (PM10), as AirNow Tech says.
Gases are left out: EPA's columns for them are in ppm and ppb, with averaging times of their own, and what cities
compare is particles. Never to be shown in place of VN_AQI.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from decoders.bands import table
from ingest.indices.air import COVERAGE, PARTICLES, day_mean, highest, part
from ingest.indices.exact import CONTEXT, exacts
from ingest.indices.nowcast import HOURS, epa_nowcast
from ingest.indices.result import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ingest.indices.result import Index, NoIndex, Part

NOWCAST, DAILY = "epa_nowcast", "epa_24h"

_STEP = {"pm2_5": Decimal("0.1"), "pm10": Decimal(1)}


def hourly(hours: Mapping[str, Sequence[float | None]]) -> Index | NoIndex:
    """The AQI of NowCast; `hours` as of `vn_aqi.hourly`, for `pm2_5` and `pm10`."""

    def nowcast(values: Sequence[Decimal | None]) -> Decimal | Why:
        value = epa_nowcast(values)
        if value is None:
            return Why.TOO_FEW_HOURS if any(hour is not None for hour in values[-HOURS:]) else Why.NO_DATA
        return value

    return _index(NOWCAST, "nowcast", hours, nowcast)


def daily(hours: Mapping[str, Sequence[float | None]], *, coverage: float = COVERAGE) -> Index | NoIndex:
    """The AQI of the mean of the last 24 hours given."""
    return _index(DAILY, "24h", hours, lambda values: day_mean(values, coverage))


def _index(
    method: str,
    basis: str,
    hours: Mapping[str, Sequence[float | None]],
    average: Callable[[Sequence[Decimal | None]], Decimal | Why],
) -> Index | NoIndex:
    epa = table("epa_aqi")
    parts: list[Part] = []
    absent: dict[str, Why] = {name: Why.NO_TABLE for name in hours if name not in PARTICLES}
    for name in PARTICLES:
        if name not in hours:
            continue
        value = average(exacts(hours[name]))
        if isinstance(value, Why):
            absent[name] = value
        else:
            parts.append(part(epa.curves[name], name, basis, _truncated(value, _STEP[name])))
    return highest(epa, method, parts, absent)


def _truncated(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, rounding=ROUND_FLOOR, context=CONTEXT)
