"""Decentlab: version 2, the number on the label, a flag for each group, then 16 bit words; FPort 1.

Most significant byte first. A value that may be negative is sent with 32768 added. Written from the maker's tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.simulator import nature
from gateways.simulator.layout import Field, Layout
from gateways.simulator.models.base import Sheet, Tally, Values
from gateways.simulator.town import INSTALLED

if TYPE_CHECKING:
    from random import Random

_MIDDLE = 32768
_HEAD = (2, 7001, 0b11)
_BATTERY = Field("battery_voltage", 1000)


def _signed(name: str, steps: float) -> Field:
    return Field(name, steps, _MIDDLE)


class RainGauge(Sheet):
    """A tipping bucket, 0.1 mm a tip."""

    model, label, kind, domain, f_port = "decentlab/dl-tbrg-001", "Decentlab DL-TBRG-001", "rain", "environment", 1
    layout = Layout(
        ">BHH 4H H", *_HEAD, Field("rain", 10), Field("report_interval"), Field("low"), Field("high"), _BATTERY
    )

    def __init__(self, draw: Random) -> None:
        super().__init__(draw)
        self.tips = Tally(lambda at: max(0.0, 10 * nature.rain_since(at, INSTALLED)))

    def measure(self, at: float, noise: bytes) -> Values:  # noqa: ARG002  (tips are counted, not estimated)
        """Millimetres since the last report, s since then, mm in all, V."""
        tips, ever, seconds = self.tips.report(at)
        return {
            "rain": tips / 10,
            "report_interval": float(min(round(seconds), 0xFFFF)),
            "rain_total": ever / 10,
            "battery_voltage": self.volts(at),
        }

    def encode(self, values: Values) -> bytes:
        """15 bytes: the total in two words, the low one first."""
        ever = round(values["rain_total"] * 10)
        return self.layout.pack(values | {"low": ever & 0xFFFF, "high": ever >> 16})


class Surface(Sheet):
    """The surface of a road, by infrared from a pole, and the air over it."""

    model, label, kind, domain, f_port = "decentlab/dl-cws", "Decentlab DL-CWS", "surface", "environment", 1
    # fmt: off
    layout = Layout(
        ">BHH 6H H", *_HEAD, _signed("surface_temperature", 100), _signed("air_temperature", 100),
        _signed("humidity", 100), _signed("dew_point", 100), _MIDDLE + 71, _signed("device_temperature", 100), _BATTERY,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """°C of the asphalt and the air, %RH, °C of the dew point and of the sensor's head, V."""
        air, humidity = self.warmth(at, noise[0], 0.01), self.damp(at, noise[1], 0.01)
        return {
            "surface_temperature": round(air + 22 * nature.sunshine(at - 3_600) - 1.5, 2),
            "air_temperature": air,
            "humidity": humidity,
            "dew_point": round(air - (100 - humidity) / 5, 2),
            "device_temperature": round(air + 2 * nature.sunshine(at), 2),
            "battery_voltage": self.volts(at),
        }


class Estuary(Sheet):
    """Depth, temperature and salt of the river where the sea comes in."""

    model, label, kind, domain, f_port = "decentlab/dl-ctd10", "Decentlab DL-CTD10", "estuary", "water", 1
    # fmt: off
    layout = Layout(
        ">BHH 4H H", *_HEAD, _signed("water_depth", 1000), _signed("water_temperature", 10), Field("conductivity"),
        Field("freezing"), _BATTERY,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """m, °C, µS/cm, whether it may have been frozen, V."""
        return {
            "water_depth": round(3 + self.size + nature.river_level(at) + 0.004 * nature.jitter(noise[0]), 3),
            "water_temperature": round(nature.water_temperature(at) + 0.2 * self.offset, 1),
            "conductivity": float(round(nature.conductivity(at) * self.size + 5 * nature.jitter(noise[1]))),
            "freezing": 0.0,
            "battery_voltage": self.volts(at),
        }


class Turbidity(Sheet):
    """How much the river carries after rain."""

    model, label, kind, domain, f_port = "decentlab/dl-ntu", "Decentlab DL-NTU", "turbidity", "water", 1
    # fmt: off
    layout = Layout(
        ">BHH 5H H", *_HEAD, Field("sensor_fault"), _signed("water_temperature", 100),
        Field("turbidity", 10), Field("turbidity", 10), Field("suspended_solids", 10), _BATTERY,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """The probe is well; °C, NTU, which the device repeats as FNU, mg/L, V."""
        turbidity = nature.turbidity(at) * self.size + nature.jitter(noise[0])
        return {
            "sensor_fault": 0.0,
            "water_temperature": round(nature.water_temperature(at) + 0.2 * self.offset, 2),
            "turbidity": round(turbidity, 1),
            "suspended_solids": round(1.7 * turbidity, 1),
            "battery_voltage": self.volts(at),
        }


class Oxygen(Sheet):
    """The oxygen in a lake."""

    model, label, kind, domain, f_port = "decentlab/dl-optod", "Decentlab DL-OPTOD", "oxygen", "water", 1
    # fmt: off
    layout = Layout(
        ">BHH 5H H", *_HEAD, Field("sensor_fault"), _signed("water_temperature", 100),
        _signed("oxygen_saturation", 100), _signed("dissolved_oxygen", 100), _signed("dissolved_oxygen", 100), _BATTERY,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """The probe is well; °C, %, mg/L, which the device repeats as ppm, V."""
        oxygen = nature.oxygen(at) + 0.5 * self.offset + 0.1 * nature.jitter(noise[0])
        return {
            "sensor_fault": 0.0,
            "water_temperature": round(nature.water_temperature(at) + 0.2 * self.offset, 2),
            "oxygen_saturation": round(100 * oxygen / 8.1, 2),
            "dissolved_oxygen": round(oxygen, 2),
            "battery_voltage": self.volts(at),
        }


class Acidity(Sheet):
    """pH and redox potential of a lake."""

    model, label, kind, domain, f_port = "decentlab/dl-pheht", "Decentlab DL-PHEHT", "acidity", "water", 1
    # fmt: off
    layout = Layout(
        ">BHH 5H H", *_HEAD, Field("sensor_fault"), _signed("water_temperature", 100), _signed("ph", 100),
        _signed("orp", 10), Field("ph", -591.6, _MIDDLE + 4141), _BATTERY,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """The probe is well; °C, pH, mV, V; the electrode's own voltage, 59.16 mV for each pH from 7, follows."""
        ph = 7.6 + 0.3 * self.offset + 0.2 * (nature.oxygen(at) - 6.4)
        return {
            "sensor_fault": 0.0,
            "water_temperature": round(nature.water_temperature(at) + 0.2 * self.offset, 2),
            "ph": round(ph + 0.02 * nature.jitter(noise[0]), 2),
            "orp": round(210 + 30 * self.offset + 5 * nature.jitter(noise[1]), 1),
            "battery_voltage": self.volts(at),
        }


MODELS = (RainGauge, Surface, Estuary, Turbidity, Oxygen, Acidity)
