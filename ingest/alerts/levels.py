"""A threshold that stands in a table: its number, what it is called, and how far it can be trusted.

So a limit stands once, in decoders/bands.toml, and a rule says which one it is.
"""

from __future__ import annotations

from math import inf, isfinite, nextafter
from typing import TYPE_CHECKING, NamedTuple

from decoders.bands import Table, tables
from decoders.quantities import Label
from ingest.alerts.plain import number
from ingest.config.errors import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from decoders.bands import Band, Language, Limit
    from ingest.alerts.fields import Known
    from ingest.alerts.rule_table import FromTable


class Found(NamedTuple):
    """A number of a table.

    Attributes:
        level: what it is called.
        unit: of the table.
        verified: of this very number.
    """

    number: float
    level: Label
    unit: str
    source: Label
    verified: bool


def look_up(ref: FromTable, field: Known, on: date) -> Found:
    """The number that is meant.

    Args:
        ref: where it stands.
        field: what is held against it: of `..._class` the place of the class counts, of `..._over` whether it is over.
        on: the day, by which a limit is in force or not.

    Raises:
        ValueError: there is none, or it cannot be compared; the message begins with what is wrong.
    """
    table = tables().get(ref.table)
    if table is None:
        raise ValueError(f'names table "{ref.table}", which is none; {suggestion(ref.table, list(tables()))}')
    return _of_band(table, ref.band, field) if ref.band is not None else _of_limit(table, ref, field, on)


def _of_band(table: Table, key: str, field: Known) -> Found:
    bands = {band.key: band for band in table.bands}
    if key not in bands:
        raise ValueError(f'names band "{key}", which {table.key} has not; {suggestion(key, list(bands))}')
    band = bands[key]
    rank = table.bands.index(band)
    if table.stations:
        return _of_stations(table, band, rank, field)
    if field.name.endswith("_class"):
        return Found(float(rank), _class(table, band), "", table.source.name, table.source.verified)
    if band.open or not isfinite(band.low):
        raise ValueError(
            f'names band "{key}", which has no first value; hold the class against it: quantity = "{table.key}_class"'
        )
    return Found(band.low, band.label, table.unit, table.source.name, table.source.verified)


def _of_stations(table: Table, band: Band, rank: int, field: Known) -> Found:
    """An alarm level: another height at each station, and not at each of them verified.

    It is held against the number of the level, or against the height above that very level.
    """
    above = field.name.partition("_over_")[2]
    if above not in ("", band.key):
        raise ValueError(f'names band "{band.key}", and {field.name} is the height above another; write "{above}"')
    doubtful = sorted(one.name for one in table.stations.values() if rank and not one.levels[rank - 1].verified)
    source = table.source.name
    if doubtful:
        names = ", ".join(doubtful)
        source = Label(f"{source.vi}; riêng các trạm {names}", f"{source.en}; of these {names}")
    number = 0.0 if above else float(rank)
    return Found(number, band.label, field.unit, source, table.source.verified and not doubtful)


def _class(table: Table, band: Band) -> Label:
    """The class with where it begins."""
    if not isfinite(band.low):
        return band.label
    vi, en = ("trên", "over") if band.open else ("từ", "from")
    unit = f" {table.unit}" if table.unit else ""
    return Label(
        f"{band.label.vi}, {vi} {number(band.low, 'vi')}{unit}", f"{band.label.en}, {en} {number(band.low, 'en')}{unit}"
    )


def _of_limit(table: Table, ref: FromTable, field: Known, on: date) -> Found:
    limits = _limits(table, ref, on)
    if not limits:
        there = sorted({f"{one.parameter} {one.period}".strip() for one in table.limits})
        raise ValueError(
            f'names "{ref.parameter}" of {ref.period or "a sample"}, for which {table.key} has no limit; it has'
            f" {', '.join(there)}"
        )
    verified = table.source.verified and all(one.verified and not one.superseded(on) for one in limits)
    level = Label(_limit(limits, table.unit, "vi"), _limit(limits, table.unit, "en"))
    if field.name.endswith("_over"):
        return Found(1.0, level, "", table.source.name, verified)
    value = limits[0].high if limits[0].high is not None else limits[0].low
    if len(limits) > 1 or value is None:
        raise ValueError(f'names several limits; add where = "{limits[0].where}", or another of them')
    past = nextafter(value, inf if limits[0].high is not None else -inf)  # a value at the limit keeps it
    return Found(past, level, table.unit, table.source.name, verified)


def _limits(table: Table, ref: FromTable, on: date) -> Sequence[Limit]:
    """The one that is in force; where it differs by area or class and none was named, each."""
    wheres = {one.where: None for one in table.limits if one.parameter == ref.parameter and one.period == ref.period}
    asked = [ref.where] if ref.where else list(wheres)
    found = [table.limit(str(ref.parameter), ref.period, where, on=on) for where in asked]
    return [one for one in found if one is not None]


def _limit(limits: Sequence[Limit], unit: str, language: Language) -> str:
    parts = []
    for one in limits:
        value = one.high if one.high is not None else one.low
        said = _AREAS.get(one.where)
        area = f" ({getattr(said, language)})" if said else ""
        parts.append(f"{number(value or 0.0, language)} {unit}{area}")
    period = _PERIODS.get(limits[0].period)
    about = f" ({getattr(period, language)})" if period else ""
    return f"{'giới hạn' if language == 'vi' else 'limit of'} {', '.join(parts)}{about}"


# The hours of noise stand in the name of what is held against the limit.
_PERIODS = {
    "1h": Label("trung bình 1 giờ", "mean of 1 hour"),
    "8h": Label("trung bình 8 giờ", "mean of 8 hours"),
    "24h": Label("trung bình 24 giờ", "mean of 24 hours"),
    "1y": Label("trung bình năm", "mean of a year"),
}
_AREAS = {
    "special": Label("khu vực đặc biệt", "special areas"),
    "ordinary": Label("khu vực thông thường", "ordinary areas"),
}
