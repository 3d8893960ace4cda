"""Milesight: channel, type and value, one after another, least significant byte first; FPort 85 as delivered.

Written from the payload tables of the models' user guides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.simulator import nature, town
from gateways.simulator.layout import Field, Layout
from gateways.simulator.models.base import Sheet, Tally, Values, stepped

if TYPE_CHECKING:
    from random import Random

_PORT = 85
_BATTERY = (b"\x01\x75", Field("battery"))
_AIR = (b"\x03\x67", Field("air_temperature", 10), b"\x04\x68", Field("humidity", 2))
_A_FAST = 0b0101  # weighting of a sound level


class Weather(Sheet):
    """A weather station on a roof; its rain adds up from the day on which it was put there."""

    model, label, kind, domain, f_port = "milesight/wts506", "Milesight WTS506", "weather", "environment", _PORT
    # fmt: off
    layout = Layout(
        "<2sB 2sh 2sB 2sH 2sH 2sH 2sIB", *_BATTERY, *_AIR, b"\x05\x84", Field("wind_direction", 10),
        b"\x06\x73", Field("pressure", 10), b"\x07\x92", Field("wind_speed", 10),
        b"\x08\xec", Field("rain_total", 100), 255,
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """%, °C, %RH, °, hPa, m/s, mm."""
        return {
            "battery": self.percent(at),
            "air_temperature": self.warmth(at, noise[0]),
            "humidity": self.damp(at, noise[1], 0.5),
            "wind_direction": round(nature.wind_direction(at) + 8 * nature.jitter(noise[2]), 1) % 360,
            "pressure": round(nature.air_pressure(at) + 0.2 * nature.jitter(noise[3]), 1),
            "wind_speed": round(max(0.0, nature.wind_speed(at) + 0.8 * nature.jitter(noise[4])), 1),
            "rain_total": round(max(0.0, nature.rain_since(at, town.INSTALLED)), 2),
        }


class Sound(Sheet):
    """The noise of a street, A-weighted, fast."""

    model, label, kind, domain, f_port = "milesight/ws302", "Milesight WS302", "noise", "environment", _PORT
    # fmt: off
    layout = Layout(
        "<2sB 2sB3H", *_BATTERY, b"\x05\x5b", _A_FAST, Field("la", 10), Field("laeq", 10), Field("lamax", 10),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """%, dB(A) now, over the interval, and at its loudest."""
        laeq = round(town.sound(at) + 3 * self.offset + nature.jitter(noise[0]), 1)
        return {
            "battery": self.percent(at),
            "la": round(laeq + 3 * nature.jitter(noise[1]), 1),
            "laeq": laeq,
            "lamax": round(laeq + 12 + 5 * nature.jitter(noise[2]), 1),
        }


class Passage(Sheet):
    """People through the gate of a park, both ways."""

    model, label, kind, domain, f_port = "milesight/vs350", "Milesight VS350", "passage", "traffic", _PORT
    # fmt: off
    layout = Layout(
        "<2sB 2sh 2s2H 2s2H", *_BATTERY, b"\x03\x67", Field("device_temperature", 10),
        b"\x04\xcc", Field("people_in"), Field("people_out"),
        b"\x05\xcc", Field("people_in_count"), Field("people_out_count"),
    )
    # fmt: on

    def __init__(self, draw: Random) -> None:
        super().__init__(draw)
        self.inward = Tally(lambda at: 900 * self.size * town.bustle(at))
        self.outward = Tally(lambda at: 880 * self.size * town.bustle(at - 1_800))

    def measure(self, at: float, noise: bytes) -> Values:
        """%, °C, people since the last report, and all, of which 65,536 are 0 again."""
        came, came_ever, _ = self.inward.report(at)
        went, went_ever, _ = self.outward.report(at)
        return {
            "battery": self.percent(at),
            "device_temperature": self.warmth(at, noise[0]),
            "people_in": float(came_ever & 0xFFFF),
            "people_out": float(went_ever & 0xFFFF),
            "people_in_count": float(min(came, 0xFFFF)),
            "people_out_count": float(min(went, 0xFFFF)),
        }


class River(Sheet):
    """The depth of the river over a probe on its bed."""

    model, label, kind, domain, f_port = "milesight/em500-swl", "Milesight EM500-SWL", "river", "water", _PORT
    layout = Layout("<2sB 2sH", *_BATTERY, b"\x03\x77", Field("water_depth", 100))

    def measure(self, at: float, noise: bytes) -> Values:
        """%, m (0.01)."""
        depth = 2.0 + self.size + nature.river_level(at) + 0.01 * nature.jitter(noise[0])
        return {"battery": self.percent(at), "water_depth": round(depth, 2)}


class Bridge(Sheet):
    """The way down to the river, by radar from a bridge; somebody knocks against it now and then."""

    model, label, kind, domain, f_port = "milesight/em410-rdl", "Milesight EM410-RDL", "bridge", "water", _PORT
    # fmt: off
    layout = Layout(
        "<2sB 2sh 2sh 2sB 2sh", *_BATTERY, b"\x03\x67", Field("device_temperature", 10), b"\x04\x82", Field("distance"),
        b"\x05\x00", Field("tilt"), b"\x06\xc7", Field("echo_strength", 100),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """%, °C, mm, whether it hangs askew, dBm."""
        way = 4.0 + 2 * self.size - nature.river_level(at)
        return {
            "battery": self.percent(at),
            "device_temperature": self.warmth(at, noise[0]),
            "distance": float(round(1000 * way + 5 * nature.jitter(noise[1]))),
            "tilt": float(town.happens(at, self.key, 0.01)),
            "echo_strength": round(9 + 2 * nature.jitter(noise[2]), 2),
        }


class Container(Sheet):
    """The way down to the waste in a container."""

    model, label, kind, domain, f_port = "milesight/em400-mud", "Milesight EM400-MUD", "waste", "assets", _PORT
    # fmt: off
    layout = Layout(
        "<2sB 2sh 2sh 2sB", *_BATTERY, b"\x03\x67", Field("device_temperature", 10), b"\x04\x82", Field("distance"),
        b"\x05\x00", Field("tilt"),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """%, °C, mm, whether the lid is open."""
        return {
            "battery": self.percent(at),
            "device_temperature": self.warmth(at, noise[0]),
            "distance": float(round(1_500 - 1_200 * town.fullness(at, 3, self.key) + 10 * nature.jitter(noise[1]))),
            "tilt": float(town.is_open(at, self.key)),
        }


class Lamps(Sheet):
    """A cabinet with eight circuits of street lamps, which burn from six in the evening to six in the morning."""

    model, label, kind, domain, f_port = "milesight/ws558", "Milesight WS558", "lamps", "assets", _PORT
    # fmt: off
    layout = Layout(
        "<2sH 2sI 2sB 2sI 2sH 2sBB", b"\x03\x74", Field("voltage", 10), b"\x04\x80", Field("power"),
        b"\x05\x81", Field("power_factor", 100), b"\x06\x83", Field("energy", 1000),
        b"\x07\xc9", Field("current", 1000),
        b"\x08\x31", 0, tuple(Field(f"switch_{lamp + 1}", 1 << lamp) for lamp in range(8)),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """V, W, the cosine, kWh, A, and whether each circuit is on."""
        on = town.is_on(at, 18, 12)
        watts = float(round(1_400 * self.size))
        volts = round(226 + 4 * nature.jitter(noise[0]), 1)
        return {
            "voltage": volts,
            "power": watts * on,
            "power_factor": 0.95 if on else 1.0,
            "energy": round(watts * town.hours_on(at, 18, 12)) / 1000,
            "current": round(watts * on / volts / 0.95, 3),
        } | {f"switch_{lamp + 1}": float(on) for lamp in range(8)}


class Valves(Sheet):
    """Two valves that water a park from five to seven in the morning, with a pulse for each ten litres."""

    model, label, kind, domain, f_port = "milesight/uc511", "Milesight UC511", "valves", "water", _PORT
    # fmt: off
    layout = Layout(
        "<2sB 2sB 2sI 2sB 2sI 2sH", *_BATTERY, b"\x03\x01", Field("valve_1"), b"\x04\xc8", Field("pulses_1"),
        b"\x05\x01", Field("valve_2"), b"\x06\xc8", Field("pulses_2"), b"\x09\x7b", Field("water_pressure", 100),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """%, open or not, pulses, and bar; the pressure falls while water runs."""
        first, second = town.is_on(at, 5, 1), town.is_on(at, 6, 1)
        return {
            "battery": self.percent(at),
            "valve_1": float(first),
            "pulses_1": float(int(240 * self.size * town.hours_on(at, 5, 1))),
            "valve_2": float(second),
            "pulses_2": float(int(180 * self.size * town.hours_on(at, 6, 1))),
            "water_pressure": round(3.2 - 0.6 * (first or second) + 0.1 * nature.jitter(noise[0]), 2),
        }


class Cabinet(Sheet):
    """The door of a cabinet beside the road, and the air in it."""

    model, label, kind, domain, f_port = "milesight/em300-mcs", "Milesight EM300-MCS", "cabinet", "assets", _PORT
    layout = Layout("<2sB 2sh 2sB 2sB", *_BATTERY, *_AIR, b"\x06\x00", Field("door_open"))

    def measure(self, at: float, noise: bytes) -> Values:
        """%, °C, %RH, open or not."""
        return {
            "battery": self.percent(at),
            "air_temperature": stepped(self.warmth(at, noise[0]) + 3, 0.1),
            "humidity": self.damp(at, noise[1], 0.5),
            "door_open": float(town.happens(at, self.key, 0.02)),
        }


class Cellar(Sheet):
    """Water on the floor of a pumping station's cellar."""

    model, label, kind, domain, f_port = "milesight/ws303", "Milesight WS303", "cellar", "water", _PORT
    layout = Layout("<2sB 2sB", *_BATTERY, b"\x03\x00", Field("leak"))

    def measure(self, at: float, noise: bytes) -> Values:  # noqa: ARG002  (wet or dry, without noise)
        """%, wet or not: a heavy rain finds its way in."""
        return {"battery": self.percent(at), "leak": float(nature.rain_since(at, at - 43_200) > 20 * self.size)}


MODELS = (Weather, Sound, Passage, River, Bridge, Container, Lamps, Valves, Cabinet, Cellar)
