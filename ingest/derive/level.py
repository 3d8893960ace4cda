"""Water above its datum, from the distance to the surface, and how fast it rises. Pure."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from ingest.derive.derivation import Derivation
from ingest.derive.past import EVERY
from ingest.derive.rules import HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.derive.about import About
    from ingest.derive.derivation import Derived
    from ingest.derive.past import Seen

_SPAN = HOUR
_APART = 1 / 20
"""Hours from the oldest value to this one: nearer ones say more of waves than of the water. Devices that report each
minute are remembered for four."""

_STEPS = 1e4
"""Of a rise in m/h."""


def water_level(values: Sequence[float | None], _time: int, _seen: Seen, about: About) -> tuple[Derived] | None:
    """Height of the reference point less the distance down, in m."""
    (distance,), reference = values, about.reference
    if distance is None or reference is None:
        return None
    return ((reference.height - distance / 1000, 0),)


def _has_reference(about: About) -> bool:
    return about.reference is not None


def _rise(quantity: str, metres: float) -> Derivation:
    """The slope of the line through this value and the believed ones of the hour before it (least squares), in m/h.

    Only such count as were calibrated as this one is, and, of a distance, measured from where this one is.

    Args:
        quantity: of which it is.
        metres: of water in one of its units, negative where it is measured downwards.
    """
    downwards = metres < 0
    scale = metres * _STEPS

    def compute(values: Sequence[float | None], now: int, seen: Seen, about: About) -> tuple[Derived] | None:
        (value,) = values
        if value is None:
            return None
        earliest = now - _SPAN
        if about.calibrations and quantity in about.calibrations:
            earliest = max(earliest, about.calibrations[quantity].since)
        if downwards and about.reference is not None and about.reference.since > earliest:
            earliest = about.reference.since
        times = rises = squares = products = 0.0
        count, ago = 1, 0.0
        for time, one in seen:  # the newest first
            if time < earliest:
                break
            count += 1
            ago = (now - time) / HOUR
            rise = value - one
            times += ago
            squares += ago * ago
            rises += rise
            products += ago * rise
        if ago < _APART:
            return None
        slope = (count * products - times * rises) / (count * squares - times * times)
        return ((floor(slope * scale + 0.5) / _STEPS, 0),)

    return Derivation(("water_rise",), (quantity,), compute, looks_back=EVERY)


DERIVATIONS = (
    _rise("water_level", 1.0),
    _rise("distance", -0.001),
    _rise("water_depth", 1.0),
    Derivation(("water_level",), ("distance",), water_level, applies=_has_reference),
)
