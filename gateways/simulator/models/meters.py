"""Water meters and leaks by makers with one model here: Axioma, Talkpool, MClimate, Netvox; from their documents."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from gateways.simulator import nature, town
from gateways.simulator.layout import Field, Layout
from gateways.simulator.models.base import Sheet, Values

if TYPE_CHECKING:
    from random import Random

_HOUR = 3_600
_HOURS = 15
_LOG = struct.Struct(f"<II{_HOURS}H")
_LEAK = 0x20
_RUNNING = 0.1  # m³/day: more than a tap that drips
_LITRES = 1000
_FLOOD = 0x40  # the reason of the message: water was found


class House(Sheet):
    """Axioma Qalcosonic W1, the extended payload: the volume now, and that of the last sixteen full hours.

    Attributes:
        night: m³/day that always run: in some houses a tap drips.
        hourly: litres at each of the hours that the last measurement has, the oldest first.
        hour: the time of the oldest.
    """

    model, label, kind, domain, f_port = "axioma/qalcosonic-w1", "Axioma Qalcosonic W1", "meter", "water", 100
    layout = Layout("<I B I", Field("clock"), Field("meter_leak", _LEAK), Field("water_volume", _LITRES))

    def __init__(self, draw: Random) -> None:
        super().__init__(draw)
        self.night = draw.choice((0.0, 0.0, 0.02, 0.15))
        self.hour = self.clock = 0
        self.hourly: list[int] = []

    def litres(self, at: float) -> int:
        """What the meter shows."""
        return int(_LITRES * town.drawn(at, 0.6 * self.size, self.night))

    def measure(self, at: float, noise: bytes) -> Values:  # noqa: ARG002  (a meter's noise is too small to see)
        """m³, and what the meter makes of its own: water that never stops is a leak; the other states are good."""
        self.clock = int(at)
        self.hour = self.clock // _HOUR * _HOUR - _HOURS * _HOUR
        self.hourly = [self.litres(self.hour + hour * _HOUR) for hour in range(_HOURS + 1)]
        good = dict.fromkeys(("backflow", "burst", "tamper", "freezing", "dry", "sensor_fault", "battery_low"), 0.0)
        return {"water_volume": self.litres(at) / _LITRES, "meter_leak": float(self.night > _RUNNING), **good}

    def encode(self, values: Values) -> bytes:
        """47 bytes."""
        steps = [after - before for before, after in zip(self.hourly, self.hourly[1:], strict=False)]
        return self.layout.pack(values | {"clock": self.clock}) + _LOG.pack(self.hour, self.hourly[0], *steps)


class Block(Sheet):
    """Talkpool OY1320: the meter of a block of flats; type and index of each item, then its value."""

    model, label, kind, domain, f_port = "talkpool/oy1320", "Talkpool OY1320", "meter", "water", 2
    layout = Layout(">HI HB", 0x0121, Field("water_volume", _LITRES), 0x0120, Field("alarm"))

    def measure(self, at: float, noise: bytes) -> Values:  # noqa: ARG002  (a meter's noise is too small to see)
        """m³, and whether the meter's status is other than good."""
        litres = int(_LITRES * town.drawn(at, 18 * self.size, 0.6)) & 0xFFFF_FFFF
        return {"water_volume": litres / _LITRES, "alarm": float(town.happens(at, self.key, 0.01))}


class Flood(Sheet):
    """MClimate Flood Sensor: water in an underpass."""

    model, label, kind, domain, f_port = "mclimate/flood-sensor", "MClimate Flood Sensor", "underpass", "water", 2
    # fmt: off
    layout = Layout(
        ">BBB", (Field("leak", _FLOOD), Field("leak", 0x02), Field("tamper", 0x08)), Field("battery_voltage", 62.5),
        Field("device_temperature"),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """Wet or not, box opened, V, °C."""
        return {
            "leak": float(nature.rain_since(at, at - 21_600) > 12 * self.size),
            "tamper": float(town.happens(at, self.key, 0.005)),
            "battery_voltage": self.volts(at, 0.016),
            "device_temperature": self.warmth(at, noise[0], 1),
        }


class Rope(Sheet):
    """Netvox R718WA: water in a shaft of cables."""

    model, label, kind, domain, f_port = "netvox/r718wa", "Netvox R718WA", "shaft", "water", 6
    # fmt: off
    layout = Layout(
        ">3B B B 6x", 1, 0x32, 1, (Field("battery_voltage", 10), Field("battery_low", 0x80)), Field("leak"),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:  # noqa: ARG002  (wet or dry, without noise)
        """V, low or not, wet or not."""
        wet = nature.rain_since(at, at - 86_400) > 30 * self.size
        return {"battery_voltage": self.volts(at, 0.1), "battery_low": 0.0, "leak": float(wet)}


MODELS = (House, Block, Flood, Rope)
