"""Makerfabs AgroSense ATH20: air temperature and humidity.

Source: Makerfabs/Agrosense-Decoder; TheThingsNetwork/lorawan-devices, vendor/makerfabs/ath20. Any FPort, most
significant byte first:

    0..1   number of the report
    2      battery voltage   1 byte, 0.1 V
    3..4   humidity          2 bytes, 0.1 %
    5..6   temperature       2 bytes, signed, 0.1 °C
    7..10  report interval and the like, passed over

No sentinel is documented.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, WrongLength
from decoders.bits import i16_be, u16_be

_LENGTH = 11


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) != _LENGTH:
        raise WrongLength(f"{len(payload)} bytes; the report has {_LENGTH}")
    return Decoded(
        (
            Reading("battery_voltage", payload[2] / 10),
            Reading("humidity", u16_be(payload, 3) / 10),
            Reading("air_temperature", i16_be(payload, 5) / 10),
        )
    )


DECODER = Decoder(
    vendor="Makerfabs",
    model="AgroSense ATH20",
    ports=ANY_PORT,
    quantities=("air_temperature", "humidity", "battery_voltage"),
    decode=_decode,
    aliases=("ATH20",),
    verified=True,
)
