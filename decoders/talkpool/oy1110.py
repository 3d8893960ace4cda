"""Talkpool OY1110: air temperature and humidity.

Source: Talkpool OY1110 user manual, version 1.0, chapter 9.3.

    FPort 2  one measurement: 3 bytes, 0.1 °C with an offset of 80 °C and 0.1 % with an offset of 25 %, see `protocol`
    FPort 3  a header of 1 byte, the time between two measurements, and several measurements, the newest first
    FPort 1  answers to commands and status, refused

The manual names no sentinel.
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder
from decoders.talkpool.protocol import COMMANDS, GROUPED, ONLY_NEWEST, SINGLE, climate, newest

_SIZE = 3


def _decode(payload: bytes, f_port: int) -> Decoded:
    return Decoded(tuple(climate(payload, newest(payload, f_port, _SIZE))))


DECODER = Decoder(
    vendor="Talkpool",
    model="OY1110",
    ports=(COMMANDS, SINGLE, GROUPED),
    quantities=("air_temperature", "humidity"),
    decode=_decode,
    verified=True,
    differs=(ONLY_NEWEST,),
)
