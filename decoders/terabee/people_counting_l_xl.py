"""Terabee People Counting L-XL: a depth camera over a wide entrance.

Source: akenza-io/device-type-library, types/terabee/peopleCountingXL, decoder and its tests. 9 bytes, most significant
first, on any port:

    0-3  people in, total   4-7  people out, total
    8    flags: bit 3 the Wi-Fi access point is on, 2 trouble between several devices, 1 counting is stuck, 0 stopped

The tests call the first number forwards; the same project gives it the value of `count_in` of the device's own HTTP
message, so it is in. Bits 1 and 0 are told as a fault of the sensor; the others are settings.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, WrongLength
from decoders.bits import u32_be

_LENGTH = 9
_NOT_COUNTING = 0x03


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) != _LENGTH:
        raise WrongLength(f"{len(payload)} bytes; a count has {_LENGTH}")
    return Decoded(
        (
            Reading("people_in", float(u32_be(payload, 0))),
            Reading("people_out", float(u32_be(payload, 4))),
            Reading("sensor_fault", float(payload[8] & _NOT_COUNTING != 0)),
        )
    )


DECODER = Decoder(
    vendor="Terabee",
    model="People Counting L-XL",
    ports=ANY_PORT,
    quantities=("people_in", "people_out", "sensor_fault"),
    decode=_decode,
    wraps={"people_in": 2**32, "people_out": 2**32},
    aliases=("People Counting XL",),
    verified=True,
)
