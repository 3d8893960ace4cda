"""Parking sensors of makers with one model here: Bosch, Nwave, Tekzitel; written from their documents."""

from __future__ import annotations

from gateways.simulator import town
from gateways.simulator.layout import Field, Layout
from gateways.simulator.models.base import Sheet, Values

_BATTERY_GOOD = 0x20
_SEEN = 0x88  # occupied, and by the radar too
_TODAY = 8  # half degrees that the coldest and the warmest of the day are off


class Bosch(Sheet):
    """Bosch TPS110, its heartbeat: status and temperature."""

    model, label, kind, domain, f_port = "bosch/tps110", "Bosch TPS110", "parking", "traffic", 2
    layout = Layout(">Bb", Field("parking_occupied"), Field("device_temperature"))

    def measure(self, at: float, noise: bytes) -> Values:
        """Parked or not, °C."""
        return {
            "parking_occupied": float(town.is_parked(at, self.key)),
            "device_temperature": self.warmth(at, noise[0], 1),
        }


class Nwave(Sheet):
    """Nwave NPS405, its heartbeat: temperatures in half degrees over 10 °C, the battery in 4 mV over 2.5 V."""

    model, label, kind, domain, f_port = "nwave/nps405", "Nwave NPS405", "parking", "traffic", 2
    # fmt: off
    layout = Layout(
        ">BB bbb B", Field("parking_occupied"), Field("battery_voltage", 250, -625),
        Field("device_temperature", 2, -20), Field("device_temperature", 2, -20 - _TODAY),
        Field("device_temperature", 2, -20 + _TODAY), 5,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """Parked or not, V, °C."""
        return {
            "parking_occupied": float(town.is_parked(at, self.key)),
            "battery_voltage": self.volts(at, 0.004, 3.4),
            "device_temperature": self.warmth(at, noise[0], 0.5),
        }


class Tekzitel(Sheet):
    """Tekzitel TEKZIPARK: flags, temperature, the number of the bay; no beacon was looked for."""

    model, label, kind, domain, f_port = "tekzitel/tekzipark", "Tekzitel TEKZIPARK", "parking", "traffic", 1
    # fmt: off
    layout = Layout(
        ">BbB",
        (
            Field("parking_occupied", _SEEN), _BATTERY_GOOD, Field("battery_low", -_BATTERY_GOOD),
            Field("occlusion", 0x10), Field("restart", 0x02),
        ),
        Field("device_temperature"), 7,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """Parked or not, °C, dirt on the radar now and then."""
        return {
            "parking_occupied": float(town.is_parked(at, self.key)),
            "device_temperature": self.warmth(at, noise[0], 1),
            "battery_low": 0.0,
            "occlusion": float(town.happens(at, self.key, 0.02)),
            "restart": 0.0,
        }


MODELS = (Bosch, Nwave, Tekzitel)
