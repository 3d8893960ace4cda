"""HKT LoRa People Counter: an infrared beam across a passage that counts both ways.

Source: akenza-io/device-type-library, types/hkt/peopleCounter, decoder and its tests. On any port, after "hkt" and two
bytes come blocks of a type and data whose length the type fixes, most significant byte first:

    01  hardware and software version   2      83  infrared broken   1
    03  battery, %                      1      84  installed         1
    04  reporting pattern               1      86  (unknown use)     2
    05  reporting interval              2
    06  threshold                       2
    07  A and B since the last report (2 each), A and B in total (4 each)

Channel 1 is A, 2 is B. Which way each of them goes depends on how it hangs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage, WrongLength
from decoders.bits import u16_be, u32_be

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEAD, _START = b"hkt", 5
_BATTERY, _COUNTS, _BROKEN = 0x03, 0x07, 0x83
_LENGTHS = {0x01: 2, _BATTERY: 1, 0x04: 1, 0x05: 2, 0x06: 2, _COUNTS: 12, _BROKEN: 1, 0x84: 1, 0x86: 2}


def _block(payload: bytes, kind: int, at: int) -> Iterable[Reading]:
    if kind == _BATTERY:
        return (Reading("battery", float(payload[at])),)
    if kind == _BROKEN:
        return (Reading("sensor_fault", float(payload[at] != 0)),)
    if kind == _COUNTS:
        return (
            Reading("people_count", float(u16_be(payload, at)), 1),
            Reading("people_count", float(u16_be(payload, at + 2)), 2),
            Reading("people", float(u32_be(payload, at + 4)), 1),
            Reading("people", float(u32_be(payload, at + 8)), 2),
        )
    return ()


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if not payload.startswith(_HEAD):
        raise UnknownMessage(f"begins with {payload[:3].hex(' ') or 'nothing'}, not with 68 6b 74")
    if len(payload) < _START:
        raise WrongLength(f"{len(payload)} bytes; the head alone has {_START}")
    found: dict[tuple[str, int], Reading] = {}
    position, end = _START, len(payload)
    while position < end:
        kind = payload[position]
        if kind not in _LENGTHS:
            raise UnknownMessage(f"unknown type {kind:02x} at position {position}")
        start = position + 1
        position = start + _LENGTHS[kind]
        if position > end:
            raise WrongLength(f"type {kind:02x} at position {start - 1} needs {position - end} more bytes")
        for reading in _block(payload, kind, start):
            found[reading.quantity, reading.channel] = reading
    return Decoded(tuple(found.values()))


DECODER = Decoder(
    vendor="HKT",
    model="LoRa People Counter",
    ports=ANY_PORT,
    quantities=("people_count", "people", "battery", "sensor_fault"),
    decode=_decode,
    wraps={"people": 2**32},
    aliases=("HKT People Counter",),
    verified=True,
)
