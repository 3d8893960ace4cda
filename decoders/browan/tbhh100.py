"""Browan TBHH100, Tabs Healthy Home Sensor: temperature and humidity.

Source: TheThingsNetwork/lorawan-devices, vendor/browan, tbhh100-codec.yaml and tbhh100.js. FPort 103, 8 bytes; the
first three are in `protocol`, their temperature being the one that is bought:

    3  humidity, low 7 bits, %; 127 failed    4-7  ff: what other models have there
"""

from __future__ import annotations

from decoders.base import Absent, Decoder, Reading
from decoders.browan.protocol import humidity, reader, temperature


def _read(payload: bytes) -> tuple[Reading | Absent, ...]:
    return (temperature("air_temperature", payload[2]), humidity(payload[3]))


DECODER = Decoder(
    vendor="Browan",
    model="TBHH100",
    ports=(103,),
    quantities=("air_temperature", "humidity", "battery_voltage"),
    decode=reader(_read, 8),
    verified=True,
)
