"""MClimate CO2 PIR Lite and HT PIR Lite: temperature, humidity and presence; the first has CO2 too.

Source: TheThingsNetwork/lorawan-devices, vendor/mclimate, co2-pir-lite-codec.yaml, ht-pir-lite-codec.yaml and their
decoders. The frame is in `protocol`; the keep-alive begins with 81 and has 8 bytes, of the HT 6:

    1  bit 2 occupied, bits 1-0 and        5  CO2, ppm, low 8 bits
    2  temperature, tenths over -40 °C     6  bits 7-3 the 5 bits above them
    3  humidity, 256ths                    7  times that the infrared sensor was set off (HT: 5)
    4  battery, 1.6 V and 2.2 V in 255 steps

How often it was set off is not told: the documents at hand do not say since when.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder, Reading
from decoders.bits import u16_be
from decoders.mclimate.protocol import (
    PIR_COMMANDS,
    PORT,
    KeepAlive,
    humidity,
    reader,
    temperature_of,
    voltage_of_255,
)

_OCCUPIED, _TEMPERATURE = 0x04, 0x03FF
_HT_COMMANDS = {**PIR_COMMANDS, 0x2F: 1, 0x49: 1, 0x4B: 1, 0x4D: 1, 0xA6: 1}
_CO2_COMMANDS = {**_HT_COMMANDS, 0x1F: 4, 0x21: 2, 0x25: 3, 0x2B: 1}


def _ht(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (
        temperature_of(u16_be(payload, at + 1) & _TEMPERATURE),
        humidity(payload[at + 3]),
        Reading("presence", float(payload[at + 1] & _OCCUPIED != 0)),
        voltage_of_255(payload[at + 4]),
    )


def _co2(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (Reading("co2", float((payload[at + 6] >> 3) << 8 | payload[at + 5])), *_ht(payload, at))


_HT = Decoder(
    vendor="MClimate",
    model="HT PIR Lite",
    ports=PORT,
    quantities=("air_temperature", "humidity", "presence", "battery_voltage"),
    decode=reader(KeepAlive(0x81, 6, _ht, _HT_COMMANDS)),
    verified=True,
)
_CO2 = replace(
    _HT,
    model="CO2 PIR Lite",
    quantities=("co2", *_HT.quantities),
    decode=reader(KeepAlive(0x81, 8, _co2, _CO2_COMMANDS)),
)

DECODERS = (_CO2, _HT)
