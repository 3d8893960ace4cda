"""What a quantity comes to over a month, and which of a day's figures speaks for it. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ingest.rollup.aggregate import ANGLES, SOUNDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.monthly.model import Measured

HEIGHTS = frozenset({"water_level", "water_depth"})
"""How high water stands: the highest of a day is what counts."""

Figure: TypeAlias = Literal["mean", "maximum", "total"]


class Month(NamedTuple):
    """Over the days with values; None where there is none, or it has no meaning.

    Attributes:
        mean: of the days' means; of an amount of the days' totals.
        total: of an amount.
    """

    mean: float | None
    minimum: float | None
    maximum: float | None
    total: float | None


def figure(of: Measured) -> Figure:
    """Which figure of a day stands for it: of amounts the total, of meters and of floods the highest, else the mean."""
    if of.quantity.kind == "event_count":
        return "total"
    return "maximum" if of.quantity.kind == "counter" or of.quantity.name in HEIGHTS else "mean"


def series(of: Measured) -> list[float | None]:
    """That figure of each day."""
    name = figure(of)
    return [getattr(day, name) for day in of.days]


def month(of: Measured) -> Month:
    """The month's figures."""
    totals = [day.total for day in of.days if day.total is not None]
    if of.quantity.kind == "event_count":
        return Month(
            _mean(totals), min(totals, default=None), max(totals, default=None), math.fsum(totals) if totals else None
        )
    means = [day.mean for day in of.days if day.mean is not None]
    if of.quantity.name in SOUNDS:
        mean = _sound(means)
    else:
        mean = direction(means) if of.quantity.name in ANGLES else _mean(means)
    lowest = min((day.minimum for day in of.days if day.minimum is not None), default=None)
    return Month(mean, lowest, max((day.maximum for day in of.days if day.maximum is not None), default=None), None)


def direction(degrees: Iterable[float]) -> float | None:
    """The mean of directions, 0 to 360; None of none, or where they cancel out."""
    turned = [math.radians(one) for one in degrees]
    east, north = math.fsum(map(math.sin, turned)), math.fsum(map(math.cos, turned))
    if math.hypot(east, north) < 1e-9 * max(len(turned), 1):
        return None
    return math.degrees(math.atan2(east, north)) % 360


def _mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _sound(levels: list[float]) -> float | None:
    """Levels are added as energies, as the roll-ups do."""
    energy = _mean([10 ** (level / 10) for level in levels])
    return 10 * math.log10(energy) if energy else None
