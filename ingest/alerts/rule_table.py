"""`[[rule]]`: how a rule is written, and what may stand beside what. What its words mean is `compiling`'s.

docs/alerts.md explains every key.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

from ingest.alerts.trigger import MOST as MOST_VALUES
from ingest.config.alerts import Clock, Names, SeverityName
from ingest.config.base import Duration, Section, Text
from ingest.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 366 * 86_400
"""Seconds that a rule may look back, at most."""

LEAST_FORGET = 60
"""Seconds: what is late by less than this has not been lost."""

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}(/[a-z0-9][a-z0-9_-]{0,63})?")

_BETWEEN = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)\s*-\s*((?:[01]\d|2[0-3]):[0-5]\d|24:00)")
_OF = re.compile(r"(\d{1,4}) of (\d{1,4})")

_EXAMPLES = '{ table = "vn_aqi", band = "poor" } or { table = "qcvn_05", parameter = "pm2_5", period = "24h" }'


class FromTable(Section):
    """A number that stands in a table of limits and classes (decoders/bands.toml) already."""

    table: Text
    band: Text | None = None
    parameter: Text | None = None
    period: str = ""
    where: str = ""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.band is None) == (self.parameter is None):
            raise ValueError("needs one of band and parameter")
        return self


class Seconds(float):
    """A threshold that was written as a time."""


Threshold: TypeAlias = float | FromTable


def _threshold(value: object) -> Threshold:
    if isinstance(value, str):
        return Seconds(parse_duration(value))
    if not isinstance(value, dict):
        return _number(value)
    try:
        return FromTable(**value)
    except (ValidationError, TypeError) as exc:  # of its keys
        raise ValueError(f"names no number of a table; write {_EXAMPLES}") from exc


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError("is no number; write one")
    return float(value)


def _cleared(value: object) -> float:
    found = _threshold(value)
    if isinstance(found, FromTable):
        raise ValueError("is no number; write one, or margin = how far beyond the threshold it is over")  # noqa: TRY004
    return found


def _distance(value: object) -> float:
    found = _threshold(value)
    if isinstance(found, FromTable) or found < 0:
        raise ValueError("is no distance; write a number from 0 on: how far beyond the threshold it is over")
    return found


def _of(text: object) -> tuple[int, int]:
    matched = _OF.fullmatch(text) if isinstance(text, str) else None
    if matched is None or not 1 <= int(matched[1]) <= int(matched[2]) <= MOST_VALUES:
        raise ValueError(f'is no part of the last values; write such as "3 of 5", {MOST_VALUES} at most')
    return int(matched[1]), int(matched[2])


def _forgotten(text: object) -> int:
    """Seconds; 0 for `never`."""
    if text == "never":
        return 0
    found = parse_duration(text) if isinstance(text, str | int) and not isinstance(text, bool) else 0
    if not LEAST_FORGET <= found <= MOST:
        raise ValueError('is no time after which nothing is known any more; write one from 1m on, or "never"')
    return found


def _between(text: object) -> tuple[str, str]:
    matched = _BETWEEN.fullmatch(text) if isinstance(text, str) else None
    if matched is None or matched[1] == matched[2]:
        raise ValueError('is no part of the day; write two times, such as "22:00-05:00"')
    return matched[1], "00:00" if matched[2] == "24:00" else matched[2]


def _known_id(text: str) -> str:
    if not ID.fullmatch(text):
        raise ValueError("is no id; write lower-case letters, digits, - and _, and that of a pack's rule as pack/name")
    return text


def _both(value: object) -> object:
    """One text for both languages."""
    return {"vi": value, "en": value} if isinstance(value, str) else value


Titled = Annotated[Names, BeforeValidator(_both)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "weekdays", "weekend"]
Span = Annotated[Duration, Field(ge=1, le=MOST)]
Number = Annotated[float, PlainValidator(_number)]

Watch = Literal["silence", "gateway_silence", "codec_errors", "duty_cycle", "lag", "disk", "failing", "stalled"]


class RuleTable(Section):
    """One rule as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    id: Annotated[Text, AfterValidator(_known_id)]
    title: Titled
    severity: SeverityName = "warning"

    quantity: Text | None = None
    rows: Literal["reading", "hour", "day", "station"] | None = None
    by: Literal["site", "device"] | None = None
    rate: Span | None = None
    per: Literal["minute", "hour", "day"] = "hour"
    total: Span | None = None
    minus: Text | None = None
    aggregate: Literal["mean", "min", "max", "sum", "count", "share"] | None = None
    level: Number | None = None
    span: Span | None = None
    over: Literal["ward", "all"] = "ward"
    members: Annotated[int, Field(ge=1, le=10_000)] = 1

    watch: Watch | None = None
    interval: Span | None = None
    after: Span | None = None

    above: Annotated[Threshold | None, PlainValidator(_threshold)] = None
    below: Annotated[Threshold | None, PlainValidator(_threshold)] = None
    clear: Annotated[float | None, PlainValidator(_cleared)] = None
    margin: Annotated[float | None, PlainValidator(_distance)] = None
    for_: Annotated[Annotated[Duration, Field(le=MOST)] | None, Field(alias="for")] = None
    of: Annotated[tuple[int, int] | None, PlainValidator(_of)] = None
    settle: Annotated[Duration, Field(le=7 * 86_400)] = 600
    forget: Annotated[int, PlainValidator(_forgotten)] | None = None
    between: Annotated[tuple[Clock, Clock] | None, PlainValidator(_between)] = None
    days: tuple[Day, ...] = ()

    wards: tuple[Text, ...] = ()
    sites: tuple[Text, ...] = ()
    models: tuple[Text, ...] = ()
    devices: tuple[Text, ...] = ()

    source: Titled | None = None
    verified: bool = True
    departments: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _looks_at_one_thing(self) -> Self:
        if (self.quantity is None) == (self.watch is None):
            raise ValueError(
                'needs either quantity or watch; write what is looked at, such as quantity = "water_level", or'
                ' watch = "silence"'
            )
        kinds = [name for name in ("rate", "total", "minus", "aggregate") if getattr(self, name) is not None]
        if self.watch and kinds:
            raise ValueError(f"has {kinds[0]}, which needs a quantity; take it out, or write quantity instead of watch")
        if len(kinds) > 1:
            raise ValueError(f"has {' and '.join(kinds)}, of which one is enough; take the other out")
        _fits(self, self.watch or next(iter(kinds), "quantity"))
        return self

    @model_validator(mode="after")
    def _has_one_threshold(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("needs one of above and below; write the value from which on it is too much")
        if self.clear is not None and self.margin is not None:
            raise ValueError("has clear and margin, which say the same; take one of them out")
        if self.of and self.for_:
            raise ValueError('has for and of; write for = "10m" or of = "3 of 5"')
        return self


def keys() -> list[str]:
    """The keys of a rule as they are written."""
    return [field.alias or name for name, field in RuleTable.model_fields.items()]


_PLACED = ("quantity", "rate", "total", "minus", "aggregate", "silence", "codec_errors", "duty_cycle")
_PLACES = ("wards", "sites", "models", "devices")
_MEASURED = ("quantity", "rate", "total", "minus", "aggregate", "duty_cycle")
_ONLY = {
    "forget": _MEASURED,
    "rows": ("quantity", "rate", "total", "minus", "aggregate"),
    "by": ("quantity", "rate", "total"),
    "per": ("rate",),
    "level": ("aggregate",),
    "span": ("minus", "aggregate", "codec_errors", "duty_cycle"),
    "over": ("aggregate",),
    "members": ("aggregate",),
    "interval": ("silence",),
    "after": ("silence",),
    **dict.fromkeys(_PLACES, _PLACED),
}
"""Keys that mean something beside some others only."""


def _fits(rule: RuleTable, kind: str) -> None:
    for name, kinds in _ONLY.items():
        if name in rule.model_fields_set and kind not in kinds:
            raise ValueError(f"has {name}, which {_said(kind)} does not use; take it out{_instead(kinds)}")


def _instead(kinds: Iterable[str]) -> str:
    named = [f"{one} = ..." for one in kinds if one in {"rate", "minus", "aggregate"}]
    return f", or add {' or '.join(named)}" if len(named) == len(tuple(kinds)) else ""


def _said(kind: str) -> str:
    if kind == "quantity":
        return "a plain quantity"
    return kind if kind in ("rate", "total", "minus", "aggregate") else f'watch = "{kind}"'
