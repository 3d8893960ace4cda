"""Browan TBHV110 (Tabs Healthy Home Sensor IAQ): air quality from a Bosch BME680, temperature, humidity.

Source: Browan TBHV110 Reference Manual, chapter 4.1.2 (up to eCO2); TheThingsNetwork/lorawan-devices, vendor/browan,
tbhv110-codec.yaml and tbhv110.js; the unit of VOC from tago-io/decoders, connector/browan. FPort 103, 11 bytes, least
significant first; the first three are in `protocol`:

    3  humidity, low 7 bits, %; 127 failed    6-7  VOC, ppm    10  temperature of the air, low 7 bits, °C over -32
    4-5  CO2 equivalent, ppm, from VOC        8-9  index of indoor air, 0 to 500

127 is from the manual of TBWL100. All bits set in 4 to 10 is taken for a value that the device does not have, as in the
example of TBHH100. VOC is told in ppb, as the other sensors have it.
"""

from __future__ import annotations

from decoders.base import Absent, Decoder, Reading, Reason
from decoders.bits import u16_le
from decoders.browan.protocol import humidity, reader, temperature

_NONE, _NO_TEMPERATURE = 0xFFFF, 0xFF


def _number(quantity: str, raw: int, factor: float = 1.0) -> Reading | Absent:
    return Absent(quantity, Reason.NOT_AVAILABLE) if raw == _NONE else Reading(quantity, raw * factor)


def _read(payload: bytes) -> tuple[Reading | Absent, ...]:
    air: Reading | Absent = Absent("air_temperature", Reason.NOT_AVAILABLE)
    if payload[10] != _NO_TEMPERATURE:
        air = temperature("air_temperature", payload[10])
    return (
        _number("iaq", u16_le(payload, 8)),
        _number("eco2", u16_le(payload, 4)),
        _number("tvoc_fraction", u16_le(payload, 6), 1000.0),
        air,
        humidity(payload[3]),
        temperature("device_temperature", payload[2]),
    )


DECODER = Decoder(
    vendor="Browan",
    model="TBHV110",
    ports=(103,),
    quantities=(
        "iaq", "eco2", "tvoc_fraction", "air_temperature", "humidity", "device_temperature", "battery_voltage",
    ),
    decode=reader(_read, 11),
    aliases=("Healthy Home Sensor IAQ",),
    verified=True,
    differs=(
        "The maker's decoder gives VOC in ppm; here it is in ppb.",
        "Why it reports (`status`, `tempHumidChanged`, `iaqChanged`) is not told: the values themselves are.",
    ),
)  # fmt: skip
