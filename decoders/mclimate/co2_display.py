"""MClimate CO2 Display and CO2 Display Lite: CO2, temperature, humidity and light on a screen; the first sees motion.

Source: TheThingsNetwork/lorawan-devices, vendor/mclimate, co2-display-codec.yaml, co2-display-lite-codec.yaml and their
decoders. The frame is in `protocol`; the keep-alive has 11 bytes, of the Lite the first 10, most significant first:

    1-2  temperature, tenths over -40 °C    6  CO2, ppm, low 8 bits
    3    humidity, 256ths                   7  bits 7-3 the 5 bits above them, bits 2-0 source of power
    4-5  battery, mV                        8-9  light, lx    10  motion

The source of power is not told: the maker's decoder gives its codes no meaning.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder, Reading
from decoders.bits import u16_be
from decoders.mclimate.protocol import PORT, KeepAlive, humidity, reader, temperature

_COMMANDS = {
    0x14: 1, 0x1F: 4, 0x21: 2, 0x25: 3, 0x2B: 1, 0x34: 1, 0x3D: 1, 0x3F: 1, 0x41: 1, 0x43: 1, 0x45: 1, 0x47: 1,
    0x49: 1, 0x4B: 1, 0x4D: 1, 0x80: 1, 0x83: 1, 0xA0: 4,
}  # fmt: skip


def _lite(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (
        Reading("co2", float((payload[at + 7] >> 3) << 8 | payload[at + 6])),
        temperature(payload, at + 1),
        humidity(payload[at + 3]),
        Reading("illuminance", float(u16_be(payload, at + 8))),
        Reading("battery_voltage", u16_be(payload, at + 4) / 1000),
    )


def _display(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (*_lite(payload, at), Reading("motion", float(payload[at + 10] == 1)))


_LITE = Decoder(
    vendor="MClimate",
    model="CO2 Display Lite",
    ports=PORT,
    quantities=("co2", "air_temperature", "humidity", "illuminance", "battery_voltage"),
    decode=reader(KeepAlive(0x01, 10, _lite, _COMMANDS)),
    verified=True,
)
_DISPLAY = replace(
    _LITE,
    model="CO2 Display",
    quantities=(*_LITE.quantities, "motion"),
    decode=reader(KeepAlive(0x01, 11, _display, _COMMANDS)),
    differs=(
        "Temperature, battery and light: the maker's decoder loses the zero of a low byte below 16; here it counts.",
    ),
)

DECODERS = (_DISPLAY, _LITE)
