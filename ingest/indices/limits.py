"""Values held against limits: QCVN 05 (air), QCVN 26 (noise), QCVN 08 table 1 (surface water), WHO 2021.

A limit is the one in force on the day of the value. Where that one was replaced by something that we do not know, as
for noise since November 2025, the old one still answers, and the result says that it is superseded and unverified.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from decoders.bands import table
from ingest.indices.exact import shaved
from ingest.indices.result import Judged, NoClass, Why

if TYPE_CHECKING:
    from datetime import date, time

_DAY_BEGINS, _NIGHT_BEGINS = 6, 21  # QCVN 26: day from 6 to 21 o'clock, night from 21 to 6


def judge(
    regulation: str, parameter: str, period: str, value: float | None, *, on: date, where: str = ""
) -> Judged | NoClass:
    """Whether a value keeps its limit.

    Args:
        regulation: a table of `decoders.bands`: `qcvn_05 who_2021 qcvn_26 qcvn_08`.
        parameter: `pm2_5`, `laeq`, `ammonium_n`, ...
        period: what the value is the mean of: "1h", "8h", "24h", "1y"; "" for a sample of water.
        value: in the table's unit; at the limit it keeps it.
        on: the local day of the value.
        where: of noise, "special" (hospitals, schools, temples) or "ordinary".

    Raises:
        KeyError: there is no such regulation.
    """
    rules = table(regulation)
    limit = rules.limit(parameter, period, where, on=on)
    if limit is None:
        return NoClass(why=Why.NO_TABLE, source=rules.source)
    if value is None or not math.isfinite(value):
        return NoClass(why=Why.NO_DATA, source=rules.source)
    superseded = limit.superseded(on)
    return Judged(
        value=value,
        limit=limit,
        exceeded=not limit.keeps(shaved(value)),
        superseded=superseded,
        source=rules.source,
        verified=limit.verified and not superseded,
    )


def noise_hours(at: time) -> str:
    """The period of QCVN 26 that a local time belongs to."""
    return "06-21" if _DAY_BEGINS <= at.hour < _NIGHT_BEGINS else "21-06"
