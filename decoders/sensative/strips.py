"""Sensative Strips (Comfort, Drip, Guard, Presence): a strip for frames of doors and windows, one of several sensors.

Source: TheThingsNetwork/lorawan-devices, vendor/sensative/strips-codec.yaml and strips.js. FPort 1: number of the last
entry of the history (2 bytes), then fields of a type (its high bit: also in the history) and data, most significant
byte first:

    01  battery, %              1        0e  water alarm         1
    02  temperature, 0.1 °C     2        12  presence            1
    06  humidity, 0.5 %         1        50  06 and 02           3
    07 08  light, lx            2        51  06 and an average   3
    0b 0c  tampered             1        52  door and 02         3

Passed over: averages and alarms (03 to 05), contact (09, 0a) and its counter (11), wetness (0d), oil and switch (0f,
10), proximity (13 to 15), disinfection (16), versions (6e), capacities (70 to 72), nothing (00). The maker's decoder
says in one place that a contact of 1 is closed and in another that it is open; it is not told.

The history on FPort 2 says how many seconds ago each entry was written; a decoder has no clock, and refuses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from decoders.base import Decoded, Decoder, Reading, UnknownMessage, UnsupportedMessage, WrongLength
from decoders.bits import i16_be, u16_be

if TYPE_CHECKING:
    from collections.abc import Callable

    _Read: TypeAlias = Callable[[bytes, int], tuple[Reading, ...]]

_CURRENT, _HISTORY = 1, 2
_HEADER = 2
_TYPE = 0x7F


def _battery(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (Reading("battery", float(payload[at])),)


def _temperature(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (Reading("air_temperature", i16_be(payload, at) / 10),)


def _humidity(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (Reading("humidity", payload[at] / 2),)


def _climate(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (*_humidity(payload, at), *_temperature(payload, at + 1))


def _after_door(payload: bytes, at: int) -> tuple[Reading, ...]:
    return _temperature(payload, at + 1)


def _light(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (Reading("illuminance", float(u16_be(payload, at))),)


def _state(quantity: str) -> _Read:
    return lambda payload, at: (Reading(quantity, float(payload[at] != 0)),)


_LENGTHS = {
    0x00: 0, 0x01: 1, 0x02: 2, 0x03: 1, 0x04: 2, 0x05: 1, 0x06: 1, 0x07: 2, 0x08: 2, 0x09: 1, 0x0A: 1, 0x0B: 1,
    0x0C: 1, 0x0D: 1, 0x0E: 1, 0x0F: 1, 0x10: 1, 0x11: 2, 0x12: 1, 0x13: 2, 0x14: 2, 0x15: 1, 0x16: 1, 0x50: 3,
    0x51: 3, 0x52: 3, 0x6E: 8, 0x70: 2, 0x71: 2, 0x72: 2,
}  # fmt: skip
_READ: dict[int, _Read] = {
    0x01: _battery,
    0x02: _temperature,
    0x06: _humidity,
    0x07: _light,
    0x08: _light,
    0x0B: _state("tamper"),
    0x0C: _state("tamper"),
    0x0E: _state("leak"),
    0x12: _state("presence"),
    0x50: _climate,
    0x51: _humidity,
    0x52: _after_door,
}


def _decode(payload: bytes, f_port: int) -> Decoded:
    if f_port == _HISTORY:
        raise UnsupportedMessage("history (FPort 2): its times are counted back from now, and a decoder has no clock")
    position, end = _HEADER, len(payload)
    if end < position:
        raise WrongLength(f"{end} bytes; the number of the history alone has {_HEADER}")
    found: dict[str, Reading] = {}
    while position < end:
        kind, start = payload[position] & _TYPE, position + 1
        if kind not in _LENGTHS:
            raise UnknownMessage(f"unknown type {kind:02x} at position {position}")
        position = start + _LENGTHS[kind]
        if position > end:
            raise WrongLength(f"type {kind:02x} at position {start - 1} needs {position - end} more bytes")
        if kind in _READ:
            found.update((reading.quantity, reading) for reading in _READ[kind](payload, start))
    return Decoded(tuple(found.values()))


DECODER = Decoder(
    vendor="Sensative",
    model="Strips",
    ports=(_CURRENT, _HISTORY),
    quantities=("leak", "presence", "air_temperature", "humidity", "illuminance", "tamper", "battery"),
    decode=_decode,
    verified=True,
)
