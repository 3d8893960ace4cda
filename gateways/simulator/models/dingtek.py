"""Dingtek: a frame from 80 to 81 with its own length in it, most significant byte first; FPort 3.

Written from the maker's protocol documents. Flags stand in the halves of a byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.simulator import nature, town
from gateways.simulator.layout import Field, Layout
from gateways.simulator.models.base import Sheet, Values

if TYPE_CHECKING:
    from random import Random

_END = (Field("number"), 0, 0x81)
_HIGH = 0x10  # a flag in the upper half of its byte
_HIGH_WATER = 1_000.0  # mm under the cover
_FULL = 0.8


class _Framed(Sheet):
    """Numbers its frames, of which 65,536 are 0 again."""

    def __init__(self, draw: Random) -> None:
        super().__init__(draw)
        self.number = 0

    def encode(self, values: Values) -> bytes:
        """The values in their places, the number of the frame after them."""
        self.number = (self.number + 1) & 0xFFFF
        return self.layout.pack(values | {"number": self.number})


class Bay(_Framed):
    """A parking bay, by magnetometer and ultrasound."""

    model, label, kind, domain, f_port = "dingtek/do201", "Dingtek DO201", "bay", "traffic", 3
    # fmt: off
    layout = Layout(
        ">5s H BB H hhh bB HBB", b"\x80\x00\x31\x01\x17", Field("object_distance"), Field("parking_occupied", _HIGH),
        (Field("parking_occupied", _HIGH), Field("battery_low")), Field("battery_voltage", 100), 16, -10, -16,
        Field("device_temperature"), Field("device_humidity"), *_END,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """Parked or not, mm up to the car or the sky's last echo, V, °C and %RH in the box."""
        parked = town.is_parked(at, self.key)
        return {
            "object_distance": float(round((260 if parked else 2_600) + 30 * nature.jitter(noise[0]))),
            "parking_occupied": float(parked),
            "battery_low": 0.0,
            "battery_voltage": self.volts(at, 0.01),
            "device_temperature": self.warmth(at, noise[1], 1),
            "device_humidity": self.damp(at, noise[2], 1),
        }


class Manhole(_Framed):
    """Under a manhole's cover: the way down to the water, and whether the cover moves."""

    model, label, kind, domain, f_port = "dingtek/dc410", "Dingtek DC410", "manhole", "water", 3
    # fmt: off
    layout = Layout(
        ">5s H B bBB BB HBB", b"\x80\x00\x01\x01\x11", Field("distance"), 0, Field("device_temperature"),
        0, Field("angle"), Field("full", _HIGH), (Field("tilt", _HIGH), Field("battery_low")), *_END,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """mm, °C, ° of the cover, level alarm, cover moved, battery low."""
        way = float(round(1_000 * (1.0 + self.size - nature.river_level(at)) + 8 * nature.jitter(noise[0])))
        tilted = town.happens(at, self.key, 0.01)
        return {
            "distance": way,
            "device_temperature": self.warmth(at, noise[1], 1),
            "angle": 24.0 if tilted else float(noise[2] & 1),
            "full": float(way < _HIGH_WATER),
            "tilt": float(tilted),
            "battery_low": 0.0,
        }


class Bin(_Framed):
    """A waste bin: the way from its lid down to the waste, full, fallen, on fire."""

    model, label, kind, domain, f_port = "dingtek/df702", "Dingtek DF702", "bin", "assets", 3
    # fmt: off
    layout = Layout(
        ">5s H B bBB BB HBB", b"\x80\x00\x01\x01\x11", Field("fill_distance"), 0, Field("device_temperature"),
        0, Field("angle"), (Field("full", _HIGH), Field("fire")), (Field("tilt", _HIGH), Field("battery_low")), *_END,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """mm, °C, °, and the flags."""
        fullness = town.fullness(at, 2, self.key)
        burning, fallen = town.happens(at, self.key, 0.002), town.happens(at, self.key + 1, 0.01)
        return {
            "fill_distance": float(round(1_100 - 900 * fullness + 8 * nature.jitter(noise[0]))),
            "device_temperature": 70.0 if burning else self.warmth(at, noise[1], 1),
            "angle": 85.0 if fallen else float(noise[2] & 3),
            "full": float(fullness > _FULL),
            "fire": float(burning),
            "tilt": float(fallen),
            "battery_low": 0.0,
        }


MODELS = (Bay, Manhole, Bin)
