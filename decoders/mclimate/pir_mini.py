"""MClimate PIR Mini: presence, light, temperature and humidity.

Source: TheThingsNetwork/lorawan-devices, vendor/mclimate, pir-mini-codec.yaml and pir-mini.js. The frame is in
`protocol`; events (3a occupied, 3b free, 40 set off) come before a keep-alive as answers do. It has 10 bytes, most
significant first:

    1-2  temperature, low 10 bits, tenths over -40 °C    6    battery, 1.6 V and 2.2 V in 255 steps
    3    humidity, 256ths                                7    bit 0 occupied
    4-5  light, lx; ff ff off, ff fb to ff fe error      8-9  times that the infrared sensor was set off

How often it was set off is not told: whether the counter begins again with each report is a setting.
"""

from __future__ import annotations

from decoders.base import Absent, Decoder, Reading, Reason
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

_TEMPERATURE = 0x03FF
_BRIGHTEST, _OFF = 0xFFFA, 0xFFFF
_COMMANDS = {**PIR_COMMANDS, 0x1F: 1, 0x22: 1, 0x3A: 0, 0x3B: 0, 0x40: 0, 0x42: 2, 0x44: 1}


def _light(raw: int) -> Reading | Absent:
    if raw <= _BRIGHTEST:
        return Reading("illuminance", float(raw))
    return Absent("illuminance", Reason.NOT_AVAILABLE if raw == _OFF else Reason.DEVICE_ERROR)


def _read(payload: bytes, at: int) -> tuple[Reading | Absent, ...]:
    return (
        Reading("presence", float(payload[at + 7] & 1)),
        _light(u16_be(payload, at + 4)),
        temperature_of(u16_be(payload, at + 1) & _TEMPERATURE),
        humidity(payload[at + 3]),
        voltage_of_255(payload[at + 6]),
    )


DECODER = Decoder(
    vendor="MClimate",
    model="PIR Mini",
    ports=PORT,
    quantities=("presence", "illuminance", "air_temperature", "humidity", "battery_voltage"),
    decode=reader(KeepAlive(0x01, 10, _read, _COMMANDS)),
    verified=True,
)
