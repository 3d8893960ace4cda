"""Dragino AQS01-L: CO2, air temperature, humidity and pressure indoors.

Source: Dragino AQS01-L decoders v1.0 and v1.3. Report on FPort 2 as delivered.

    2  BBBB TTTT HHHH PPPP CCCC FF      report, 11 bytes
       - B: battery, mV
       - T: temperature, signed 0.1 °C, or 0.01 °C where bit 4 of F is set; H: humidity, 0.1 %
       - P: pressure, 0.1 hPa; C: CO2, ppm
       - F: bits 0 to 3: CO2 or temperature beyond a limit of the owner's
    3  CCCC HHHH TTTT FF NNNNNNNN       data log; 0.01 °C where bit 0 of F is set
    5  device status

Any limit that is passed is `alarm`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading
from decoders.bits import i16_be, u16_be
from decoders.dragino.protocol import DATA_LOG, ENTRY, STATUS, ByPort, data_log, expect, status

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMITS, _FINE, _FINE_LOGGED = 0x0F, 0x10, 0x01


def _report(payload: bytes) -> Decoded:
    expect(payload, ENTRY)
    flags = payload[10]
    return Decoded(
        (
            Reading("co2", float(u16_be(payload, 8))),
            Reading("air_temperature", i16_be(payload, 2) / (100 if flags & _FINE else 10)),
            Reading("humidity", u16_be(payload, 4) / 10),
            Reading("pressure", u16_be(payload, 6) / 10),
            Reading("alarm", float(bool(flags & _LIMITS))),
            Reading("battery_voltage", u16_be(payload, 0) / 1000),
        )
    )


def _entry(payload: bytes, position: int, at: int) -> Iterator[Reading]:
    divisor = 100 if payload[position + 6] & _FINE_LOGGED else 10
    yield Reading("co2", float(u16_be(payload, position)), 0, at)
    yield Reading("humidity", u16_be(payload, position + 2) / 10, 0, at)
    yield Reading("air_temperature", i16_be(payload, position + 4) / divisor, 0, at)


DECODER = Decoder(
    vendor="Dragino",
    model="AQS01-L",
    ports=ANY_PORT,
    quantities=("co2", "air_temperature", "humidity", "pressure", "alarm", "battery_voltage"),
    decode=ByPort(_report, {DATA_LOG: data_log(_entry), STATUS: status}),
)
