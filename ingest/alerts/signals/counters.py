"""Which fields count up for ever: their differences mean something, they themselves do not."""

from __future__ import annotations

from decoders.quantities import QUANTITIES

COUNTERS = frozenset(name for name, quantity in QUANTITIES.items() if quantity.kind == "counter")
