"""MClimate AQI Sensor: index of air quality, CO2 equivalent, temperature, humidity, pressure.

Source: TheThingsNetwork/lorawan-devices, vendor/mclimate, aqi-sensor-codec.yaml and aqi-sensor.js. Bits, the most
significant first, after the byte 01:

    9 static index, *16    11  pressure, 300 hPa and 0.4 hPa for each
    5 index, *16            1  not used
    10 CO2 equivalent, *32 ppm    10  temperature, tenths over -40 °C
    8 VOC, *4, of no stated unit   4  not used    2  accuracy of the index
    8 humidity, 0.4 %       8  battery, 1.6 V and 8 mV for each

That are 10 bytes with the first. Accuracy 0 is taken for a sensor that has not settled, as in Bosch's BSEC, whose
values these are by their names: index and CO2 equivalent are absent then. The static index and VOC are not told.
"""

from __future__ import annotations

from decoders.base import Absent, Decoder, Reading, Reason
from decoders.mclimate.protocol import PORT, KeepAlive, reader, temperature_of, voltage

_LENGTH = 10


def _bits(number: int, first: int, count: int) -> int:
    """`count` bits from the bit `first`, where 0 is the most significant of the nine bytes."""
    return number >> (8 * (_LENGTH - 1) - first - count) & (1 << count) - 1


def _read(payload: bytes, at: int) -> tuple[Reading | Absent, ...]:
    number = int.from_bytes(payload[at + 1 : at + _LENGTH], "big")
    index: tuple[Reading | Absent, ...] = (
        Reading("iaq", _bits(number, 9, 5) * 16.0),
        Reading("eco2", _bits(number, 14, 10) * 32.0),
    )
    if not _bits(number, 62, 2):
        index = (Absent("iaq", Reason.WARMING_UP), Absent("eco2", Reason.WARMING_UP))
    return (
        *index,
        Reading("humidity", _bits(number, 32, 8) * 4 / 10),
        Reading("pressure", (30000 + 40 * _bits(number, 40, 11)) / 100),
        temperature_of(_bits(number, 52, 10)),
        voltage(_bits(number, 64, 8)),
    )


DECODER = Decoder(
    vendor="MClimate",
    model="AQI Sensor",
    ports=PORT,
    quantities=("iaq", "eco2", "humidity", "pressure", "air_temperature", "battery_voltage"),
    decode=reader(KeepAlive(0x01, _LENGTH, _read, {})),
    verified=True,
)
