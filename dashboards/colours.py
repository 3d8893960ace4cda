"""Few colours, each with one meaning, and the steps and words that go with a value.

Grey: nothing is known. Green, yellow, orange, red: good, attention, warning, danger. Indices have the colours that
their decrees give them (`decoders.bands`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grafana_foundation_sdk.models.dashboard import (
    FieldColorModeId,
    Threshold,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from decoders.bands import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from dashboards.texts import Words

UNKNOWN, GOOD, ATTENTION, WARNING, DANGER = "#7f8489", "#2f9e55", "#e3b505", "#f07d1a", "#d92638"
PLAIN = "#3d7fc4"
"""A value without a judgement."""

LINES = FieldColorModeId.PALETTE_CLASSIC_BY_NAME
"""Curves of several places: a place keeps its colour from panel to panel."""


class Step(NamedTuple):
    """From this value on (None: from below all others) this colour holds."""

    value: float | None
    colour: str


class Code(NamedTuple):
    """What a number stands for."""

    number: int
    text: str
    colour: str


def steps(first: str, *others: tuple[float, str]) -> tuple[Step, ...]:
    """`first` holds below all others, which ascend."""
    return (Step(None, first), *(Step(value, colour) for value, colour in others))


def of_bands(name: str) -> tuple[Step, ...]:
    """The classes of a table, by value."""
    return tuple(Step(band.low if place else None, band.colour) for place, band in enumerate(table(name).bands))


def of_classes(name: str) -> tuple[Step, ...]:
    """The classes of a table, by their place in it."""
    return tuple(Step(place or None, band.colour) for place, band in enumerate(table(name).bands))


def of_limit(name: str, parameter: str, period: str, on: date, where: str = "") -> tuple[Step, ...]:
    """Good up to the limit that is in force on that day, danger above; plain where there is none."""
    limit = table(name).limit(parameter, period, where, on=on)
    if limit is None or limit.high is None:
        return (Step(None, PLAIN),)
    return steps(GOOD, (limit.high, DANGER))


def thresholds(found: Sequence[Step]) -> list[Threshold]:
    """As Grafana has them."""
    return [Threshold(value=step.value, color=step.colour) for step in found]


def mapped(codes: Iterable[Code]) -> list[ValueMapping]:
    """Words instead of numbers."""
    options = {
        str(code.number): ValueMappingResult(text=code.text, color=code.colour, index=place)
        for place, code in enumerate(codes)
    }
    return [ValueMap(options=options)] if options else []


def states(say: Words) -> tuple[Code, ...]:
    """The states of a site, as `station` has them."""
    return (
        Code(0, say("Im lặng", "Silent"), UNKNOWN),
        Code(1, say("Tốt", "Good"), GOOD),
        Code(2, say("Chú ý", "Attention"), ATTENTION),
        Code(3, say("Cảnh báo", "Warning"), WARNING),
        Code(4, say("Nguy hiểm", "Danger"), DANGER),
    )


STATE_STEPS = steps(UNKNOWN, (1, GOOD), (2, ATTENTION), (3, WARNING), (4, DANGER))
"""The same as steps, for what cannot show words."""

ALERT_STEPS = steps("transparent", (1, ATTENTION), (2, WARNING), (3, DANGER))
"""How bad the worst alert of a site is; nothing is seen where none fires."""


def causes(say: Words) -> tuple[Code, ...]:
    """What makes the state of a site."""
    words = (
        ("Không có gì", "Nothing"), ("Mất tín hiệu", "Silent"), ("Lũ trên sông", "River flood"),
        ("Ngập đường", "Street flood"), ("Không khí", "Air"), ("Nắng nóng", "Heat"), ("Mưa", "Rain"),
        ("Số liệu nghi ngờ", "Doubtful values"), ("Pin yếu", "Weak battery"),
    )  # fmt: skip
    return tuple(Code(number, say(*both), UNKNOWN) for number, both in enumerate(words))


def flood_levels(say: Words) -> tuple[Code, ...]:
    """The alarm level that a river has reached."""
    words = (say("Dưới BĐ1", "Below BĐ1"), "BĐ1", "BĐ2", "BĐ3")
    return tuple(map(Code, range(4), words, (GOOD, ATTENTION, WARNING, DANGER)))


def severities(say: Words) -> tuple[Code, ...]:
    """How bad an alert is."""
    words = (say("Thông tin", "Info"), say("Cảnh báo", "Warning"), say("Nguy hiểm", "Danger"))
    return tuple(map(Code, range(1, 4), words, (ATTENTION, WARNING, DANGER)))


def classes(say: Words, name: str) -> tuple[Code, ...]:
    """The classes of a table by their place in it, which is what `<index>_class` holds."""
    bands = table(name).bands
    return tuple(Code(place, say.label(band.label), band.colour) for place, band in enumerate(bands))
