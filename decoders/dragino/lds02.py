"""Dragino LDS02 and LWL02, LDS01 and LWL01: door, and water leak, indoors.

Source: Dragino LDS02/LWL02 decoders v1.5 and 1.8.2; tests of ChirpStack's device profiles; captured payloads in
akenza's device type library. FPort 10 as delivered, settable.

    BBBB MM CCCCCC LLLLLL AA            10 bytes
    - B: bit 15 door open, bit 14 water; battery, mV, in the low 14 bits
    - M: 1 door, 2 water, 3 both
    - C: how often the door was opened, or water was found; L: how long the last time, minutes (1 and 2; in 3 unused)
    - A: bit 0: the door has been open longer than the owner allows (1 and 3)

    7  BBBB CCCCCC                      how often in a while (firmware 1.8): only battery and, of it, nothing else

How often water was found, and how long the last time lasted, have no place in the vocabulary. The example of The Things
Network device repository has 7 bytes, and its values come from bytes that are not there: it is refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage
from decoders.bits import u24_be
from decoders.dragino.protocol import ROLLING_LOG, ByPort, battery, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH, _COUNTED_LENGTH = 10, 5
_DOOR, _WATER, _BOTH = 1, 2, 3


def _values(payload: bytes) -> Iterator[Reading]:
    mode = payload[2]
    if mode not in {_DOOR, _WATER, _BOTH}:
        raise UnknownMessage(f"mode {mode}")
    if mode != _WATER:
        yield Reading("door_open", float(payload[0] >> 7))
        yield Reading("alarm", float(payload[9] & 1))
    if mode == _DOOR:
        yield Reading("door_count", float(u24_be(payload, 3)))
    if mode != _DOOR:
        yield Reading("leak", float(payload[0] >> 6 & 1))
    yield battery(payload)


def _report(payload: bytes) -> Decoded:
    expect(payload, _LENGTH)
    return Decoded(tuple(_values(payload)))


def _counted(payload: bytes) -> Decoded:
    expect(payload, _LENGTH, _COUNTED_LENGTH)
    return Decoded((battery(payload),)) if len(payload) == _COUNTED_LENGTH else _report(payload)


_LDS02 = Decoder(
    vendor="Dragino",
    model="LDS02",
    ports=ANY_PORT,
    quantities=("door_open", "door_count", "leak", "alarm", "battery_voltage"),
    decode=ByPort(_report, {ROLLING_LOG: _counted}),
    wraps={"door_count": 2**24},
    verified=True,
)

DECODERS = (
    _LDS02,
    replace(_LDS02, model="LWL02", quantities=("leak", "door_open", "door_count", "alarm", "battery_voltage")),
    replace(_LDS02, model="LDS01", verified=False),
    replace(
        _LDS02,
        model="LWL01",
        quantities=("leak", "door_open", "door_count", "alarm", "battery_voltage"),
        verified=False,
    ),
)
