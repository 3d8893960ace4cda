"""Containers by makers with one model here: Pepperl+Fuchs and Teneo; from their documents."""

from __future__ import annotations

from gateways.simulator import nature, town
from gateways.simulator.layout import Field, Layout
from gateways.simulator.models.base import Sheet, Values

_DEPTH = 1_700  # mm from the lid to the ground


class Glass(Sheet):
    """Pepperl+Fuchs WILSEN.sonic.level in a container for glass: length, what it is, value."""

    model, label = "pepperl+fuchs/wilsen.sonic.level", "Pepperl+Fuchs WILSEN.sonic.level"
    kind, domain, f_port = "glass", "assets", 1
    # fmt: off
    layout = Layout(
        ">BHH BHB BHf BHB", 4, 0x0B02, Field("fill_distance"), 3, 0x0B06, Field("fill_level"),
        6, 0x0201, "device_temperature", 3, 0x5101, Field("battery_voltage", 10),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """mm, %, °C, V."""
        way = round(_DEPTH - (_DEPTH - 300) * town.fullness(at, 9, self.key) + 6 * nature.jitter(noise[0]))
        return {
            "fill_distance": float(way),
            "fill_level": float(max(0, round(100 * (1 - way / _DEPTH)))),
            "device_temperature": self.warmth(at, noise[1]),
            "battery_voltage": self.volts(at, 0.1),
        }


class Underground(Sheet):
    """Teneo Filling Degree in an underground container."""

    model, label, kind, domain, f_port = "teneo/filling-degree", "Teneo Filling Degree", "underground", "assets", 1
    # fmt: off
    layout = Layout(
        ">B H B hH", Field("battery_voltage", 10, -20), Field("fill_distance", 0.1), 0, Field("air_temperature", 100),
        Field("humidity", 100),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """V, mm in whole cm, °C, %RH; it is not being charged."""
        way = 2_400 - 2_000 * town.fullness(at, 5, self.key) + 10 * nature.jitter(noise[0])
        return {
            "battery_voltage": self.volts(at, 0.1),
            "battery_charging": 0.0,
            "fill_distance": 10.0 * round(way / 10),
            "air_temperature": self.warmth(at, noise[1], 0.01),
            "humidity": self.damp(at, noise[2], 0.01),
        }


MODELS = (Glass, Underground)
