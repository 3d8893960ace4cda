"""What a sensor is, and six device models as they behave in the street; `models` has the others.

A measurement is a function of the sensor's own constants, the time and 8 bytes of noise; counters are integrals of
time, so they never run backwards, whatever the reporting interval, and go on where they were after a restart.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from gateways.simulator import nature, payloads
from gateways.simulator.town import INSTALLED

if TYPE_CHECKING:
    from random import Random

_YEAR = 365.25 * 86_400
_REPORT_DAYS = 600 / 86_400  # the interval that a first report of an interval counter stands for

Values = dict[str, float]


class Sensor(ABC):
    """One device model at one place.

    Class attributes:
        model: citylora's key for the model, "vendor/model".
        label: the name that an operator would give the device profile.
        kind: one word of the site's id.
        domain: what the model watches: environment, traffic, water or assets.
        f_port: the port that the model sends on as delivered.
    """

    model: ClassVar[str]
    label: ClassVar[str]
    kind: ClassVar[str]
    domain: ClassVar[str]
    f_port: ClassVar[int]

    def __init__(self, draw: Random) -> None:
        self.offset = draw.uniform(-1.0, 1.0)

    @abstractmethod
    def measure(self, at: float, noise: bytes) -> Values:
        """What the sensor reads at `at` (seconds, UTC), to the resolution that it sends; `noise` is 8 bytes."""

    @abstractmethod
    def encode(self, values: Values) -> bytes:
        """The payload that carries `values`."""

    def charge(self, at: float) -> float:
        """How full the battery is: 1 when it was new, never empty."""
        return max(0.05, min(1.0, 1.0 - 0.15 * (at - INSTALLED) / _YEAR))


class Air(Sensor):
    """Carbon dioxide, temperature, humidity and pressure at a street corner."""

    model, label, kind, domain, f_port = "milesight/em500-co2", "Milesight EM500-CO2", "air", "environment", 85

    def measure(self, at: float, noise: bytes) -> Values:
        """%, °C, %RH, ppm, hPa."""
        return {
            "battery": float(round(100 * self.charge(at))),
            "temperature": round(nature.air_temperature(at) + self.offset + 0.3 * nature.jitter(noise[0]), 1),
            "humidity": round(2 * (nature.humidity_at(at) - 3 * self.offset + 2 * nature.jitter(noise[1]))) / 2,
            "co2": float(round(425 + 60 * nature.activity(at) + 20 * self.offset + 12 * nature.jitter(noise[2]))),
            "pressure": round(nature.air_pressure(at) + 0.2 * nature.jitter(noise[3]), 1),
        }

    def encode(self, values: Values) -> bytes:
        """18 bytes."""
        return payloads.em500_co2(**values)


class Dust(Sensor):
    """Particles in the air, by mass and by number."""

    model, label, kind, domain, f_port = "decentlab/dl-pm", "Decentlab DL-PM", "dust", "environment", 1

    def measure(self, at: float, noise: bytes) -> Values:
        """V, µg/m³, nm, 1/cm³, °C, %RH, Pa."""
        pm2_5 = 16.0 + 9.0 * nature.activity(at) + 4.0 * self.offset + 2.5 * nature.jitter(noise[0])
        count = 7.4 * pm2_5
        return {
            "battery": round(2.9 + 0.25 * self.charge(at), 3),
            "pm1": round(0.68 * pm2_5, 1),
            "pm2_5": round(pm2_5, 1),
            "pm4": round(1.2 * pm2_5, 1),
            "pm10": round(1.45 * pm2_5 + 1.5 * (1 + nature.jitter(noise[1])), 1),
            "particle_size": float(round(510 + 30 * nature.jitter(noise[2]))),
            "count_0_5": round(0.87 * count, 1),
            "count_1": round(0.985 * count, 1),
            "count_2_5": round(0.996 * count, 1),
            "count_4": round(0.999 * count, 1),
            "count_10": round(count, 1),
            "temperature": round(nature.air_temperature(at) + self.offset + 0.3 * nature.jitter(noise[3]), 2),
            "humidity": round(nature.humidity_at(at) - 3 * self.offset + 2 * nature.jitter(noise[4]), 2),
            "pressure": float(2 * round(50 * nature.air_pressure(at) + 10 * nature.jitter(noise[5]))),
        }

    def encode(self, values: Values) -> bytes:
        """33 bytes."""
        return payloads.dl_pm(**values)


class People(Sensor):
    """People over two lines of a market's gate."""

    model, label, kind, domain, f_port = "milesight/vs133", "Milesight VS133", "people", "traffic", 85

    def __init__(self, draw: Random) -> None:
        super().__init__(draw)
        self.daily = tuple(draw.uniform(400, 6_000) for _ in range(4))

    def measure(self, at: float, noise: bytes) -> Values:  # noqa: ARG002  (people are counted, not estimated)
        """People since the counter was cleared."""
        days = max(0.0, nature.activity_since(at, INSTALLED))
        totals = [float(int(rate * days)) for rate in self.daily]
        names = ("line_1_total_in", "line_1_total_out", "line_2_total_in", "line_2_total_out")
        return dict(zip(names, totals, strict=True))

    def encode(self, values: Values) -> bytes:
        """48 bytes: two lines counted, two not drawn."""
        return payloads.vs133(**values)


