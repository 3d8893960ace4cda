"""Talkpool OY1320: water meter with a radio.

Source: TheThingsNetwork/lorawan-devices, vendor/talkpool, the maker's codec of the OY1320; the lists of commands of
Talkpool's own gateways, in which 21 sets the reading and 20 clears the alarms. A sequence of items:

    01 21 VVVVVVVV  meter reading, 4 bytes, litres
    01 20 SS        status, 1 byte; 0 is good, what the bits mean is not public

Most significant byte first. The OY1310 takes the same commands; no payload of it is public.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoded, Decoder, Reading, UnknownMessage, WrongLength
from decoders.bits import u16_be, u32_be

_READING, _STATUS = 0x0121, 0x0120
_SIZES = {_READING: 6, _STATUS: 3}


def _decode(payload: bytes, _f_port: int) -> Decoded:
    found: dict[str, Reading] = {}
    at = 0
    while at + 1 < len(payload):
        item = u16_be(payload, at)
        size = _SIZES.get(item)
        if size is None:
            raise UnknownMessage(f"type and index {item:04x} at position {at}")
        if at + size > len(payload):
            raise WrongLength(f"{len(payload)} bytes; the item at position {at} has {size}")
        if item == _READING:
            found["water_volume"] = Reading("water_volume", u32_be(payload, at + 2) / 1000)
        else:
            found["alarm"] = Reading("alarm", float(payload[at + 2] != 0))
        at += size
    if at != len(payload) or not payload:
        raise WrongLength(f"{len(payload)} bytes; an item begins with two")
    return Decoded(tuple(found.values()))


_OY1320 = Decoder(
    vendor="Talkpool",
    model="OY1320",
    ports=(1, 2),
    quantities=("water_volume", "alarm"),
    decode=_decode,
    wraps={"water_volume": 2**32 / 1000},
    verified=True,
    differs=(
        "Meter reading: m³ of all four bytes; the maker's codec gives litres and reads the lower two bytes alone.",
        "Status: the byte itself, 0 or not; the maker's codec reads a digit of the meter reading in its place.",
    ),
)
DECODERS = (_OY1320, replace(_OY1320, model="OY1310", verified=False))
