"""Air and weather by makers with few models here: Elsys, Talkpool, SenseCAP, Browan, Netvox; from their documents."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from gateways.simulator import nature, town
from gateways.simulator.layout import Field, Layout
from gateways.simulator.models.base import Sheet, Tally, Values, stepped

if TYPE_CHECKING:
    from random import Random

_MOST_IN_A_BYTE = 255


class ReadingRoom(Sheet):
    """Elsys ERS Sound: type and value, most significant byte first; the reading room of a library."""

    model, label, kind, domain, f_port = "elsys/ers-sound", "Elsys ERS Sound", "room", "environment", 5
    # fmt: off
    layout = Layout(
        ">Bh BB BH BB BH BBB", 0x01, Field("air_temperature", 10), 0x02, Field("humidity"), 0x04, Field("illuminance"),
        0x05, Field("motion_count"), 0x07, Field("battery_voltage", 1000), 0x15, Field("sound_peak"),
        Field("sound_average"),
    )
    # fmt: on

    def __init__(self, draw: Random) -> None:
        super().__init__(draw)
        self.motion = Tally(lambda at: 400 * self.size * town.bustle(at))

    def measure(self, at: float, noise: bytes) -> Values:
        """°C, %RH, lx, movements since the last report, V, dB at most and on average."""
        average = round(34 + 9 * nature.activity(at) + 2 * nature.jitter(noise[0]))
        return {
            "air_temperature": stepped(0.4 * self.warmth(at, noise[1]) + 15, 0.1),
            "humidity": round(0.6 * self.damp(at, noise[2])) + 8.0,
            "illuminance": float(round(900 * nature.sunshine(at) + (320 if town.is_on(at, 7, 14) else 0))),
            "motion_count": float(min(self.motion.report(at)[0], _MOST_IN_A_BYTE)),
            "battery_voltage": self.volts(at),
            "sound_peak": float(average + 18 + noise[3] % 8),
            "sound_average": float(average),
        }


class Particles(Sheet):
    """Talkpool OY1700: twelve bits of temperature and of humidity, then particles."""

    model, label, kind, domain, f_port = "talkpool/oy1700", "Talkpool OY1700", "particles", "environment", 2
    layout = Layout(">3H", Field("pm1"), Field("pm2_5"), Field("pm10"))

    def measure(self, at: float, noise: bytes) -> Values:
        """°C, %RH, µg/m³."""
        pm2_5 = 17 + 9 * nature.activity(at) + 4 * self.offset + 2 * nature.jitter(noise[0])
        return {
            "air_temperature": self.warmth(at, noise[1]),
            "humidity": self.damp(at, noise[2]),
            "pm1": float(round(0.7 * pm2_5)),
            "pm2_5": float(round(pm2_5)),
            "pm10": float(round(1.5 * pm2_5)),
        }

    def encode(self, values: Values) -> bytes:
        """9 bytes; 80 °C and 25 % are added, and the last four bits of both share a byte."""
        warm, damp = round(values["air_temperature"] * 10) + 800, round(values["humidity"] * 10) + 250
        return bytes((warm >> 4, damp >> 4, (warm & 0xF) << 4 | damp & 0xF)) + self.layout.pack(values)


class CarbonDioxide(Sheet):
    """SenseCAP S2103: groups of channel, what it is and a number in thousandths; a CRC at the end."""

    model, label, kind, domain, f_port = "sensecap/s2103", "SenseCAP S2103", "co2", "environment", 2
    # fmt: off
    layout = Layout(
        "<BHi BHi BHi", 1, 0x1004, Field("co2", 1000), 1, 0x1001, Field("air_temperature", 1000),
        1, 0x1002, Field("humidity", 1000),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """ppm, °C, %RH."""
        return {
            "co2": float(round(430 + 50 * nature.activity(at) + 15 * self.offset + 8 * nature.jitter(noise[0]))),
            "air_temperature": self.warmth(at, noise[1], 0.01),
            "humidity": self.damp(at, noise[2], 0.01),
        }

    def encode(self, values: Values) -> bytes:
        """23 bytes."""
        groups = self.layout.pack(values)
        return groups + struct.pack("<H", crc_kermit(groups))


class EightInOne(Sheet):
    """SenseCAP S2120: three frames, most significant byte first; a weather station with light."""

    model, label, kind, domain, f_port = "sensecap/s2120", "SenseCAP S2120", "station", "environment", 3
    # fmt: off
    layout = Layout(
        ">B hBIBH B HIH BB", 0x01, Field("air_temperature", 10), Field("humidity"), Field("illuminance"),
        Field("uv_index", 10), Field("wind_speed", 10), 0x02, Field("wind_direction"), Field("rain_rate", 1000),
        Field("pressure", 10), 0x03, Field("battery_low", -100, 100),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """°C, %RH, lx, index, m/s, °, mm of the hour, hPa; the battery is good or not."""
        sunshine = nature.sunshine(at) * (1 - 0.3 * noise[0] / 255)
        return {
            "air_temperature": self.warmth(at, noise[1]),
            "humidity": self.damp(at, noise[2], 1),
            "illuminance": float(round(98_000 * sunshine)),
            "uv_index": round(11 * sunshine**1.3, 1),
            "wind_speed": round(max(0.0, nature.wind_speed(at) + 0.8 * nature.jitter(noise[3])), 1),
            "wind_direction": float(round(nature.wind_direction(at)) % 360),
            "rain_rate": round(nature.rain_since(at, at - 3_600), 3),
            "pressure": round(nature.air_pressure(at) + 0.2 * nature.jitter(noise[4]), 1),
            "battery_low": 0.0,
        }


class Bus(Sheet):
    """Browan TBHV110: the air in a waiting room of the bus station."""

    model, label, kind, domain, f_port = "browan/tbhv110", "Browan TBHV110", "waiting", "environment", 103
    # fmt: off
    layout = Layout(
        "<BBBB HHH B", 0, Field("battery_voltage", 10, -25), Field("device_temperature", 1, 32), Field("humidity"),
        Field("eco2"), Field("tvoc_fraction", 0.001), Field("iaq"), Field("air_temperature", 1, 32),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """V, °C in the box, %RH, ppm, ppb in whole ppm, index, °C."""
        crowd = nature.activity(at)
        warm = self.warmth(at, noise[0], 1)
        return {
            "battery_voltage": self.volts(at, 0.1),
            "device_temperature": warm + 1,
            "humidity": self.damp(at, noise[1], 1),
            "eco2": float(round(480 + 320 * crowd + 20 * nature.jitter(noise[2]))),
            "tvoc_fraction": 1000.0 * round(crowd),
            "iaq": float(round(35 + 50 * crowd + 5 * nature.jitter(noise[3]))),
            "air_temperature": warm,
        }


class Haze(Sheet):
    """Netvox RA0716: version, device type, report, battery, then eight bytes, most significant first."""

    model, label, kind, domain, f_port = "netvox/ra0716", "Netvox RA0716", "haze", "environment", 6
    # fmt: off
    layout = Layout(
        ">3B B hHH x", 1, 0x35, 1, (Field("battery_voltage", 10), Field("battery_low", 0x80)),
        Field("air_temperature", 100), Field("humidity", 100), Field("pm2_5"),
    )
    # fmt: on

    def measure(self, at: float, noise: bytes) -> Values:
        """V, low or not, °C, %RH, µg/m³."""
        return {
            "battery_voltage": self.volts(at, 0.1),
            "battery_low": 0.0,
            "air_temperature": self.warmth(at, noise[0], 0.01),
            "humidity": self.damp(at, noise[1], 0.01),
            "pm2_5": float(round(16 + 9 * nature.activity(at) + 4 * self.offset + 2 * nature.jitter(noise[2]))),
        }


def crc_kermit(data: bytes) -> int:
    """CRC-16 with the polynomial 1021, bits from the lowest on, starting at 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x8408 * (crc & 1)
    return crc


MODELS = (ReadingRoom, Particles, CarbonDioxide, EightInOne, Bus, Haze)
