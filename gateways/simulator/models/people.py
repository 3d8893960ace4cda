"""Counters of people of makers with one model here: IMBuildings, Terabee, ESP32 Paxcounter; from their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.simulator import nature, town
from gateways.simulator.layout import Field, Layout
from gateways.simulator.models.base import Sheet, Tally, Values

if TYPE_CHECKING:
    from random import Random

_TYPE, _VARIANT = 2, 6
_NUMBER = b"\x00\x04\xa3\x0b\x00\xf0\xd4\x0e"
_BLOCKED, _LOW = 0x80, 0x20


class Beam(Sheet):
    """IMBuildings People Counter, type 2, variant 6, with its header: a beam across a library's door."""

    model, label, kind, domain, f_port = (
        "imbuildings/people-counter",
        "IMBuildings People Counter",
        "beam",
        "traffic",
        1,
    )
    # fmt: off
    layout = Layout(
        ">BB8s B H HH B HH B", _TYPE, _VARIANT, _NUMBER, 0, Field("battery_voltage", 100),
        Field("people_count_1"), Field("people_count_2"), (Field("occlusion", _BLOCKED), Field("battery_low", _LOW)),
        Field("people_1"), Field("people_2"), Field("number"),
    )
    # fmt: on

    def __init__(self, draw: Random) -> None:
        super().__init__(draw)
        self.a = Tally(lambda at: 350 * self.size * town.bustle(at))
        self.b = Tally(lambda at: 345 * self.size * town.bustle(at - 2_700))
        self.number = 0

    def measure(self, at: float, noise: bytes) -> Values:  # noqa: ARG002  (people are counted, not estimated)
        """V, people since the last report and in all (of which 65,536 are 0 again), the beam blocked."""
        a, a_ever, _ = self.a.report(at)
        b, b_ever, _ = self.b.report(at)
        return {
            "battery_voltage": self.volts(at, 0.01, 3.0),
            "people_count_1": float(min(a, 0xFFFF)),
            "people_count_2": float(min(b, 0xFFFF)),
            "occlusion": float(town.happens(at, self.key, 0.01)),
            "battery_low": 0.0,
            "people_1": float(a_ever & 0xFFFF),
            "people_2": float(b_ever & 0xFFFF),
        }

    def encode(self, values: Values) -> bytes:
        """23 bytes, the last one the number of the payload."""
        self.number = (self.number + 1) & 0xFF
        return self.layout.pack(values | {"number": self.number})


class Camera(Sheet):
    """Terabee People Counting L-XL: a depth camera over the hall of a station."""

    model, label, kind, domain, f_port = (
        "terabee/people-counting-l-xl",
        "Terabee People Counting L-XL",
        "hall",
        "traffic",
        1,
    )
    layout = Layout(">IIB", Field("people_in"), Field("people_out"), Field("sensor_fault"))

    def measure(self, at: float, noise: bytes) -> Values:  # noqa: ARG002  (people are counted, not estimated)
        """People in and out, and whether counting is stuck."""
        return {
            "people_in": float(int(5_000 * self.size * town.bustle(at))),
            "people_out": float(int(4_950 * self.size * town.bustle(at - 900))),
            "sensor_fault": float(town.happens(at, self.key, 0.005)),
        }


class Pax(Sheet):
    """ESP32 Paxcounter, packed: the telephones on a square, by their Wi-Fi and Bluetooth."""

    model, label, kind, domain, f_port = "esp32/paxcounter", "ESP32 Paxcounter", "square", "traffic", 1
    layout = Layout("<HH", Field("wifi_devices"), Field("ble_devices"))

    def measure(self, at: float, noise: bytes) -> Values:
        """Devices heard in the last minute."""
        crowd = 90 * self.size * nature.activity(at)
        return {
            "wifi_devices": float(round(crowd * (1 + 0.1 * nature.jitter(noise[0])))),
            "ble_devices": float(round(0.6 * crowd * (1 + 0.1 * nature.jitter(noise[1])))),
        }


MODELS = (Beam, Camera, Pax)
