"""What a rule's numbers are: their kind, their threshold, and how a person reads them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.alerts import texts
from ingest.alerts.payload import Threshold
from ingest.alerts.rule import Aggregate, Difference, Field, GatewaySilence, Health, Rate, Silence, Total

if TYPE_CHECKING:
    from ingest.alerts.alert import Change
    from ingest.alerts.rule import Rule, Signal

_SECOND = 1_000_000_000


def measure(rule: Rule | None) -> tuple[float, str]:
    """By what a rule's numbers are multiplied for a person, and in which unit they are then (`texts.amount`)."""
    if rule is not None and isinstance(rule.signal, Silence):
        return (rule.signal.interval / _SECOND, "s") if rule.signal.interval else (1.0, texts.INTERVALS)
    return 1.0, rule.unit if rule else ""


def silent_for(rule: Rule | None, change: Change) -> float | None:
    """For how long something was not heard by its end, s; None where it is about something else, or not known."""
    factor, unit = measure(rule)
    if rule is None or not isinstance(rule.signal, Silence | GatewaySilence) or unit == texts.INTERVALS:
        return None
    before = (rule.trigger.above or 0.0) * factor  # it opens when so long has passed
    return (change.time - change.opened) / _SECOND + before


def threshold_of(rule: Rule | None) -> Threshold | None:
    """From where on it is too much; None where that is not known."""
    if rule is None:
        return None
    if rule.trigger.above is not None:
        return Threshold("above", rule.trigger.above)
    return None if rule.trigger.below is None else Threshold("below", rule.trigger.below)


def watched(signal: Signal) -> tuple[str, str]:
    """What kind of number it is, and of which quantity; "" where that is of none."""
    kind = str(signal.__struct_config__.tag)
    if isinstance(signal, Field):
        return kind, signal.name
    if isinstance(signal, Rate | Total | Difference | Aggregate):
        return kind, signal.field.name
    return kind, signal.of if isinstance(signal, Health) else ""
