"""RAKwireless WisBlock Kit 1: weather monitor, with an RAK1906.

Source: RAKwireless documentation, RAK1906 quick start guide, LoRaWAN example. Thirteen bytes on any FPort, most
significant byte first:

    0      01
    1..2   temperature       2 bytes, signed, 0.01 °C
    3..4   humidity          2 bytes, 0.01 %
    5..8   air pressure      4 bytes, 0.01 hPa
    9..12  gas resistance    4 bytes, Ω

No sentinel is documented; the kit is programmed by its owner, and this is the maker's example program.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage, WrongLength
from decoders.bits import i16_be, u16_be, u32_be

_LENGTH = 13
_KIND = 1


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) != _LENGTH:
        raise WrongLength(f"{len(payload)} bytes; the message has {_LENGTH}")
    if payload[0] != _KIND:
        raise UnknownMessage(f"message {payload[0]:02x}; only {_KIND:02x} is known")
    return Decoded(
        (
            Reading("air_temperature", i16_be(payload, 1) / 100),
            Reading("humidity", u16_be(payload, 3) / 100),
            Reading("pressure", u32_be(payload, 5) / 100),
            Reading("gas_resistance", float(u32_be(payload, 9))),
        )
    )


DECODER = Decoder(
    vendor="RAKwireless",
    model="WisBlock Kit 1",
    ports=ANY_PORT,
    quantities=("air_temperature", "humidity", "pressure", "gas_resistance"),
    decode=_decode,
    aliases=("WisBlock Kit-1 RAK1906",),
    verified=True,
)
