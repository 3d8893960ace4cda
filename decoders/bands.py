"""Limits, classes and levels that values are held against: numbers, colours and labels, and where each comes from.

They change by decree and not by release of ours, and some could not be read in the original. So they are data
(`bands.toml`, with its rules at the top), and every table and row says since when it holds and whether it is verified.
What is computed with them is in `ingest.indices`; whoever draws or alerts reads labels and colours here.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from decoders.vocabulary.quantity import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

Language: TypeAlias = Literal["vi", "en"]

UNVERIFIED = Label("chưa kiểm chứng", "unverified")
"""What stands beside a value whose table or row could not be verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a table comes from, and how far it can be trusted.

    Attributes:
        name: what it is called where a value is shown.
        text: the document, and where it was read.
        valid_from: the first day it holds; None where nobody said since when.
        valid_until: the last day; None while it holds.
        verified: it was read in the document or a full transcript, or several independent sources agree.
        note: what to know before use; "" where there is nothing.
    """

    name: Label
    text: str
    valid_from: date | None
    valid_until: date | None
    verified: bool
    note: str

    def shown(self, language: Language, *, verified: bool = True) -> str:
        """The name as it stands beside a value, saying so where the table, or what was used of it, is unverified."""
        name = getattr(self.name, language)
        return name if self.verified and verified else f"{name} ({getattr(UNVERIFIED, language)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A class of values.

    Attributes:
        low: where it begins.
        open: `low` itself still belongs to the class below.
        colour: "#rrggbb".
        effect: what it means for people; None where the table does not say.
    """

    key: str
    label: Label
    low: float
    open: bool
    colour: str
    effect: Label | None


class Point(NamedTuple):
    """A place on a curve, in exact decimals."""

    at: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Curve:
    """Points, ascending, straight lines between them. Two at one place are a jump, and the second holds there.

    Attributes:
        under, over: the index before the first and after the last point.
    """

    points: tuple[Point, ...]
    under: Decimal
    over: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A range that a value shall keep, both ends included.

    Attributes:
        parameter: a quantity's name where there is one for it.
        period: what the value is the mean of: "1h", "8h", "24h", "1y"; of noise the hours of the day; "" a sample.
        where: the kind of area, or the class that the limit belongs to; "" where there is one for all.
        low, high: None where that side is free.
    """

    parameter: str
    period: str
    where: str
    low: float | None
    high: float | None
    valid_from: date | None
    valid_until: date | None
    verified: bool

    def holds(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return not (self.valid_from and on < self.valid_from) and not self.superseded(on)

    def superseded(self, on: date) -> bool:
        """Whether its last day is past."""
        return self.valid_until is not None and on > self.valid_until

    def keeps(self, value: float) -> bool:
        """Whether the value lies within."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


class Level(NamedTuple):
    """One alarm level of a station, in metres above the station's own datum."""

    metres: float
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A hydrological station with its three alarm levels, lowest first."""

    key: str
    name: str
    river: str
    levels: tuple[Level, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of `bands.toml`; what it does not have is empty.

    Attributes:
        bands: ascending; those of an index by its value, those of QCVN 08 and of floods by rank.
        limits: in the file's order, all of them, also those that hold no more.
    """

    key: str
    source: Source
    unit: str
    bands: tuple[Band, ...]
    curves: Mapping[str, Curve]
    limits: tuple[Limit, ...]
    stations: Mapping[str, Station]

    def band(self, value: float) -> Band:
        """The class of a value; below the first one it is the first."""
        begun = bisect_right(self.bands, (value, False), key=lambda band: (band.low, band.open))
        return self.bands[max(begun - 1, 0)]

    def limit(self, parameter: str, period: str = "", where: str = "", *, on: date) -> Limit | None:
        """The limit in force on that day; else the last one that was, if its successor is not known; else None."""
        rows = [row for row in self.limits if (row.parameter, row.period, row.where) == (parameter, period, where)]
        held = [row for row in rows if row.holds(on) or row.superseded(on)]
        return max(held, key=lambda row: row.valid_from or date.min, default=None)


@cache
def tables() -> Mapping[str, Table]:
    """Every table by its key, read once."""
    text = files("decoders").joinpath("bands.toml").read_text("utf-8")
    return MappingProxyType({key: _table(key, row) for key, row in tomllib.loads(text).items()})


def table(key: str) -> Table:
    """One table.

    Raises:
        KeyError: there is none by that key; the keys are those of `bands.toml`.
    """
    return tables()[key]


def _table(key: str, row: dict[str, Any]) -> Table:
    source = Source(
        name=Label(**row["name"]),
        text=row["source"],
        valid_from=row.get("valid_from"),
        valid_until=row.get("valid_until"),
        verified=row["verified"],
        note=row.get("note", ""),
    )
    return Table(
        key=key,
        source=source,
        unit=row["unit"],
        bands=tuple(map(_band, row.get("bands", ()))),
        curves=MappingProxyType({name: _curve(curve) for name, curve in row.get("curves", {}).items()}),
        limits=tuple(_limit(limit, source) for limit in row.get("limits", ())),
        stations=MappingProxyType({name: _station(name, one) for name, one in row.get("stations", {}).items()}),
    )


def _band(row: dict[str, Any]) -> Band:
    effect = row.get("effect")
    return Band(
        key=row["key"],
        label=Label(row["vi"], row["en"]),
        low=float(row["above"] if "above" in row else row["from"]),
        open="above" in row,
        colour="#{:02x}{:02x}{:02x}".format(*row["colour"]),
        effect=Label(**effect) if effect else None,
    )


def _curve(row: list[Any] | dict[str, Any]) -> Curve:
    given: dict[str, Any] = row if isinstance(row, dict) else {"points": row}
    points = tuple(Point(_decimal(at), _decimal(value)) for at, value in given["points"])
    under, over = given.get("under", points[0].value), given.get("over", points[-1].value)
    return Curve(points, _decimal(under), _decimal(over))


def _decimal(number: float | Decimal) -> Decimal:
    return Decimal(str(number))  # as it is printed in the file, not the binary fraction beside it


def _limit(row: dict[str, Any], source: Source) -> Limit:
    low, high = row.get("low"), row.get("high")
    return Limit(
        parameter=row["parameter"],
        period=row.get("period", ""),
        where=row.get("where", ""),
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        valid_from=row.get("valid_from", source.valid_from),
        valid_until=row.get("valid_until", source.valid_until),
        verified=source.verified and row.get("verified", True),
    )


def _station(key: str, row: dict[str, Any]) -> Station:
    levels = tuple(
        Level(float(metres), verified) for metres, verified in zip(row["levels"], row["verified"], strict=True)
    )
    return Station(key=key, name=row["name"], river=row["river"], levels=levels, note=row.get("note", ""))
