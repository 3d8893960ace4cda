"""Talkpool OY1210: CO2, air temperature and humidity of a room.

Source: Talkpool OY1210 user manual, version 1.0, chapter 9.3.

    FPort 2  one measurement: 3 bytes temperature and humidity, see `protocol`; 2 bytes CO2, ppm, ffff is an error
    FPort 3  a header of 1 byte, the time between two measurements, and several measurements, the newest first
    FPort 1  answers to commands and status, refused
"""

from __future__ import annotations

from decoders.base import Absent, Decoded, Decoder, Reading, Reason
from decoders.bits import u16_be
from decoders.talkpool.protocol import COMMANDS, GROUPED, ONLY_NEWEST, SINGLE, climate, newest

_SIZE = 5
_FAILED = 0xFFFF


def _decode(payload: bytes, f_port: int) -> Decoded:
    at = newest(payload, f_port, _SIZE)
    readings = climate(payload, at)
    co2 = u16_be(payload, at + 3)
    if co2 == _FAILED:
        return Decoded(tuple(readings), (Absent("co2", Reason.DEVICE_ERROR),))
    return Decoded((*readings, Reading("co2", float(co2))))


DECODER = Decoder(
    vendor="Talkpool",
    model="OY1210",
    ports=(COMMANDS, SINGLE, GROUPED),
    quantities=("co2", "air_temperature", "humidity"),
    decode=_decode,
    verified=True,
    differs=(ONLY_NEWEST,),
)
