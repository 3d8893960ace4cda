"""Classes A to D of rivers and canals by one parameter (QCVN 08:2023/BTNMT, table 2).

The regulation classes a water by several parameters; a site with two probes has two classes and not one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from decoders.bands import table
from ingest.indices.exact import shaved
from ingest.indices.result import Classed, NoClass, Why

if TYPE_CHECKING:
    from datetime import date

_LIMITED = ("a", "b", "c")  # and d is what keeps none of these


def river_class(parameter: str, value: float | None, *, on: date) -> Classed | NoClass:
    """The class by one parameter.

    Args:
        parameter: `ph bod5 cod toc suspended_solids dissolved_oxygen total_phosphorus total_nitrogen coliform
            heat_resistant_coliform`.
        value: mg/L; pH; coliforms in MPN/100 mL.
        on: the day of the sample.
    """
    rules = table("qcvn_08_rivers")
    limits = [rules.limit(parameter, where=name, on=on) for name in _LIMITED]
    known = [limit for limit in limits if limit is not None]
    if not known:
        return NoClass(why=Why.NO_TABLE, source=rules.source)
    if value is None or not math.isfinite(value) or value < 0:
        return NoClass(why=Why.NO_DATA, source=rules.source)
    rank = next((rank for rank, limit in enumerate(known, start=1) if limit.keeps(shaved(value))), len(known) + 1)
    if rank > len(known) < len(_LIMITED):
        return NoClass(why=Why.UNDECIDABLE, source=rules.source)
    return Classed(
        value=value,
        band=rules.band(rank),
        source=rules.source,
        verified=all(limit.verified for limit in known[:rank]),
    )
