"""Arwin LRS10701: air quality of rooms.

Source: Arwin Technology; the ports are described in `protocol`. FPort 10, eleven bytes:

    0      events            bit 0 heartbeat, 2 temperature or humidity, 3 CO2, 4 and 5 gases, 6 TVOC, 7 particles
    1..4   bits 31..23 an air quality index, 22..10 CO2, ppm, 9..0 temperature, 0.1 °C above -30.0 °C
    5      humidity          1 byte, 0.5 %
    6..7   gas 1, 0.001 ppm; 8..9 gas 2: which gas is in the settings alone, so both are passed over
    10     battery           1 byte, %

FPort 11, eleven bytes, where a particle sensor is fitted:

    0..1   TVOC              2 bytes, ppb
    2..4   PM1               3 bytes, 0.001 µg/m³
    5..7   PM2.5             the same
    8..10  PM10              the same
"""

from __future__ import annotations

from decoders.arwin.protocol import ABOUT, DATA, MORE, reader
from decoders.base import Decoder, Reading
from decoders.bits import u16_be, u24_be, u32_be

_ALARMS = 0b1111_1100


def _air(payload: bytes) -> tuple[Reading, ...]:
    packed = u32_be(payload, 1)
    return (
        Reading("alarm", float(payload[0] & _ALARMS != 0)),
        Reading("co2", float(packed >> 10 & 0x1FFF)),
        Reading("air_temperature", ((packed & 0x3FF) - 300) / 10),
        Reading("humidity", payload[5] / 2),
        Reading("battery", float(payload[10])),
    )


def _particles(payload: bytes) -> tuple[Reading, ...]:
    return (
        Reading("tvoc_fraction", float(u16_be(payload, 0))),
        Reading("pm1", u24_be(payload, 2) / 1000),
        Reading("pm2_5", u24_be(payload, 5) / 1000),
        Reading("pm10", u24_be(payload, 8) / 1000),
    )


DECODER = Decoder(
    vendor="Arwin",
    model="LRS10701",
    ports=(DATA, MORE, *ABOUT),
    quantities=("co2", "pm2_5", "pm1", "pm10", "tvoc_fraction", "air_temperature", "humidity", "alarm", "battery"),
    decode=reader({DATA: (11, _air), MORE: (11, _particles)}),
    aliases=("RAK LRS10701",),
    verified=True,
    differs=("The two gases are not told: which they are is in the settings alone. Nor is the computed index.",),
)
