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
from ingest.indices.exact import UNIT, Ratio, exact, lines, mean
from ingest.indices.result import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, tzinfo

    from ingest.indices.nowcast import Nowcast
    from ingest.indices.result import Index, NoIndex, Part

HOURLY, DAILY = "vn_aqi_1h", "vn_aqi_24h"

GASES = ("o3", "no2", "so2", "co")
_POLLUTANTS = (*PARTICLES, *GASES)

EIGHT = 8
DAY_INPUT = DAY_HOURS + EIGHT - 1
"""Hours that a day looks at: its own, and those before that its first means of 8 hours reach back to."""

_O3_8H_MOST = 400  # µg/m³; above it the decision counts the hour alone

Concentration: TypeAlias = "tuple[str, str, Ratio | Why]"  # pollutant, basis, mean or why there is none


def hour_ends(day: date, zone: tzinfo) -> list[datetime]:
    """The 31 hours that `daily` takes: from 18:00 the evening before to the day's own 01:00 ... 00:00.

    A mean is named by the end of its hour, so that the day of the decision (01:00 to 00:00) is the calendar's.
    """
    midnight = datetime.combine(day, time(), zone)
    return [midnight + timedelta(hours=DAY_HOURS - DAY_INPUT + 1 + hour) for hour in range(DAY_INPUT)]


def hourly(nowcasts: Mapping[str, Nowcast | Why], gases: Mapping[str, float | None]) -> Index | NoIndex:
    """The index of an hour.

    Args:
        nowcasts: of particles (`pm2_5 pm10`).
        gases: the hour's mean of each gas (`o3 no2 so2 co`) in µg/m³, None where there is none.
    """
    given = [(name, "nowcast", _printed(value)) for name, value in nowcasts.items()]
    given += [(name, "1h", _given(value)) for name, value in gases.items()]
    return _index(HOURLY, given)


def daily(hours: Mapping[str, Sequence[int | None]], *, coverage: float = COVERAGE) -> Index | NoIndex:
    """The index of a day.

    Args:
        hours: of each pollutant means of an hour in µg/m³, as of `exacts`, oldest first, None where there is none; the
            last 24 are the day's (`hour_ends`), ozone wants the seven before as well.
        coverage: the share of its hours that a day, and each mean of 8 hours, needs.
    """
    return _index(DAILY, (one for name, values in hours.items() for one in _of_day(name, values, coverage)))


def of_means(method: str, means: Mapping[tuple[str, str], float | None]) -> Index | NoIndex:
    """The index of concentrations that are computed already.

    Args:
        method: what is to stand in the result, `HOURLY` or `DAILY`.
        means: µg/m³ by pollutant and basis: ("o3", "8h"), ("pm2_5", "nowcast"), ("no2", "1h").
    """
    return _index(method, ((name, basis, _given(value)) for (name, basis), value in means.items()))


def _given(mean: float | None) -> Ratio | Why:
    value = exact(mean)
    return Why.NO_DATA if value is None else value


def _printed(value: Nowcast | Why) -> Ratio | Why:
    return value if isinstance(value, Why) else value.printed


def _of_day(name: str, hours: Sequence[int | None], coverage: float) -> Iterator[Concentration]:
    if name in PARTICLES:
        yield name, "24h", day_mean(hours, coverage)
        return
    values = enough(hours[-DAY_HOURS:], DAY_HOURS, coverage)
    yield name, "1h", values if isinstance(values, Why) else Ratio(max(values), UNIT)
    if name == "o3" and not isinstance(values, Why):
        found = list(eights(hours, coverage))
        if found:
            yield name, "8h", max(found, key=float)


def eights(hours: Sequence[int | None], coverage: float) -> Iterator[Ratio]:
    """The means of 8 hours (`exacts`) that end within the day, in its 24 hours."""
    padded = [*[None] * DAY_INPUT, *hours][-DAY_INPUT:]
    for first in range(DAY_HOURS):
        values = enough(padded[first : first + EIGHT], EIGHT, coverage)
        if not isinstance(values, Why):
            yield mean(values)


def _index(method: str, given: Iterable[Concentration]) -> Index | NoIndex:
    parts: list[Part] = []
    absent: dict[str, Why] = {}
    for name, basis, value in given:
        found = _part(name, basis, value)
        if isinstance(found, Why):
            absent[name] = found
        else:
            parts.append(found)
    parts.sort(key=lambda one: _POLLUTANTS.index(one.parameter))
    for one in parts:
        absent.pop(one.parameter, None)  # of ozone's two means one is there
    return highest(table("vn_aqi"), method, parts, absent)


def _part(name: str, basis: str, value: Ratio | Why) -> Part | Why:
    line = lines("vn_aqi").get(f"{name}_{basis}" if name == "o3" else name)
    if line is None:
        return Why.NO_TABLE
    if isinstance(value, Why):
        return value
    if (name, basis) == ("o3", "8h") and value.numerator > _O3_8H_MOST * value.denominator:
        return Why.OUT_OF_RANGE
    return part(line, name, basis, value)
