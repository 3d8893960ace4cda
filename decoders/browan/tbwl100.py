"""Browan TBWL100 (Tabs Water Leak Sensor): water on the floor.

Source: Browan TBWL100 Reference Manual, chapter 4.1.3; TheThingsNetwork/lorawan-devices, vendor/browan,
tbwl100-codec.yaml and tbwl100.js. FPort 106, 5 bytes, of older devices 4; the first three are in `protocol`:

    0  bit 0 water    3  humidity, low 7 bits, %; 127 failed    4  temperature of the air, low 7 bits, °C over -32
"""

from __future__ import annotations

from decoders.base import Absent, Decoder, Reading
from decoders.browan.protocol import humidity, reader, temperature

_LONG = 5


def _read(payload: bytes) -> tuple[Reading | Absent, ...]:
    values = (
        Reading("leak", float(payload[0] & 1)),
        humidity(payload[3]),
        temperature("device_temperature", payload[2]),
    )
    return (*values, temperature("air_temperature", payload[4])) if len(payload) == _LONG else values


DECODER = Decoder(
    vendor="Browan",
    model="TBWL100",
    ports=(106,),
    quantities=("leak", "humidity", "air_temperature", "device_temperature", "battery_voltage"),
    decode=reader(_read, 4, _LONG),
    aliases=("Tabs Water Leak Sensor",),
    verified=True,
    differs=("Humidity: the low 7 bits, as the manual has it; the maker's decoder reads all eight.",),
)
