"""A report as lines for a person, which have no language yet. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from decoders.quantities import QUANTITIES
from ingest.i18n import Said, said
from ingest.onboarding.check import content, radio
from ingest.onboarding.check.content import label
from ingest.onboarding.check.remark import Both

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from decoders.base import Reading
    from ingest.onboarding.check.remark import Remark
    from ingest.onboarding.check.verdict import Report

Kind: TypeAlias = Literal["figure", "fail", "warn", "note", "do"]

MOST_VALUES = 12
"""Values of an uplink that are shown; a data logger sends hundreds."""


class Line(NamedTuple):
    """A line, and what it is: a figure, a remark of some level, or what to do about the remark before it."""

    kind: Kind
    said: Said


def lines(report: Report) -> list[Line]:
    """What is told of a device below its verdict: the figures, and every remark with its remedy."""
    return [*(Line("figure", one) for one in _figures(report)), *of_remarks(report.remarks)]


def of_remarks(remarks: Iterable[Remark]) -> Iterator[Line]:
    """Each with what to do about it."""
    for one in remarks:
        yield Line(one.level, one.said)
        if one.remedy is not None:
            yield Line("do", one.remedy)


def _figures(report: Report) -> Iterator[Said]:
    evidence = report.evidence
    for one in radio.margins(evidence):
        figures = {"snr": f"{one.snr:.1f}", "floor": f"{one.floor:.1f}", "margin": f"{one.margin:.1f}"}
        yield said("check.line_margin", sf=one.spreading_factor, uplinks=one.uplinks, **figures)
    for hearer in radio.hearers(evidence):
        yield _gateway(hearer)
    yield from _air(radio.air(evidence))
    last = next((one.understood for one in reversed(evidence.uplinks) if one.understood.readings), None)
    level, external = content.battery(evidence)
    if external:
        yield said("check.line_external")
    elif level is not None and not (last and any(one.quantity == "battery" for one in last.readings)):
        yield said("check.line_battery", percent=f"{level:.0f}")
    for reading in last.readings[:MOST_VALUES] if last else ():
        yield _value(reading)
    if last and len(last.readings) > MOST_VALUES:
        yield said("check.line_more", count=len(last.readings) - MOST_VALUES)


def _value(reading: Reading) -> Said:
    """A state by its word, not its code; a channel only where the device has several."""
    quantity = QUANTITIES[reading.quantity]
    state = quantity.states.get(int(reading.value))
    value = f"{reading.value:.10g}" if state is None else Both(state.vi, state.en)
    values = {"quantity": label(reading.quantity), "value": value, "unit": quantity.unit}
    if reading.channel:
        return said("check.line_value_on", channel=reading.channel, **values)
    return said("check.line_value", **values)


def _gateway(one: radio.Hearer) -> Said:
    values = {
        "gateway": one.name or one.id,
        "rssi": f"{one.rssi:.0f}",
        "snr": "-" if one.snr is None else f"{one.snr:.1f}",
    }
    if one.distance is None:
        return said("check.line_gateway", **values)
    return said("check.line_gateway_at", distance=f"{one.distance:.1f}", **values)


def _air(spent: radio.Air | None) -> Iterator[Said]:
    if spent is None:
        return
    if spent.duty is None:
        yield said("check.line_airtime", airtime=round(spent.longest))
    elif spent.limit is None:
        yield said("check.line_duty", airtime=round(spent.longest), duty=f"{spent.duty:.3f}")
    else:
        limit = f"{spent.limit:g}"
        yield said("check.line_duty_of", airtime=round(spent.longest), duty=f"{spent.duty:.3f}", limit=limit)
