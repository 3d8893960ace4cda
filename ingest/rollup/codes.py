"""How an index, a class and a limit become fields: numbers, since fields of a time series do not change their type.

A class is its place in the table's `bands`, from 0. What rests on a table or row that is not verified has beside it
`<field>_unverified`, 1.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.bands import table
from ingest.indices.limits import judge
from ingest.indices.result import Classed, Index, Judged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from decoders.bands import Band
    from ingest.indices.result import NoClass, NoIndex

POLLUTANTS = ("pm2_5", "pm10", "o3", "no2", "so2", "co")
"""What `vn_aqi_dominant` counts, from 0."""

UNVERIFIED = "_unverified"


def rank(key: str, band: Band) -> float:
    """The place of a class in its table, from 0."""
    return float(table(key).bands.index(band))


def of_index(name: str, result: Index | NoIndex) -> Iterator[tuple[str, float]]:
    """An index of air: value, class, what makes it, and each sub-index, which may be there without the index."""
    shown: set[str] = set()
    for part in result.parts:  # the worst first: of ozone's two means the one that counts
        if part.parameter not in shown:
            shown.add(part.parameter)
            yield f"{name}_{part.parameter}", float(part.value)
    if isinstance(result, Index):
        yield name, float(result.value)
        yield f"{name}_class", rank(name, result.band)
        if result.dominant in POLLUTANTS:
            yield f"{name}_dominant", float(POLLUTANTS.index(result.dominant))
    if shown and not result.verified:
        yield name + UNVERIFIED, 1.0


def of_class(name: str, key: str, result: Classed | NoClass, *, value: bool = True) -> Iterator[tuple[str, float]]:
    """The class of a value by the table `key`, and the value as it was classed where that is asked for."""
    if isinstance(result, Classed):
        if value:
            yield name, result.value
        yield f"{name}_class", rank(key, result.band)
        if not result.verified:
            yield name + UNVERIFIED, 1.0


def of_limit(name: str, result: Judged | NoClass) -> Iterator[tuple[str, float]]:
    """Whether a limit is exceeded: 0 or 1."""
    if isinstance(result, Judged):
        yield name, float(result.exceeded)
        if not result.verified:
            yield name + UNVERIFIED, 1.0


def over(name: str, limit: tuple[str, str, str], value: float | None, on: date) -> Iterator[tuple[str, float]]:
    """The same of a value; nothing where there is no value or no limit.

    Args:
        name: of the field.
        limit: the regulation, the parameter and the period, as of `limits.judge`.
        value: in the table's unit.
        on: its local day.
    """
    regulation, parameter, period = limit
    if value is not None:
        yield from of_limit(name, judge(regulation, parameter, period, value, on=on))
