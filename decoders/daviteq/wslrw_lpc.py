"""Daviteq WSLRW-LPC: a lidar over a door that counts people both ways.

Source: Daviteq, Payload WSLRW-LPC, firmware 1.0 (2022-05-09), chapters 3 and 4. 12 bytes, most significant first, on
any port:

    0    type of the sensor, 13
    1    bits 7-6 battery: 99, 60, 30, 10 % from 3 down to 0; bits 5-4 error of the sensor, 1
    2-3  people in, total    4-5  people out, total: never set to 0
    6    people in since the last report    7  people out
    8-9  distance of the front zone    10-11  of the back zone, of no stated unit: not told

The document has no example.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage, WrongLength
from decoders.bits import u16_be

_TYPE, _LENGTH = 0x13, 12
_BATTERY = (10.0, 30.0, 60.0, 99.0)
_ERROR = 0x30


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if payload[:1] != bytes((_TYPE,)):
        raise UnknownMessage(f"begins with {payload[:1].hex() or 'nothing'}; this sensor's type is {_TYPE:02x}")
    if len(payload) != _LENGTH:
        raise WrongLength(f"{len(payload)} bytes; a report has {_LENGTH}")
    return Decoded(
        (
            Reading("people_in", float(u16_be(payload, 2))),
            Reading("people_out", float(u16_be(payload, 4))),
            Reading("people_in_count", float(payload[6])),
            Reading("people_out_count", float(payload[7])),
            Reading("battery", _BATTERY[payload[1] >> 6]),
            Reading("sensor_fault", float(payload[1] & _ERROR != 0)),
        )
    )


DECODER = Decoder(
    vendor="Daviteq",
    model="WSLRW-LPC",
    ports=ANY_PORT,
    quantities=("people_in", "people_out", "people_in_count", "people_out_count", "battery", "sensor_fault"),
    decode=_decode,
    wraps={"people_in": 2**16, "people_out": 2**16},
    aliases=("Lidar People Counter",),
)
