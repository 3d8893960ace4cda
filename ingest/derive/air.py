"""Dew point and heat index, and gases by mass from what cheap sensors give, parts of the volume. Pure."""

from __future__ import annotations

from math import floor, log
from typing import TYPE_CHECKING

from ingest.derive.derivation import Derivation
from ingest.indices.weather import heat_index_c

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.derive.about import About
    from ingest.derive.derivation import Derived
    from ingest.derive.past import Seen

_A, _B = 17.62, 243.12
"""Of Magnus' formula over water, -45 to 60 °C: WMO-No. 8, Guide to Instruments, volume I, annex 4.B."""

_COLDEST, _HOTTEST = -45.0, 60.0

_GAS_CONSTANT = 8.314462618  # J/(mol K), CODATA 2018
_ZERO = 273.15
_USUAL_TEMPERATURE, _USUAL_PRESSURE = 25.0, 1013.25
"""°C and hPa where the row does not say: those of QCVN 05:2023, of WHO and of the US EPA."""

_MOLAR_MASSES = {
    "o3": 47.998,
    "no2": 46.006,
    "so2": 64.064,
    "co": 28.010,
    "no": 30.006,
    "h2s": 34.081,
    "nh3": 17.031,
    "hcho": 30.026,
}
"""In g/mol, from the standard atomic weights of IUPAC. VOC are many gases: of them nobody knows it."""


def humid_air(
    values: Sequence[float | None], _time: int, _seen: Seen, _about: About
) -> tuple[Derived | None, Derived | None] | None:
    """What follows from temperature and humidity: dew point and heat index, both in °C.

    The dew point is the temperature down to which the air must cool to be saturated. The heat index, what it feels like
    in the shade, is that of the index `heat_index`. Each is None where its formula ends.
    """
    temperature, humidity = values
    if temperature is None or humidity is None:
        return None
    felt = heat_index_c(temperature, humidity)
    return _dew_point(temperature, humidity), None if felt is None else (felt, 0)


def _dew_point(temperature: float, humidity: float) -> Derived | None:
    saturation = humidity / 100
    if saturation <= 0 or not _COLDEST <= temperature <= _HOTTEST:
        return None
    moist = log(saturation) + _A * temperature / (_B + temperature)
    return floor(_B * moist / (_A - moist) * 100 + 0.5) / 100, 0


def _by_mass(gas: str, molar_mass: float) -> Derivation:
    """µg/m³ = ppb · M · p / (R · T) / 10, with p in hPa and T in K, of the air as it is."""
    kelvins = molar_mass / (10 * _GAS_CONSTANT)

    def compute(values: Sequence[float | None], _time: int, _seen: Seen, _about: About) -> tuple[Derived] | None:
        fraction, temperature, pressure = values
        if fraction is None:
            return None
        kelvin = _ZERO + (_USUAL_TEMPERATURE if temperature is None else temperature)
        hectopascal = _USUAL_PRESSURE if pressure is None else pressure
        return ((floor(fraction * kelvins * hectopascal / kelvin * 1000 + 0.5) / 1000, 0),)

    return Derivation((gas,), (f"{gas}_fraction",), compute, uses=("air_temperature", "pressure"))


DERIVATIONS = (
    Derivation(("dew_point", "heat_index"), ("air_temperature", "humidity"), humid_air),
    *(_by_mass(gas, molar_mass) for gas, molar_mass in _MOLAR_MASSES.items()),
)
