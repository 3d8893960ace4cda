"""Talkpool OY1100: air temperature and humidity, the forerunner of the OY1110.

Source: TheThingsNetwork/lorawan-devices, vendor/talkpool, the maker's codec of the OY1100. FPort 1, one or several
measurements of 3 bytes, of which the codec reads the first: 12 bits temperature, 0.1 °C, and 12 bits humidity, 0.1 %,
both without the offset of later models. Temperatures below zero are not documented; what they would look like is far
beyond what air can have, and so is absent. The other measurements of a payload have no time of their own.
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, Reading, WrongLength
from decoders.talkpool.protocol import twelve

_SIZE = 3


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if not payload or len(payload) % _SIZE:
        raise WrongLength(f"{len(payload)} bytes; a measurement has {_SIZE}")
    temperature, humidity = twelve(payload, 0)
    return Decoded((Reading("air_temperature", temperature / 10), Reading("humidity", humidity / 10)))


DECODER = Decoder(
    vendor="Talkpool",
    model="OY1100",
    ports=(1,),
    quantities=("air_temperature", "humidity"),
    decode=_decode,
    verified=True,
)
