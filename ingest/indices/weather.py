"""Classes of rain and heat.

Rain goes by the millimetres of 12 or 24 hours. Heat goes by the heat index of the US National Weather Service (that of
Rothfusz, a simple formula below 80 °F, two adjustments), and by the day's highest temperature in Vietnamese terms.
Air that is hot and moist beyond Steadman's data (some 58 °C of heat index) still gets a number: its class is right.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from decoders.bands import table
from ingest.indices.exact import shaved
from ingest.indices.result import Classed, NoClass, Why

if TYPE_CHECKING:
    from decoders.bands import Table

_RAIN = {12: "rain_12h", 24: "rain_24h"}
_COLDEST, _HOTTEST = 40.0, 130.0  # °F; Steadman's data end there, and the regression strays beyond
_FULL = 80.0  # °F; from here on the regression holds
_WETTEST = 100.0


def rain_class(amount: float | None, hours: int) -> Classed | NoClass:
    """The class of an amount of rain in mm that fell in 12 or 24 hours; other spans have no classes."""
    if hours not in _RAIN:
        return NoClass(why=Why.NO_TABLE, source=table("rain_24h").source)
    rules = table(_RAIN[hours])
    if amount is None or not math.isfinite(amount) or amount < 0:
        return NoClass(why=Why.NO_DATA, source=rules.source)
    return _classed(rules, amount)


def hot_day(highest: float | None) -> Classed | NoClass:
    """The class of a day by its highest air temperature in °C: nắng nóng, gay gắt, đặc biệt gay gắt."""
    rules = table("hot_day")
    if highest is None or not math.isfinite(highest):
        return NoClass(why=Why.NO_DATA, source=rules.source)
    return _classed(rules, highest)


def heat_index(temperature: float | None, humidity: float | None) -> Classed | NoClass:
    """The heat index in °C, to 0.1, and its class.

    Args:
        temperature: of the air in the shade, °C; outside 4.4 to 54.4 there is no index.
        humidity: relative, in percent.
    """
    rules = table("heat_index")
    if temperature is None or humidity is None or not (math.isfinite(temperature) and math.isfinite(humidity)):
        return NoClass(why=Why.NO_DATA, source=rules.source)
    felt = heat_index_c(temperature, humidity)
    return NoClass(why=Why.OUT_OF_RANGE, source=rules.source) if felt is None else _classed(rules, felt)


def heat_index_c(temperature: float, humidity: float) -> float | None:
    """The heat index in °C, to 0.1, of °C and percent; None outside of what the equation was made for."""
    fahrenheit = temperature * 1.8 + 32.0
    if not (_COLDEST <= fahrenheit <= _HOTTEST and 0.0 <= humidity <= _WETTEST):
        return None
    return round((heat_index_f(fahrenheit, humidity) - 32.0) / 1.8, 1)


def heat_index_f(temperature: float, humidity: float) -> float:
    """The heat index in °F of °F and percent, as wpc.ncep.noaa.gov/html/heatindex_equation.shtml has it."""
    t, rh = temperature, humidity
    simple = 0.5 * (t + 61.0 + (t - 68.0) * 1.2 + rh * 0.094)
    averaged = (simple + t) / 2.0
    if averaged < _FULL:
        return averaged
    index = (
        -42.379
        + 2.04901523 * t
        + 10.14333127 * rh
        - 0.22475541 * t * rh
        - 6.83783e-3 * t * t
        - 5.481717e-2 * rh * rh
        + 1.22874e-3 * t * t * rh
        + 8.5282e-4 * t * rh * rh
        - 1.99e-6 * t * t * rh * rh
    )
    return index + _adjustment(t, rh)


def _adjustment(t: float, rh: float) -> float:
    if rh < 13.0 and 80.0 <= t <= 112.0:  # noqa: PLR2004  (the equation's own numbers)
        return -(13.0 - rh) / 4.0 * math.sqrt((17.0 - abs(t - 95.0)) / 17.0)
    if rh > 85.0 and 80.0 <= t <= 87.0:  # noqa: PLR2004
        return (rh - 85.0) / 10.0 * ((87.0 - t) / 5.0)
    return 0.0


def _classed(rules: Table, value: float) -> Classed:
    return Classed(value=value, band=rules.band(shaved(value)), source=rules.source, verified=rules.source.verified)
