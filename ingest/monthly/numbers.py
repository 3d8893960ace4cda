"""How many digits of a number mean something, and rounding as decrees round: half up, on exact decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from ingest.indices import exact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decoders.bands import Language
    from decoders.quantities import Quantity

BY_UNIT: Mapping[str, int] = {
    "°C": 1, "%": 1, "hPa": 1, "kPa": 1, "bar": 2, "ppm": 0, "ppb": 1, "µg/m³": 1, "g/m³": 1, "1/cm³": 1,
    "µSv/h": 2, "lx": 0, "W/m²": 0, "µmol/(m²·s)": 0, "nm": 0, "mm": 1, "m": 2, "km": 1, "mm/h": 1, "mm/s": 1,
    "m/s": 1, "km/h": 1, "m/s²": 2, "µm/m": 0, "°": 1, "s": 0, "Hz": 2, "kg": 1, "m³": 1, "L/min": 1, "mg/L": 2,
    "µg/L": 1, "µS/cm": 0, "NTU": 1, "PSU": 2, "pH": 2, "V": 2, "mV": 0, "A": 2, "mA": 2, "Ah": 1, "W": 0, "var": 0,
    "VA": 0, "kWh": 1, "Ω": 0, "1/h": 0, "d": 0, "m/h": 2, "dB": 1, "dBA": 1, "dBC": 1, "dBm": 0,
}  # fmt: skip
"""What sensors of a city resolve, and one digit less than that in a mean would be kept from nobody."""

_OF = {
    "co": 0, "wind_direction": 0, "chloride": 1, "suspended_solids": 1, "cod": 1, "dissolved_solids": 0,
    "distance": 0, "distance_min": 0, "distance_max": 0, "distance_mean": 0, "fill_distance": 0,
}  # fmt: skip
"""Where the unit alone would ask for other digits."""

_MOST = 9  # beyond the ninth decimal there is residue only
_THIN = "\N{NARROW NO-BREAK SPACE}"


class Number(NamedTuple):
    """A number and the decimals that mean something."""

    value: float
    places: int = 0

    @property
    def rounded(self) -> float:
        """As it is shown."""
        return rounded(self.value, self.places)


def decimals(quantity: Quantity) -> int:
    """The decimals of a value or mean of a quantity; of what is counted none, of a share of time two."""
    if quantity.kind == "event_count" and not quantity.unit:
        return 0
    if quantity.kind == "state":
        return 2
    return _OF.get(quantity.name, BY_UNIT.get(quantity.unit, 1))


def rounded(value: float, places: int) -> float:
    """To so many decimals, half up; never minus zero."""
    return float(_decimal(value, places)) + 0.0


def apart(value: float, limit: float, places: int) -> int:
    """The fewest decimals, at least so many, with which a value that is not the limit does not look like it."""
    while places < _MOST and value != limit and _decimal(value, places) == _decimal(limit, _MOST):
        places += 1
    return places


def text(value: float | None, places: int, language: Language) -> str:
    """As it is read: Vietnamese with a comma, thousands apart; "" where there is none."""
    if value is None:
        return ""
    written = f"{_decimal(value, places) + 0:,}".replace(",", _THIN)
    return written.replace(".", ",") if language == "vi" else written


def plain(value: float, places: int) -> str:
    """As machines read it: a point, and nothing between thousands."""
    return f"{_decimal(value, places) + 0:f}"


def limit_text(value: float, language: Language) -> str:
    """A limit with the digits that its decree prints."""
    decimal = exact.rounded(value).normalize()
    exponent = decimal.as_tuple().exponent
    return text(value, max(0, -exponent) if isinstance(exponent, int) else 0, language)


def _decimal(value: float, places: int) -> Decimal:
    return exact.rounded(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=exact.CONTEXT)
