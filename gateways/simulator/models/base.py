"""What the sensors of the wide mix have in common: a layout instead of an encoder, a battery, the air around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gateways.simulator import nature
from gateways.simulator.sensors import Sensor, Values

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from gateways.simulator.layout import Layout

__all__ = ["Sheet", "Tally", "Values"]

_FIRST = 600.0  # s: the interval that a first report stands for


class Sheet(Sensor):
    """A sensor whose payload is a sheet with a place for each value.

    Attributes:
        layout: the sheet, as the maker's document has it.
        key: this place's own number, for `town`.
        size: this place's own size: 0.5 to 1.5.
    """

    layout: ClassVar[Layout]

    def __init__(self, draw: Random) -> None:
        super().__init__(draw)
        self.key = draw.getrandbits(24)
        self.size = draw.uniform(0.5, 1.5)

    def encode(self, values: Values) -> bytes:
        """All of them in their places."""
        return self.layout.pack(values)

    def percent(self, at: float) -> float:
        """The battery, whole %."""
        return float(round(100 * self.charge(at)))

    def volts(self, at: float, step: float = 0.001, full: float = 3.6) -> float:
        """The battery, V in so many of `step`: half a volt lower when it is empty."""
        return stepped(full - 0.5 + 0.5 * self.charge(at), step)

    def warmth(self, at: float, noise: int, step: float = 0.1) -> float:
        """The air around it, °C."""
        return stepped(nature.air_temperature(at) + self.offset + 0.3 * nature.jitter(noise), step)

    def damp(self, at: float, noise: int, step: float = 0.1) -> float:
        """The air around it, %RH."""
        return stepped(nature.humidity_at(at) - 3 * self.offset + 2 * nature.jitter(noise), step)


class Tally:
    """What a device has counted since its last report.

    Args:
        total: whole things counted until a time; never falls.
    """

    def __init__(self, total: Callable[[float], float]) -> None:
        self._total = total
        self._last: tuple[float, int] | None = None

    def report(self, at: float) -> tuple[int, int, float]:
        """Counted since the last report, counted in all, and seconds since the last report; a clock may step back."""
        then, before = self._last or (at - _FIRST, int(self._total(at - _FIRST)))
        at = max(at, then)
        total = int(self._total(at))
        self._last = at, total
        return total - before, total, at - then


def stepped(value: float, step: float) -> float:
    """The value in the resolution that is sent: a whole number of steps, without what floats add to it."""
    return float(round(round(value / step) * step, 9))
