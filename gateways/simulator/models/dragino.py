"""Dragino: fields at fixed places, most significant byte first; FPort 2 as delivered, 10 of the doors indoors.

Written from the user manuals. The battery is in mV, in the low 14 bits of its word.
"""

from __future__ import annotations

from gateways.simulator import nature, town
from gateways.simulator.layout import Field, Layout
from gateways.simulator.models.base import Sheet, Values

_BATTERY = Field("battery_voltage", 1000)
_GOOD = 0xC000  # the two bits above the battery: all is well
_PROBE = 1  # a DS18B20 is connected
_DETECTED = 0x10
_DOOR = 1
_PULSES_PER_M3 = 450_000


class Stall(Sheet):
    """The air of a market hall, and a probe in the cold room."""

    model, label, kind, domain, f_port = "dragino/lht65n", "Dragino LHT65N", "market", "environment", 2
    # fmt: off
    layout = Layout(
        ">H hHBh 2s", (_BATTERY, _GOOD), Field("air_temperature", 100), Field("humidity", 10), _PROBE,
        Field("probe_temperature", 100), b"\x7f\xff",
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """V, °C, %RH, °C of the cold room."""
        return {
            "battery_voltage": self.volts(at),
            "battery_low": 0.0,
            "air_temperature": self.warmth(at, noise[0], 0.01),
            "humidity": self.damp(at, noise[1]),
            "probe_temperature": round(11 + self.offset + 1.5 * nature.jitter(noise[2]), 2),
        }


class Flow(Sheet):
    """A flow sensor of 450 pulses a litre in the pipe of a fountain."""

    model, label, kind, domain, f_port = "dragino/sw3l", "Dragino SW3L", "fountain", "water", 2
    layout = Layout(">B IBB I", Field("alarm", 2), Field("pulses"), 0, 0, Field("clock"))

    def measure(self, at: float, noise: bytes) -> Values:  # noqa: ARG002  (pulses are counted, not estimated)
        """Pulses, m³, whether water runs for longer than the owner allows."""
        pulses = int(_PULSES_PER_M3 * town.drawn(at, 2 * self.size)) & 0xFFFF_FFFF
        self.clock = int(at)
        return {"alarm": 0.0, "pulses": float(pulses), "water_volume": pulses / _PULSES_PER_M3}

    def encode(self, values: Values) -> bytes:
        """11 bytes, the last four of them the time."""
        return self.layout.pack(values | {"clock": self.clock})


class Door(Sheet):
    """The door of a public toilet."""

    model, label, kind, domain, f_port = "dragino/lds02", "Dragino LDS02", "door", "assets", 10
    # fmt: off
    layout = Layout(
        ">H B BH BH B", (_BATTERY, Field("door_open", 1 << 15)), _DOOR, Field("high"), Field("low"), 0, 1,
        Field("alarm"),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:  # noqa: ARG002  (doors have no noise)
        """V, open or not, how often it was opened, whether it stands open for too long."""
        return {
            "battery_voltage": self.volts(at),
            "door_open": float(town.is_open(at, self.key)),
            "door_count": float(int(180 * self.size * town.bustle(at)) & 0xFF_FFFF),
            "alarm": 0.0,
        }

    def encode(self, values: Values) -> bytes:
        """10 bytes: the openings, and how many minutes the last one took, in three bytes each."""
        opened = int(values["door_count"])
        return self.layout.pack(values | {"high": opened >> 16, "low": opened & 0xFFFF})


class Soil(Sheet):
    """The soil of a park: rain makes it wet, and days dry it."""

    model, label, kind, domain, f_port = "dragino/lse01", "Dragino LSE01", "soil", "environment", 2
    # fmt: off
    layout = Layout(
        ">H h H h H B", _BATTERY, 0, Field("soil_moisture", 100), Field("soil_temperature", 100),
        Field("soil_conductivity"), (_DETECTED, Field("interrupt")),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """V, % by volume, °C, µS/cm, whether a pin woke it; no DS18B20 is connected."""
        moisture = 18 + 0.25 * nature.rain_since(at, at - 3 * 86_400) + 3 * self.offset
        return {
            "battery_voltage": self.volts(at),
            "soil_moisture": round(moisture + 0.2 * nature.jitter(noise[0]), 2),
            "soil_temperature": round(0.4 * nature.air_temperature(at - 10_800) + 16 + self.offset, 2),
            "soil_conductivity": float(round(9 * moisture)),
            "interrupt": 0.0,
        }


MODELS = (Stall, Flow, Door, Soil)
