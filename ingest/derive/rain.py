"""How much it rained since the last report, and how hard. Pure.

What fell over more than an hour is doubtful: the sum is right, and when it fell nobody knows.
"""

from __future__ import annotations

from decoders.quantities import QUANTITIES
from ingest.derive.cause import Cause
from ingest.derive.counters import counter, rate_and_amount_of, rate_of_amounts

_GAUGE = counter("rain_total", "rain", QUANTITIES["rain_rate"].possible.high)

DERIVATIONS = (
    rate_and_amount_of(_GAUGE, "rain_rate", gap=int(Cause.GAP)),
    rate_of_amounts(_GAUGE, "rain_rate"),
)
