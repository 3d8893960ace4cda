"""Decentlab DL-PM: particulate matter, air temperature, humidity and air pressure.

Source: Decentlab DL-PM data sheet and decoder description (decentlab.com, "Particulate matter, temperature, humidity
and barometric pressure sensor for LoRaWAN"). FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  battery       w0 / 1000 V
    1  particles     w0..w3: mass of PM1, PM2.5, PM4, PM10, 0.1 µg/m³; w4: typical particle size, nm;
                     w5..w9: number up to 0.5, 1, 2.5, 4, 10 µm, 0.1 per cm³
    2  air           w0: temperature 175.72 * w0 / 65536 - 46.85 °C; w1: humidity 125 * w1 / 65536 - 6 %
    3  pressure      w0 * 2 Pa

There is no sentinel: a sensor that did not answer has no group. The humidity formula of the Sensirion SHT2x runs from
-6 to 119 %; its data sheet has values past the ends cropped, which is done within the sensor's accuracy of 3 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Decoded, Decoder
from decoders.decentlab.protocol import PORT, Group, Value, Words, walk

if TYPE_CHECKING:
    from collections.abc import Callable

_ACCURACY = 3.0
_PA_PER_HPA = 100


def _scaled(index: int, divisor: int) -> Callable[[Words], float]:
    return lambda words: words[index] / divisor


def _temperature(words: Words) -> float:
    return 175.72 * words[0] / 65536 - 46.85


def _humidity(words: Words) -> float:
    humidity = 125 * words[1] / 65536 - 6
    if -_ACCURACY <= humidity <= 100 + _ACCURACY:
        return min(max(humidity, 0.0), 100.0)
    return humidity


def _pressure(words: Words) -> float:
    return words[0] * 2 / _PA_PER_HPA


_PARTICLES = (
    *("pm1", "pm2_5", "pm4", "pm10", "particle_size"),
    *("pm0_5_number", "pm1_number", "pm2_5_number", "pm4_number", "pm10_number"),
)

_GROUPS = (
    Group(1, Value("battery_voltage", _scaled(0, 1000))),
    Group(
        len(_PARTICLES),
        *(
            Value(quantity, _scaled(index, 1 if quantity == "particle_size" else 10))
            for index, quantity in enumerate(_PARTICLES)
        ),
    ),
    Group(2, Value("air_temperature", _temperature), Value("humidity", _humidity)),
    Group(1, Value("pressure", _pressure)),
)


def _decode(payload: bytes, _f_port: int) -> Decoded:
    return walk(payload, _GROUPS)


DECODER = Decoder(
    vendor="Decentlab",
    model="DL-PM",
    ports=(PORT,),
    quantities=(*_PARTICLES, "air_temperature", "humidity", "pressure", "battery_voltage"),
    decode=_decode,
    verified=True,
)
