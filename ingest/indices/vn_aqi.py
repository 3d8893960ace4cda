"""VN_AQI, the air quality index of Việt Nam: of an hour and of a day (Decision 1459/QĐ-TCMT of 12/11/2019).

The segments are continuous (25 to 50, 50 to 100 µg/m³), CO is in µg/m³ like the rest, and the index is the highest
sub-index, rounded half up; at least one of PM10 and PM2.5 must be among them. Beyond the table's last row ("≥") it
stays at 500.

The decision's example of the hourly index prints 60 for 118.7 µg/m³ of NO2, and so for the hour. Its own formula gives
59.35, hence 59: an erratum, which we do not follow.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, TypeAlias

from decoders.bands import table
from ingest.indices.air import COVERAGE, DAY_HOURS, PARTICLES, day_mean, enough, highest, part
from ingest.indices.exact import exact, exacts, mean
from ingest.indices.nowcast import HOURS, vn_nowcast
from ingest.indices.result import Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, tzinfo
    from decimal import Decimal

    from ingest.indices.result import Index, NoIndex, Part

HOURLY, DAILY = "vn_aqi_1h", "vn_aqi_24h"

GASES = ("o3", "no2", "so2", "co")
_POLLUTANTS = (*PARTICLES, *GASES)

EIGHT = 8
DAY_INPUT = DAY_HOURS + EIGHT - 1
"""Hours that a day looks at: its own, and those before that its first means of 8 hours reach back to."""

_O3_8H_MOST = 400  # µg/m³; above it the decision counts the hour alone

Concentration: TypeAlias = "tuple[str, str, Decimal | Why]"  # pollutant, basis, mean or why there is none


def hour_ends(day: date, zone: tzinfo) -> list[datetime]:
    """The 31 hours that `daily` takes: from 18:00 the evening before to the day's own 01:00 ... 00:00.

    A mean is named by the end of its hour, so that the day of the decision (01:00 to 00:00) is the calendar's.
    """
    midnight = datetime.combine(day, time(), zone)
    return [midnight + timedelta(hours=DAY_HOURS - DAY_INPUT + 1 + hour) for hour in range(DAY_INPUT)]


def hourly(hours: Mapping[str, Sequence[float | None]]) -> Index | NoIndex:
    """The index of an hour.

    Args:
        hours: of each pollutant (`pm2_5 pm10 o3 no2 so2 co`) means of an hour in µg/m³, oldest first, None where there
            is none. The last is of the hour asked for; particles want twelve, of gases the last alone counts.
    """
    return _index(HOURLY, (_of_hour(name, exacts(values[-HOURS:])) for name, values in hours.items()))


def daily(hours: Mapping[str, Sequence[float | None]], *, coverage: float = COVERAGE) -> Index | NoIndex:
    """The index of a day.

    Args:
        hours: as of `hourly`; the last 24 are the day's (`hour_ends`), ozone wants the seven before as well.
        coverage: the share of its hours that a day, and each mean of 8 hours, needs.
    """
    return _index(DAILY, (one for name, values in hours.items() for one in _of_day(name, exacts(values), coverage)))


def of_means(method: str, means: Mapping[tuple[str, str], float | None]) -> Index | NoIndex:
    """The index of concentrations that are computed already.

    Args:
        method: what is to stand in the result, `HOURLY` or `DAILY`.
        means: µg/m³ by pollutant and basis: ("o3", "8h"), ("pm2_5", "nowcast"), ("no2", "1h").
    """
    given = ((name, basis, exact(value)) for (name, basis), value in means.items())
    return _index(method, ((name, basis, Why.NO_DATA if value is None else value) for name, basis, value in given))


def _of_hour(name: str, hours: Sequence[Decimal | None]) -> Concentration:
    if name in PARTICLES:
        value = vn_nowcast(hours)
        if value is None:
            return name, "nowcast", Why.TOO_FEW_HOURS if any(hour is not None for hour in hours) else Why.NO_DATA
        return name, "nowcast", value
    current = hours[-1] if hours else None
    return name, "1h", Why.NO_DATA if current is None else current


def _of_day(name: str, hours: Sequence[Decimal | None], coverage: float) -> Iterator[Concentration]:
    if name in PARTICLES:
        yield name, "24h", day_mean(hours, coverage)
        return
    values = enough(hours[-DAY_HOURS:], DAY_HOURS, coverage)
    yield name, "1h", values if isinstance(values, Why) else max(values)
    if name == "o3" and not isinstance(values, Why):
        found = list(eights(hours, coverage))
        if found:
            yield name, "8h", max(found)


def eights(hours: Sequence[Decimal | None], coverage: float) -> Iterator[Decimal]:
    """The means of 8 hours that end within the day, in its 24 hours."""
    padded = [*[None] * DAY_INPUT, *hours][-DAY_INPUT:]
    for first in range(DAY_HOURS):
        values = enough(padded[first : first + EIGHT], EIGHT, coverage)
        if not isinstance(values, Why):
            yield mean(values)


def _index(method: str, given: Iterator[Concentration]) -> Index | NoIndex:
    parts: list[Part] = []
    absent: dict[str, Why] = {}
    for name, basis, value in given:
        found = _part(name, basis, value)
        if isinstance(found, Why):
            absent[name] = found
        else:
            parts.append(found)
    parts.sort(key=lambda one: _POLLUTANTS.index(one.parameter))
    had = {one.parameter for one in parts}
    return highest(table("vn_aqi"), method, parts, {name: why for name, why in absent.items() if name not in had})


def _part(name: str, basis: str, value: Decimal | Why) -> Part | Why:
    curve = table("vn_aqi").curves.get(f"{name}_{basis}" if name == "o3" else name)
    if curve is None:
        return Why.NO_TABLE
    if isinstance(value, Why):
        return value
    if (name, basis) == ("o3", "8h") and value > _O3_8H_MOST:
        return Why.OUT_OF_RANGE
    return part(curve, name, basis, value)
