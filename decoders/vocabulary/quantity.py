"""What an entry of the vocabulary is, and how a row of its tables reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decoders.vocabulary.units import Unit

Domain: TypeAlias = Literal["environment", "traffic", "water", "assets", "device"]

Kind: TypeAlias = Literal["gauge", "counter", "state", "event_count"]
"""gauge: a level at a time. counter: a total that grows until it is reset or wraps. state: a code of a closed table.
event_count: how much or how many since the device's previous report; they add up."""


class Range(NamedTuple):
    """Both ends included, in the quantity's unit."""

    low: float
    high: float

    def __contains__(self, value: object) -> bool:
        """Whether a number lies between the ends; not-a-number never does."""
        return isinstance(value, (int, float)) and self.low <= value <= self.high


class Label(NamedTuple):
    """What a person reads."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One entry of the vocabulary.

    Attributes:
        unit: as printed, "µg/m³"; "" where it is a plain number or a state.
        ucum: the unit's code in UCUM (the Unified Code for Units of Measure); "1" where it is a plain number.
        grafana: Grafana's unit id.
        states: of a state: code to label; empty otherwise.
    """

    name: str
    unit: str
    ucum: str
    grafana: str
    domain: Domain
    kind: Kind
    plausible: Range
    possible: Range
    label: Label
    source: str
    states: Mapping[int, Label] = field(default_factory=lambda: MappingProxyType({}))


def row(  # noqa: PLR0917  (a table row reads by position)
    name: str,
    unit: Unit,
    domain: Domain,
    kind: Kind,
    plausible: tuple[float, float],
    possible: tuple[float, float],
    vi: str,
    en: str,
    source: str,
    states: Mapping[int, Label] | None = None,
) -> Quantity:
    """One row of a table."""
    return Quantity(
        name=name,
        unit=unit.printed,
        ucum=unit.ucum,
        grafana=unit.grafana,
        domain=domain,
        kind=kind,
        plausible=Range(*plausible),
        possible=Range(*possible),
        label=Label(vi, en),
        source=source,
        states=MappingProxyType(dict(states or {})),
    )
