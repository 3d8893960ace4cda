"""`[quality]`: what is asked of a quantity's values before they are believed, where the city asks otherwise."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from decoders.quantities import QUANTITIES
from ingest.config.base import Duration, Section, Text
from ingest.config.errors import suggestion
from ingest.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECOND = 1_000_000_000
_ROUND = frozenset({"wind_direction", "compass_heading"})
"""Directions: from 359 to 1 is no jump."""


def _distance(value: object) -> object:
    if value is False or (isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < inf):
        return value
    raise ValueError("is no distance; write a number above 0, or false to switch it off")


def _pause(value: Any) -> object:
    return value if value is False else parse_duration(value)


class QuantityRule(Section):
    """What is asked of one quantity; what is left out stays as docs/quality.md has it."""

    low: Annotated[float | None, Field(allow_inf_nan=False)] = None
    """The least plausible value, in the quantity's unit: below it is `implausible`."""
    high: Annotated[float | None, Field(allow_inf_nan=False)] = None
    """The greatest."""
    spike: Annotated[float | Literal[False] | None, BeforeValidator(_distance)] = None
    """How far it can jump within an hour, in its unit; after a longer pause as many times as far. Further is a `spike`.
    false: it may."""
    stuck: Annotated[int | Literal[False] | None, BeforeValidator(_pause)] = None
    """After how long the very same value is `stuck`. false: it may stay."""
    late: Annotated[Duration | None, Field(ge=60)] = None
    """How long after its own time a value may come; later is `late`."""
    clock: bool | None = None
    """Whether it is doubted where no clock near the device could be believed."""
    interval: Annotated[Duration | None, Field(ge=60)] = None
    """How often it is due: what the coverage of an hour and a day is counted by."""
    drift: Annotated[float | Literal[False] | None, BeforeValidator(_distance)] = None
    """How far it can be from what its neighbours say, in its unit. false: it may differ."""

    def changes(self) -> dict[str, Any]:
        """The fields of `ingest.derive.rules.Rule` that it sets: times in ns, None for what is switched off."""
        found = {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}
        for name in {"stuck", "late", "interval"} & found.keys():
            found[name] *= _SECOND
        for name in {"spike", "stuck", "drift"} & found.keys():
            found[name] = found[name] or None
        return found


class Quality(Section):
    """What is asked of values before they are believed."""

    rules: Annotated[
        dict[str, QuantityRule], Field(examples=[{"air_temperature": {"low": 10, "spike": 8, "stuck": "12h"}}])
    ] = Field(default_factory=dict)
    """What is asked of a quantity everywhere; docs/quality.md has what holds otherwise. Changes at SIGHUP."""
    sites: Annotated[
        dict[Text, dict[str, QuantityRule]],
        Field(examples=[{"han-bridge": {"distance": {"spike": 1500, "stuck": "6h", "interval": "5m"}}}]),
    ] = Field(default_factory=dict)
    """The same for one site, by its id: what stands here wins. The keys are those of [quality.rules]. Changes at
    SIGHUP."""

    @field_validator("rules")
    @classmethod
    def _can_be_asked(cls, value: dict[str, QuantityRule]) -> dict[str, QuantityRule]:
        for name, rule in value.items():
            _check(f'"{name}"', name, rule, {})
        return value

    @field_validator("sites")
    @classmethod
    def _can_be_asked_there(
        cls, value: dict[str, dict[str, QuantityRule]], info: ValidationInfo
    ) -> dict[str, dict[str, QuantityRule]]:
        everywhere: Mapping[str, QuantityRule] = info.data.get("rules", {})
        for site, rules in value.items():
            for name, rule in rules.items():
                usual = everywhere[name].changes() if name in everywhere else {}
                _check(f'for "{site}" "{name}"', name, rule, usual)
        return value


def _check(where: str, name: str, rule: QuantityRule, usual: Mapping[str, Any]) -> None:
    """Refuse what cannot be asked of a quantity; `usual` is what is asked of it where `rule` does not say."""
    quantity = QUANTITIES.get(name)
    if quantity is None:
        raise ValueError(f"has {where}, which is no quantity; {suggestion(name, list(QUANTITIES))}")
    for key in ("spike", "stuck", "drift"):
        if not getattr(rule, key):
            continue
        if quantity.kind != "gauge":
            raise ValueError(
                f"has {where} with {key}: that is no gauge ({quantity.kind}), it jumps and rests; take it out"
            )
        if name in _ROUND and key != "stuck":
            raise ValueError(f"has {where} with {key}: that goes round in a circle; take it out")
    asked = {**quantity.plausible._asdict(), **usual, **rule.changes()}
    if asked["low"] >= asked["high"]:
        raise ValueError(f"has {where} with low {asked['low']:g} and high {asked['high']:g}: correct one of them")