class Road(Sensor):
    """Vehicles in both directions of a street, by radar."""

    model, label, kind, domain, f_port = "parametric/pcr2", "Parametric PCR2", "road", "traffic", 14

    def __init__(self, draw: Random) -> None:
        super().__init__(draw)
        self.daily = (draw.uniform(2_000, 14_000), draw.uniform(2_000, 14_000))
        self.last: tuple[int, int] | None = None

    def measure(self, at: float, noise: bytes) -> Values:
        """Vehicles since the last report and since the start, V, W, °C."""
        days = max(0.0, nature.activity_since(at, INSTALLED))
        before = self.last or self._totals(max(0.0, days - _REPORT_DAYS))
        ltr, rtl = self._totals(days)
        ltr, rtl = self.last = max(ltr, before[0]), max(rtl, before[1])
        return {
            "ltr": float(min(ltr - before[0], 0xFFFF)),
            "rtl": float(min(rtl - before[1], 0xFFFF)),
            "ltr_sum": float(ltr & 0xFFFF),
            "rtl_sum": float(rtl & 0xFFFF),
            "battery": round(3.9 + 0.2 * self.charge(at), 3),
            "solar": round(1.2 * nature.sunshine(at), 3),
            "temperature": round(nature.air_temperature(at) + 6 + 0.5 * nature.jitter(noise[0]), 1),
        }

    def _totals(self, days: float) -> tuple[int, int]:
        return int(self.daily[0] * days), int(self.daily[1] * days)

    def encode(self, values: Values) -> bytes:
        """17 bytes."""
        return payloads.pcr2(**values)


class Drain(Sensor):
    """The way down to the water of a storm drain that the tide reaches."""

    model, label, kind, domain, f_port = "milesight/em500-udl", "Milesight EM500-UDL", "drain", "water", 85
    reach = 0.5  # how much of the tide arrives here

    def __init__(self, draw: Random) -> None:
        super().__init__(draw)
        self.mounted = draw.uniform(1.6, 4.0)  # metres over mean level

    def measure(self, at: float, noise: bytes) -> Values:
        """%, mm."""
        return {"battery": float(round(100 * self.charge(at))), "distance": self._distance(at, noise[0])}

    def _distance(self, at: float, noise: int) -> float:
        level = self.reach * nature.tide(at - 1800 * self.offset)
        return float(round(1000 * (self.mounted - level) + 4 * nature.jitter(noise)))

    def encode(self, values: Values) -> bytes:
        """7 bytes."""
        return payloads.em500_udl(**values)


class Canal(Drain):
    """The way down to a canal's or the river's surface, from a bridge."""

    model, label, kind, domain, f_port = "dragino/ldds75", "Dragino LDDS75", "canal", "water", 2
    reach = 0.9

    def measure(self, at: float, noise: bytes) -> Values:
        """V, mm."""
        return {"battery": round(3.0 + 0.6 * self.charge(at), 3), "distance": self._distance(at, noise[0])}

    def encode(self, values: Values) -> bytes:
        """8 bytes: no pin woke it, no probe is fitted, the transducer is there."""
        return payloads.ldds75(**values)


MODELS: tuple[type[Sensor], ...] = (Air, People, Drain, Dust, Road, Canal)
"""The mix of the city unless another is asked for, in the order in which a ward is equipped: its first three devices
cover three domains."""
