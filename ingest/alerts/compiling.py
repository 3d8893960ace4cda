"""From a rule as it is written to the rule that is watched: what is looked at, when it is too much, and where.

A message goes on after the rule's name: "has quantity ..., which ...; write ...".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from decoders.catalog import UnknownModel, find
from decoders.quantities import QUANTITIES, Label
from ingest.alerts import fields, rule
from ingest.alerts.levels import Found, look_up
from ingest.alerts.plain import SECOND
from ingest.alerts.rule_table import FromTable, Seconds
from ingest.config.alerts import minutes
from ingest.errors import CityloraError
from ingest.registry import wards

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ingest.alerts.fields import Known
    from ingest.alerts.rule_table import RuleTable, Threshold

_DEV_EUI = re.compile(r"[0-9a-f]{16}")
_MODEL = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")

_PER = {"minute": (60, "/min"), "hour": (3600, "/h"), "day": (86_400, "/d")}
_SPAN = 3600
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = {"weekdays": _WEEK[:5], "weekend": _WEEK[5:]}

AGED = 3 * 3_600_000_000_000
"""ns: see `_forget`."""

AIRTIME = ("radio", "airtime")
"""Of which the duty cycle is the share of time."""


def rule_of(written: RuleTable, on: date) -> rule.Rule:
    """The rule.

    Args:
        written: as it stands in a file.
        on: the day, by which limits are in force or not.

    Raises:
        ValueError: something in it does not fit; the message goes on after the rule's id.
    """
    field = _field(written)
    signal, unit = _signal(written, field)
    found = _look_up(written, field, on)
    number = found.number if isinstance(found, Found) else found
    source, level, verified = (
        (found.source, found.level, found.verified) if isinstance(found, Found) else (None, None, True)
    )
    return rule.Rule(
        id=written.id,
        title=Label(written.title.vi, written.title.en),
        severity=rule.Severity[written.severity.upper()],
        signal=signal,
        trigger=_trigger(written, number, unit, field),
        where=where(written),
        unit=unit,
        source=Label(written.source.vi, written.source.en) if written.source else source,
        verified=written.verified and verified,
        level=level,
        departments=frozenset(written.departments),
        forget=_forget(signal, field) if written.forget is None else written.forget * SECOND,
    )


def _forget(signal: rule.Signal, field: Known | None) -> int:
    """After how long without a value nothing is known, ns: what is worked out of values that have aged is not, either.

    Not sooner than three hours, since some devices report so seldom; of roll-ups a value is as good as a day's.
    """
    if field is not None and field.rows == "reading" and isinstance(signal, rule.Rate | rule.Aggregate):
        return min(rule.FORGET, max(signal.span, AGED))
    return rule.FORGET


def where(written: RuleTable) -> rule.Where:
    """Of whom it is, as the rows have it."""
    return rule.Where(
        wards=ward_names(written.wards),
        sites=frozenset(written.sites),
        models=frozenset(map(_model, written.models)),
        devices=frozenset(map(_device, written.devices)),
    )


def ward_names(texts: Iterable[str]) -> frozenset[str]:
    """The `ward` tags that are meant.

    Raises:
        ValueError: there is no such ward.
    """
    found = set()
    for text in texts:
        try:
            found.add(wards.find(text).name)
        except CityloraError as exc:
            raise ValueError(f"has wards, of which {exc}; {exc.hint}") from exc
    return frozenset(found)


def _model(text: str) -> str:
    try:
        return find(text).key
    except UnknownModel as exc:
        if _MODEL.fullmatch(text):  # a decoder or a mapping of the city's own
            return text
        raise ValueError(f"has models, of which {exc}; `citylora models` lists them all") from exc


def _device(text: str) -> str:
    plain = text.lower().replace("-", "").replace(":", "")
    if not _DEV_EUI.fullmatch(plain):
        raise ValueError(f'has devices, of which "{text}" is no DevEUI; write 16 digits and letters from 0 to f')
    return plain


def _field(written: RuleTable) -> Known | None:
    if written.quantity is None:
        return None
    try:
        return fields.find(written.quantity, written.rows)
    except ValueError as exc:
        raise ValueError(f'has quantity = "{written.quantity}", which {exc}') from exc


def _signal(written: RuleTable, field: Known | None) -> tuple[rule.Signal, str]:
    """What is looked at, and its unit."""
    if field is None:
        return _watched(written)
    kind = "rate" if written.rate else "total" if written.total else "minus" if written.minus else "plain"
    kind = "aggregate" if written.aggregate else kind
    _suits(kind, field)
    one = rule.Field(field.measurement, field.name, _by(written, field, kind))
    if written.rate is not None:
        size, word = _PER[written.per]
        return rule.Rate(one, written.rate * SECOND, size * SECOND), f"{field.unit}{word}"
    if written.total is not None:
        return rule.Total(one, written.total * SECOND), field.unit
    if written.minus is not None:
        return _difference(written, one), field.unit
    if written.aggregate is not None:
        return _aggregate(written, one, field)
    return one, field.unit


def _watched(written: RuleTable) -> tuple[rule.Signal, str]:
    span = (written.span or _SPAN) * SECOND
    if written.watch == "silence":
        least = 900 if written.after is None else written.after
        return rule.Silence((written.interval or 0) * SECOND, least * SECOND), ""
    if written.watch == "gateway_silence":
        return rule.GatewaySilence(), "s"
    if written.watch == "codec_errors":
        return rule.Errors(span), ""
    if written.watch == "duty_cycle":
        airtime = rule.Field(*AIRTIME, by="device")
        return rule.Total(airtime, span, scale=100e6 / span), "%"  # of ms
    if written.watch in ("lag", "disk", "failing", "stalled"):
        return rule.Health(written.watch), "%" if written.watch == "disk" else "s"
    raise ValueError("has no watch")


def _suits(kind: str, field: Known) -> None:
    """Refuse what would be a number without a meaning."""
    if field.kind == "counter" and kind != "rate":
        amount = _amount(field.name)
        instead = f', or take what passes: quantity = "{amount}", total = "1h"' if amount else ""
        raise ValueError(f'has {field.name}, a counter, which only grows; add rate = "1h"{instead}')
    sums = field.kind == "event_count" or field.name.endswith(("_total", "_count"))
    if kind == "total" and not sums:
        raise ValueError(f"has a total of {field.name}, a level, of which a sum means nothing; take total out")
    if kind == "rate" and field.kind not in ("gauge", "counter"):
        remedy = 'write total = "1h"' if sums else "take rate out"
        raise ValueError(f"has a rate of {field.name}, which does not grow or fall steadily; {remedy}")


def _amount(counter: str) -> str:
    """What is derived of a counter: the amount between two reports."""
    from ingest.derive.catalogue import DERIVATIONS  # noqa: PLC0415  (only for a message)

    found = [name for one in DERIVATIONS if counter in one.needs for name in one.gives]
    return next((name for name in found if QUANTITIES[name].kind == "event_count"), "")


def _by(written: RuleTable, field: Known, kind: str) -> Literal["site", "device"]:
    """Whose values are held against each other: where several count, a neighbour's are not to come between."""
    if field.rows != "reading" and written.by == "device":
        raise ValueError(f'has by = "device", but {field.name} is of a site; take by out')
    if field.measurement == "radio" and written.by == "site":
        raise ValueError(f'has by = "site", but {field.name} is of a device; take by out')
    several = kind == "plain" and field.rows == "reading" and (written.for_ or written.of)
    return written.by or ("device" if field.of_device or several else "site")


