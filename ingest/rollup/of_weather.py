"""What rain and heat of an hour and a day mean. Pure. Of several channels the mean counts."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

from decoders.bands import table
from ingest.indices.air import COVERAGE
from ingest.indices.exact import shaved
from ingest.indices.result import Classed
from ingest.indices.weather import heat_index, hot_day, rain_class
from ingest.rollup import codes, means

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.rollup.summary import Summary

RAIN_SPANS = (1, 3, 12, 24)
"""Hours that amounts of rain are given for: 100 mm in 3 hours is what bulletins warn of, 12 and 24 have classes."""

_CLASSED = (12, 24)
HEAT = frozenset({"heat_index", "air_temperature"})


def rain(
    amounts: Sequence[float | None], spans: Sequence[int] = RAIN_SPANS, *, doubtful: bool
) -> Iterator[tuple[str, float]]:
    """Amounts up to the end of the last of 24 hours, where three quarters of a span are there; its classes.

    `rain_least` is 1 where hours are missing or hold doubtful rain: then it may have been more.
    """
    for span in spans:
        found = [amount for amount in amounts[-span:] if amount is not None]
        if not means.enough(found, span):
            continue
        amount = shaved(fsum(found))
        if span in _CLASSED:
            yield from codes.of_class(f"rain_{span}h", f"rain_{span}h", rain_class(amount, span))
        else:
            yield f"rain_{span}h", amount
    if doubtful or None in amounts:
        yield "rain_least", 1.0


def heat(hour: Summary) -> Iterator[tuple[str, float]]:
    """The highest heat index of an hour, or that of its means of temperature and humidity."""
    index = _heat(hour)
    return codes.of_class("heat_index", "heat_index", index) if index is not None else iter(())


def hot(day: Summary, hours: Sequence[Summary | None]) -> Iterator[tuple[str, float]]:
    """The heat of a day by its hottest hour, and its class by the highest temperature."""
    found = [index for one in hours if one is not None and (index := _heat(one)) is not None]
    if means.enough(found, means.DAY_HOURS):
        yield from codes.of_class("heat_index", "heat_index", max(found, key=lambda one: one.value))
    highest = means.average(one.maximum for one in means.channels(day, "air_temperature", COVERAGE))
    yield from codes.of_class("hot_day", "hot_day", hot_day(None if highest is None else shaved(highest)), value=False)


def _heat(hour: Summary) -> Classed | None:
    measured = means.average(one.maximum for one in means.channels(hour, "heat_index"))
    if measured is not None:
        rules = table("heat_index")
        value = round(measured, 1)  # its classes begin at tenths
        return Classed(value=value, band=rules.band(value), source=rules.source, verified=rules.source.verified)
    temperature = means.mean(hour, "air_temperature", 0.0)
    humidity = means.mean(hour, "humidity", 0.0)
    found = heat_index(temperature, humidity)
    return found if isinstance(found, Classed) else None
