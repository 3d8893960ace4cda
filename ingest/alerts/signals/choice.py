"""Which window a signal has. A new kind that looks at several values is a module beside this one, and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.alerts.rule import Aggregate, Difference, Errors, Rate, Total
from ingest.alerts.signals.aggregate import Newest
from ingest.alerts.signals.difference import Pair
from ingest.alerts.signals.rate import Climb
from ingest.alerts.signals.total import Sum

if TYPE_CHECKING:
    from ingest.alerts.rule import Signal
    from ingest.alerts.signals.window import Window


def window_of(signal: Signal) -> Window | None:
    """An empty window of a signal; None where the samples are its values."""
    match signal:
        case Rate():
            return Climb(signal)
        case Total():
            return Sum(signal.span, signal.scale, signal.field.name)
        case Errors():
            return Sum(signal.span)
        case Difference():
            return Pair(signal)
        case Aggregate():
            return Newest(signal)
        case _:
            return None
