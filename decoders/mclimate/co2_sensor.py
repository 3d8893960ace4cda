"""MClimate CO2 Sensor: CO2, temperature, humidity.

Source: TheThingsNetwork/lorawan-devices, vendor/mclimate, co2-sensor-codec.yaml and co2-sensor.js. The frame is in
`protocol`; the keep-alive has 7 bytes, most significant first:

    1-2  CO2, ppm    3-4  temperature, tenths over -40 °C    5  humidity, 256ths    6  battery, 1.6 V and 8 mV each
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.bits import u16_be
from decoders.mclimate.protocol import PORT, KeepAlive, humidity, reader, temperature, voltage

_COMMANDS = {0x1F: 4, 0x21: 2, 0x23: 3, 0x25: 3, 0x27: 9, 0x29: 15, 0x2B: 1}


def _read(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (
        Reading("co2", float(u16_be(payload, at + 1))),
        temperature(payload, at + 3),
        humidity(payload[at + 5]),
        voltage(payload[at + 6]),
    )


DECODER = Decoder(
    vendor="MClimate",
    model="CO2 Sensor",
    ports=PORT,
    quantities=("co2", "air_temperature", "humidity", "battery_voltage"),
    decode=reader(KeepAlive(0x01, 7, _read, _COMMANDS)),
    verified=True,
)
