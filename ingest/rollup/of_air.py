"""What the air of an hour and a day means: VN_AQI, the AQI of the US EPA, limits, WHO's guideline, noise. Pure.

Of several channels the mean counts, of those that were measured for three quarters of the time.
"""

from __future__ import annotations

from datetime import datetime
from math import log10
from typing import TYPE_CHECKING

from decoders.bands import table
from ingest.indices import epa_aqi, vn_aqi
from ingest.indices.air import COVERAGE, DAY_HOURS, PARTICLES, day_mean
from ingest.indices.exact import exacts, shaved
from ingest.indices.limits import judge, noise_hours
from ingest.indices.nowcast import HOURS, nowcast
from ingest.rollup import codes, means

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, tzinfo

    from ingest.registry.site import Site
    from ingest.rollup.means import Trace
    from ingest.rollup.summary import Summary

LIMITED = ("so2", "co", "no2", "o3", "tsp", "h2s", "nh3")
"""What QCVN 05 has a limit of one hour for, of what sensors measure."""

EIGHT_HOURS = frozenset({"o3", "co"})
"""What has a limit or a guideline of 8 hours."""

AIR = frozenset((*codes.POLLUTANTS, *LIMITED))

SPECIAL = frozenset({"hospital", "school", "kindergarten", "library", "temple", "pagoda", "church"})
"""Kinds of sites that are special areas of QCVN 26; all others are ordinary ones."""

_NOISE = {"06-21": ("laeq_day", 15), "21-06": ("laeq_night", 9)}  # and how many hours it has


def of_hour(names: set[str], hour: Summary, earlier: Sequence[Trace], on: date) -> Iterator[tuple[str, float]]:
    """Fields of an hour in which any of `AIR` was measured."""
    hours = means.run((*earlier, means.trace(hour)), hour.start + means.HOUR, HOURS)
    nowcasts = {
        "pm2_5": nowcast([None if one is None else one.pm2_5 for one in hours]),
        "pm10": nowcast([None if one is None else one.pm10 for one in hours]),
    }
    gases = {name: means.mean(hour, name) for name in vn_aqi.GASES if name in names}
    yield from codes.of_index("vn_aqi", vn_aqi.hourly(nowcasts, gases))
    yield from codes.of_index("epa_aqi", epa_aqi.hourly(nowcasts))
    for name in LIMITED:
        if name in names:
            yield from codes.over(f"{name}_over", ("qcvn_05", name, "1h"), means.mean(hour, name), on)


def of_day(names: set[str], hours: Sequence[Summary | None], on: date) -> Iterator[tuple[str, float]]:
    """Fields of a day; `hours` are its own and those of `vn_aqi.DAY_INPUT` before."""
    given = {name: means.means(hours, name) for name in sorted(AIR & names)}
    exact = {name: exacts(values) for name, values in given.items()}
    pollutants = {name: exact[name] for name in codes.POLLUTANTS if name in exact}
    yield from codes.of_index("vn_aqi", vn_aqi.daily(pollutants))
    particles = {name: exact[name] for name in PARTICLES if name in exact}
    if particles:
        yield from codes.of_index("epa_aqi", epa_aqi.daily(particles))
    for name, values in given.items():
        yield from _limits(name, values, exact[name], on)


def _limits(
    name: str, hours: Sequence[float | None], exact: Sequence[int | None], on: date
) -> Iterator[tuple[str, float]]:
    """Of one pollutant: its day, its worst 8 hours, and how many of its hours were too high."""
    mean = day_mean(exact, COVERAGE)
    if not isinstance(mean, str):
        yield from codes.over(f"{name}_over", ("qcvn_05", name, "24h"), float(mean), on)
        yield from codes.over(f"{name}_who_over", ("who_2021", name, "24h"), float(mean), on)
    own = [value for value in hours[-DAY_HOURS:] if value is not None]
    if not means.enough(own, DAY_HOURS):
        return
    if name in EIGHT_HOURS:
        eight = max(map(float, vn_aqi.eights(exact, COVERAGE)), default=None)
        yield from codes.over(f"{name}_8h_over", ("qcvn_05", name, "8h"), eight, on)
        yield from codes.over(f"{name}_8h_who_over", ("who_2021", name, "8h"), eight, on)
    limit = table("qcvn_05").limit(name, "1h", on=on)
    if limit is not None:
        yield f"{name}_hours_over", float(sum(not limit.keeps(shaved(value)) for value in own))


def noise(hours: Sequence[Summary | None], site: Site | None, on: date, zone: tzinfo) -> Iterator[tuple[str, float]]:
    """The equivalent level of the day (6 to 21 o'clock) and of the night (0 to 6, 21 to 24), and whether it is over.

    Levels are added as energies; an hour's own mean is as the roll-up has it.
    """
    found: dict[str, list[float]] = {period: [] for period in _NOISE}
    for one in hours:
        if one is not None and (level := means.mean(one, "laeq")) is not None:
            found[noise_hours(datetime.fromtimestamp(one.start // 10**9, zone).time())].append(10 ** (level / 10))
    area = "special" if site is not None and site.kind.casefold() in SPECIAL else "ordinary"
    for period, (name, span) in _NOISE.items():
        energy = means.average(found[period])
        if energy and means.enough(found[period], span):
            level = 10 * log10(energy)
            yield name, level
            yield from codes.of_limit(f"{name}_over", judge("qcvn_26", "laeq", period, level, on=on, where=area))