def _difference(written: RuleTable, one: rule.Field) -> rule.Difference:
    if len(written.sites) != 1 or written.sites[0] == written.minus:
        raise ValueError(f'has minus = "{written.minus}"; add sites = ["..."] with the one other site')
    return rule.Difference(one, written.sites[0], str(written.minus), (written.span or _SPAN) * SECOND)


def _aggregate(written: RuleTable, one: rule.Field, field: Known) -> tuple[rule.Signal, str]:
    function = written.aggregate
    if (function == "share") != (written.level is not None):
        raise ValueError('has one of aggregate = "share" and level without the other; write both or none')
    unit = {"share": "%", "count": ""}.get(str(function), field.unit)
    span, level = (written.span or _SPAN) * SECOND, written.level or 0.0
    return rule.Aggregate(one, function or "mean", span, written.members, written.over, level), unit


def _look_up(written: RuleTable, field: Known | None, on: date) -> Found | float:
    """The threshold, wherever it stands."""
    given: Threshold | None = written.above if written.above is not None else written.below
    name = "above" if written.above is not None else "below"
    if not isinstance(given, FromTable):
        return float(given or 0.0)
    if field is None:
        raise ValueError(f"has {name} from a table, but looks at no quantity; write a number")
    try:
        return look_up(given, field, on)
    except ValueError as exc:
        raise ValueError(f"has {name}, which {exc}") from exc


def _trigger(written: RuleTable, threshold: float, unit: str, field: Known | None) -> rule.Trigger:
    given = written.above if written.above is not None else written.below
    is_high = written.above is not None
    for one in (given, written.clear, written.margin):
        if isinstance(one, Seconds) and unit != "s":
            raise ValueError(f"has a time as its threshold, but is in {unit or 'plain numbers'}; write a number")
    _can_be(written, threshold, field)
    n, of = written.of or (1, 1)
    return rule.Trigger(
        above=threshold if is_high else None,
        below=None if is_high else threshold,
        clear=_clear(written, threshold, is_high=is_high),
        hold=(written.for_ or 0) * SECOND,
        n=n,
        of=of,
        settle=written.settle * SECOND,
        hours=(minutes(written.between[0]), minutes(written.between[1])) if written.between else None,
        days=frozenset(_WEEK.index(one) for day in written.days for one in _DAYS.get(day, (day,))),
    )


def _clear(written: RuleTable, threshold: float, *, is_high: bool) -> float:
    if written.clear is None:
        margin = written.margin or 0.0
        clear = float(f"{threshold - margin if is_high else threshold + margin:.12g}")  # 0.15, and no residue behind it
        return min(clear, threshold) if is_high else max(clear, threshold)
    clear = float(written.clear)
    if (clear > threshold) if is_high else (clear < threshold):
        side = "above" if is_high else "below"
        raise ValueError(f"has clear = {clear:g} on the wrong side of {side} = {threshold:g}; correct one of them")
    return clear


def _can_be(written: RuleTable, threshold: float, field: Known | None) -> None:
    """Refuse a threshold that no value ever reaches: mostly it is meant in another unit."""
    quantity = QUANTITIES.get(field.name) if field is not None and field.rows == "reading" else None
    if (
        quantity is None
        or written.rate
        or written.total
        or written.minus
        or written.aggregate in ("sum", "count", "share")
    ):
        return
    if threshold not in quantity.possible:
        low, high = quantity.possible
        unit = f" {quantity.unit}" if quantity.unit else ""
        raise ValueError(
            f"has {threshold:g} as its threshold, but {quantity.name} is from {low:g} to {high:g}{unit}; correct it"
        )
