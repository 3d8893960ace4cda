"""Talkpool OY1200: CO2, air temperature and humidity of a room, the forerunner of the OY1210.

Source: TheThingsNetwork/lorawan-devices, vendor/talkpool, the maker's codec of the OY1200. FPort 1, 12 bytes:

    0..1    01 21, a report of the measurement
    2..3    CO2, ppm, as measured; not reported beside the next
    4..5    CO2, ppm, filtered
    6..7    air temperature, 0.01 °C; below zero is not documented
    8..9    humidity, 0.01 %
    10..11  not documented
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, Reading, UnknownMessage, WrongLength
from decoders.bits import u16_be

_SIZE = 12
_REPORT = 0x0121


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) != _SIZE:
        raise WrongLength(f"{len(payload)} bytes; a report has {_SIZE}")
    if u16_be(payload, 0) != _REPORT:
        raise UnknownMessage(f"type and index {payload[:2].hex()}; 0121 is known")
    return Decoded(
        (
            Reading("co2", float(u16_be(payload, 4))),
            Reading("air_temperature", u16_be(payload, 6) / 100),
            Reading("humidity", u16_be(payload, 8) / 100),
        )
    )


DECODER = Decoder(
    vendor="Talkpool",
    model="OY1200",
    ports=(1,),
    quantities=("co2", "air_temperature", "humidity"),
    decode=_decode,
    verified=True,
    differs=("CO2: the filtered value alone, which the device itself reports as its measurement beside the raw one.",),
)
