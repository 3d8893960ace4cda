"""Talkpool OY1700: particulate matter, air temperature and humidity.

Source: TheThingsNetwork/lorawan-devices, vendor/talkpool, the maker's codec of the OY1700; temperature and humidity as
in the OY1210 user manual, version 1.0, chapter 9.3. FPort 2, 9 bytes:

    0..2  air temperature and humidity, see `protocol`
    3..8  PM1, PM2.5, PM10: 2 bytes each, µg/m³

No sentinel is named.
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, Reading
from decoders.bits import u16_be
from decoders.talkpool.protocol import SINGLE, climate, newest

_SIZE = 9
_PARTICLES = ("pm1", "pm2_5", "pm10")


def _decode(payload: bytes, f_port: int) -> Decoded:
    at = newest(payload, f_port, _SIZE)
    readings = climate(payload, at)
    readings += [
        Reading(quantity, float(u16_be(payload, at + 3 + 2 * index))) for index, quantity in enumerate(_PARTICLES)
    ]
    return Decoded(tuple(readings))


DECODER = Decoder(
    vendor="Talkpool",
    model="OY1700",
    ports=(SINGLE,),
    quantities=(*_PARTICLES, "air_temperature", "humidity"),
    decode=_decode,
    verified=True,
)
