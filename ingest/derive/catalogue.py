"""Every derived quantity, each after those that it rests on."""

from __future__ import annotations

from functools import cache

from ingest.derive import air, counters, level, parking, rain, traffic

DERIVATIONS = (
    *level.DERIVATIONS,
    *rain.DERIVATIONS,
    *traffic.DERIVATIONS,
    *counters.DERIVATIONS,
    *air.DERIVATIONS,
    *parking.DERIVATIONS,
)
"""In the order in which they are computed; of two that give the same quantity the first that applies is.

One that looks back applies only to what is measured: of what is derived nothing is remembered.
"""

DERIVED = frozenset(gives for one in DERIVATIONS for gives in one.gives)
"""Every quantity that some place may have derived; where a device measures it, it is that device's."""


@cache
def following(quantity: str) -> frozenset[str]:
    """What is derived from a quantity, also by way of others."""
    found = {quantity}
    for _ in DERIVATIONS:  # no chain is longer than all of them
        for one in DERIVATIONS:
            if found.intersection((*one.needs, *one.uses)):
                found.update(one.gives)
    return frozenset(found - {quantity})
