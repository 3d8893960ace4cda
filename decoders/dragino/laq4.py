"""Dragino LAQ4: CO2, volatile organic compounds, air temperature and humidity indoors.

Source: Dragino LAQ4 decoder, and example in The Things Network device repository. FPort 2 as delivered, settable.

    BBBB FF VVVV CCCC TTTT HHHH         11 bytes
    - B: battery, mV
    - F: bit 0 alarm, bits 2 to 6 the mode: 1 report; 31 answers with the limits of the alarm: only the battery is read
    - V: volatile organic compounds, ppb; C: CO2, ppm
    - T: temperature, signed 0.1 °C; H: humidity, 0.1 %
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage
from decoders.bits import i16_be, u16_be
from decoders.dragino.protocol import ENTRY, ByPort, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

_REPORT, _LIMITS = 1, 31


def _values(payload: bytes) -> Iterator[Reading]:
    mode = payload[2] >> 2 & 0x1F
    if mode == _REPORT:
        yield Reading("co2", float(u16_be(payload, 5)))
        yield Reading("tvoc_fraction", float(u16_be(payload, 3)))
        yield Reading("air_temperature", i16_be(payload, 7) / 10)
        yield Reading("humidity", u16_be(payload, 9) / 10)
        yield Reading("alarm", float(payload[2] & 1))
    elif mode != _LIMITS:
        raise UnknownMessage(f"mode {mode}")
    yield Reading("battery_voltage", u16_be(payload, 0) / 1000)


def _read(payload: bytes) -> Decoded:
    expect(payload, ENTRY)
    return Decoded(tuple(_values(payload)))


DECODER = Decoder(
    vendor="Dragino",
    model="LAQ4",
    ports=ANY_PORT,
    quantities=("co2", "tvoc_fraction", "air_temperature", "humidity", "alarm", "battery_voltage"),
    decode=ByPort(_read, {}),
    verified=True,
)
