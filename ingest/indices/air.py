"""What the indices of air share: sub-indices from a table's curves, and the highest of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ingest.indices.exact import half_up, interpolate, known, mean
from ingest.indices.result import Index, NoIndex, Part, Why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from decoders.bands import Table
    from ingest.indices.exact import Line, Ratio

PARTICLES = ("pm2_5", "pm10")
DAY_HOURS = 24

COVERAGE = 0.75
"""The share of its hours that a mean or a day needs. Ours, as is usual: Decision 1459 asks for none."""


def part(line: Line, parameter: str, basis: str, concentration: Ratio) -> Part:
    """The sub-index of one concentration."""
    index = interpolate(line, concentration)
    return Part(
        parameter=parameter,
        basis=basis,
        concentration=float(concentration),
        index=float(index),
        value=half_up(index),
    )


def highest(table: Table, method: str, parts: Sequence[Part], absent: Mapping[str, Why]) -> Index | NoIndex:
    """The index of sub-indices, of which one must be of PM2.5 or PM10; of equals the first is the dominant one."""
    ordered = tuple(sorted(parts, key=lambda one: -one.index))
    source = table.source
    if not any(one.parameter in PARTICLES for one in ordered):
        why = Why.NO_PARTICLES if ordered else _common(absent)
        return NoIndex(
            method=method, why=why, source=source, verified=source.verified, parts=ordered, absent=dict(absent)
        )
    return Index(
        method=method,
        value=ordered[0].value,
        band=table.band(ordered[0].value),
        dominant=ordered[0].parameter,
        parts=ordered,
        source=source,
        verified=source.verified,
        absent=dict(absent),
    )


def enough(hours: Sequence[int | None], span: int, coverage: float) -> list[int] | Why:
    """The values of these hours (`exacts`), or why they are too few for a span of so many."""
    values = known(hours)
    if not values:
        return Why.NO_DATA
    return values if len(values) >= math.ceil(span * coverage) else Why.TOO_FEW_HOURS


def day_mean(hours: Sequence[int | None], coverage: float) -> Ratio | Why:
    """The mean of the last 24 hours (`exacts`)."""
    values = enough(hours[-DAY_HOURS:], DAY_HOURS, coverage)
    return values if isinstance(values, Why) else mean(values)


def _common(absent: Mapping[str, Why]) -> Why:
    """Why nothing at all could be had: too few hours, if there were any."""
    return Why.TOO_FEW_HOURS if Why.TOO_FEW_HOURS in absent.values() else Why.NO_DATA
