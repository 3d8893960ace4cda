"""MClimate HT Sensor: temperature and humidity, and an external thermistor.

Source: TheThingsNetwork/lorawan-devices, vendor/mclimate, ht-sensor-codec.yaml and ht-sensor.js. The frame is in
`protocol`; the keep-alive has 7 bytes, most significant first:

    1-2  temperature, tenths over -40 °C    5    bit 2 no thermistor, bits 1-0 and
    3    humidity, 256ths                   6    the thermistor's temperature, 0.1 °C
    4    battery: high half, 2 V and 0.1 V for each

Another project (akenza-io/device-type-library) reads byte 4 whole, 1.6 V and 8 mV for each; the maker's decoder is
followed, and its 3.5 V is the most that it can tell. The same project gives f6 as 3.568 V where we tell 3.5 V.
"""

from __future__ import annotations

from decoders.base import Absent, Decoder, Reading, Reason
from decoders.bits import u16_be
from decoders.mclimate.protocol import PORT, KeepAlive, humidity, reader, temperature

_NO_THERMISTOR, _THERMISTOR = 0x04, 0x03FF


def _read(payload: bytes, at: int) -> tuple[Reading | Absent, ...]:
    probe: Reading | Absent = Absent("probe_temperature", Reason.NOT_CONNECTED)
    if not payload[at + 5] & _NO_THERMISTOR:
        probe = Reading("probe_temperature", (u16_be(payload, at + 5) & _THERMISTOR) / 10)
    return (
        temperature(payload, at + 1),
        humidity(payload[at + 3]),
        Reading("battery_voltage", (20 + (payload[at + 4] >> 4)) / 10),
        probe,
    )


DECODER = Decoder(
    vendor="MClimate",
    model="HT Sensor",
    ports=PORT,
    quantities=("air_temperature", "humidity", "probe_temperature", "battery_voltage"),
    decode=reader(KeepAlive(0x01, 7, _read, {})),
    verified=True,
)
