"""What an index comes to, and why there is none.

Whatever cannot be computed is absent with a reason, never a number that stands for less than its method asks for. Each
result carries its table's source, and `verified` says whether all that went into it is: who shows the value shows that.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decoders.bands import Band, Language, Limit, Source


class Why(StrEnum):
    """Why something is absent; the word is what is stored and shown."""

    NO_DATA = "no_data"
    """No value at all, or none that is possible: not finite, or below zero where that cannot be."""
    TOO_FEW_HOURS = "too_few_hours"
    """Hours are there, but fewer than the mean needs."""
    NO_PARTICLES = "no_particles"
    """Neither PM10 nor PM2.5 could be had, and the index may not be given without."""
    TOO_FEW_GROUPS = "too_few_groups"
    """A water index lacks the groups of parameters that it needs."""
    NO_TABLE = "no_table"
    """No table has it: another parameter, period or station, or a day before the table."""
    OUT_OF_RANGE = "out_of_range"
    """The formula is not meant for such a value."""
    UNDECIDABLE = "undecidable"
    """The table asks for something that is not measured."""


class Part(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A sub-index.

    Attributes:
        parameter: the pollutant or the parameter of water.
        basis: what the concentration is: "1h", "8h", "24h", "nowcast", or "sample".
        concentration: what was looked up, in the table's unit.
        index: not rounded.
        value: rounded half up.
    """

    parameter: str
    basis: str
    concentration: float
    index: float
    value: int


class Index(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An index of several parameters.

    Attributes:
        method: how it was computed, in one word for storage: "vn_aqi_1h", "vn_aqi_24h", "epa_nowcast", ...
        dominant: the parameter that makes the value; "" where none does (a water index is a product).
        parts: every sub-index that went in, the worst first.
        absent: parameters that were asked for and could not be used, and why.
    """

    method: str
    value: int
    band: Band
    dominant: str
    parts: tuple[Part, ...]
    source: Source
    verified: bool
    absent: Mapping[str, Why] = MappingProxyType({})


class NoIndex(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """There is no value, and why; `parts` and `absent` as of `Index`, for what can be said all the same."""

    method: str
    why: Why
    source: Source
    verified: bool
    parts: tuple[Part, ...] = ()
    absent: Mapping[str, Why] = MappingProxyType({})


class Classed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A value and its class, where the value is itself what is measured: rain, heat."""

    value: float
    band: Band
    source: Source
    verified: bool


class Judged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A value held against a limit.

    Attributes:
        exceeded: it lies outside; a value at the limit keeps it.
        superseded: the limit is in force no more on that day, and what replaced it is not known.
    """

    value: float
    limit: Limit
    exceeded: bool
    superseded: bool
    source: Source
    verified: bool


class NoClass(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Neither class nor judgement, and why."""

    why: Why
    source: Source


def caption(result: Index | NoIndex | Classed | Judged, language: Language) -> str:
    """The source as it stands beside the value, saying so where it is unverified."""
    return result.source.shown(language, verified=result.verified)
