"""Atomsenses AS-201: CO2, temperature and humidity of a room.

Source: Atomsenses; the maker's decoder in TheThingsNetwork/lorawan-devices, vendor/atomsenses/as-201. Any FPort.
Channel, type, data, least significant byte first, as Milesight has it:

    01 75  battery           1 byte, %
    03 67  temperature       2 bytes, signed, 0.1 °C
    04 68  humidity          1 byte, 0.5 %
    07 7d  CO2               2 bytes, ppm

No sentinel is documented. Passed over: 05 6a, 08 7d, 09 73, 09 7d (2 bytes each) and 06 65 (6 bytes), which the maker's
decoder and payloads in the field have, of sensors that an AS-201 has not. Another one is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage, WrongLength
from decoders.bits import i16_le, u16_le

if TYPE_CHECKING:
    from collections.abc import Callable

_HEADER = 2
_LENGTHS = {
    0x0175: 1, 0x0367: 2, 0x0468: 1, 0x056A: 2, 0x0665: 6, 0x077D: 2, 0x087D: 2, 0x0973: 2, 0x097D: 2,
}  # fmt: skip
_READ: dict[int, Callable[[bytes, int], Reading]] = {
    0x0175: lambda payload, at: Reading("battery", float(payload[at])),
    0x0367: lambda payload, at: Reading("air_temperature", i16_le(payload, at) / 10),
    0x0468: lambda payload, at: Reading("humidity", payload[at] / 2),
    0x077D: lambda payload, at: Reading("co2", float(u16_le(payload, at))),
}


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if not payload:
        raise WrongLength("empty payload")
    found: dict[str, Reading] = {}
    position, end = 0, len(payload)
    while position < end:
        if position + _HEADER > end:
            raise WrongLength(f"a single byte at position {position}, where channel and type are expected")
        key = payload[position] << 8 | payload[position + 1]
        length = _LENGTHS.get(key)
        if length is None:
            raise UnknownMessage(f"unknown channel and type {key:04x} at position {position}")
        start = position + _HEADER
        position = start + length
        if position > end:
            raise WrongLength(f"channel and type {key:04x} at position {start - _HEADER} is cut")
        if key in _READ:
            reading = _READ[key](payload, start)
            found[reading.quantity] = reading
    return Decoded(tuple(found.values()))


DECODER = Decoder(
    vendor="Atomsenses",
    model="AS-201",
    ports=ANY_PORT,
    quantities=("co2", "air_temperature", "humidity", "battery"),
    decode=_decode,
    verified=True,
)
