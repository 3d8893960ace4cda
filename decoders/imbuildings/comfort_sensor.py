"""IMBuildings Comfort Sensor: CO2, temperature, humidity and presence in a room.

Source: IMBuildings payload types as published in TheThingsNetwork/lorawan-devices, vendor/imbuildings. The frame is in
`protocol`; type 01, variant 03:

    status of the device (1 byte), battery (2, 0.01 V), temperature (2, 0.01 °C), humidity (2, 0.01 %), CO2 (2, ppm),
    presence (1, 1 is present)

The maker's decoder reads the temperature unsigned, so that 1 °C below zero would be 654 °C; here it is signed.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, Reading
from decoders.bits import i16_be, u16_be
from decoders.imbuildings.protocol import Variant, reader


def _comfort(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (
        Reading("co2", float(u16_be(payload, at + 7))),
        Reading("air_temperature", i16_be(payload, at + 3) / 100),
        Reading("humidity", u16_be(payload, at + 5) / 100),
        Reading("presence", float(payload[at + 9] == 1)),
        Reading("battery_voltage", u16_be(payload, at + 1) / 100),
    )


DECODER = Decoder(
    vendor="IMBuildings",
    model="Comfort Sensor",
    ports=ANY_PORT,
    quantities=("co2", "air_temperature", "humidity", "presence", "battery_voltage"),
    decode=reader(1, {3: Variant(10, _comfort)}),
    verified=True,
)
