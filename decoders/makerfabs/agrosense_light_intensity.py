"""Makerfabs AgroSense Light Intensity: illuminance.

Source: Makerfabs/Agrosense-Decoder, Agrosense_Light_Intensity_Sensor. Any FPort, most significant byte first:

    0..1   number of the report
    2      battery voltage   1 byte, 0.1 V
    3..6   illuminance       4 bytes, 0.01 lx
    7..8   reserved; newer firmware has more after it, passed over

No sentinel is documented.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, WrongLength
from decoders.bits import u32_be

_LENGTHS = (9, 11)


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) not in _LENGTHS:
        raise WrongLength(f"{len(payload)} bytes; the report has {' or '.join(map(str, _LENGTHS))}")
    return Decoded((Reading("battery_voltage", payload[2] / 10), Reading("illuminance", u32_be(payload, 3) / 100)))


DECODER = Decoder(
    vendor="Makerfabs",
    model="AgroSense Light Intensity",
    ports=ANY_PORT,
    quantities=("illuminance", "battery_voltage"),
    decode=_decode,
    verified=True,
)
