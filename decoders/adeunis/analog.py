"""Adeunis Analog: two inputs, each 0-10 V or 4-20 mA.

Source: Adeunis user guide and the maker's codec (TheThingsNetwork/lorawan-devices, vendor/adeunis, analog). FPort 1.
The frame is described in `protocol`. Frames, with the places of their data:

    42, 30  data and keep alive: for A and for B: type 1 (lower four bits: 1 volts, 2 milliamperes, other off), value 3,
            unsigned, µV or 10 nA

Bit 3 of the status is the alarm of A, bit 4 that of B. Channel 1 is A, 2 is B.
"""

from __future__ import annotations

from decoders.adeunis.protocol import PORT, Frame, of
from decoders.base import Absent, Decoder, Reading
from decoders.bits import u24_be

_TYPES = {1: ("input_voltage", 1_000_000), 2: ("loop_current", 100_000)}


def _inputs(frame: bytes) -> list[Reading | Absent]:
    found: list[Reading | Absent] = []
    for line, at in ((1, 2), (2, 6)):
        kind = _TYPES.get(frame[at] & 0x0F)
        if kind:
            quantity, divisor = kind
            found.append(Reading(quantity, u24_be(frame, at + 1) / divisor, line))
            found.append(Reading("alarm", float(frame[1] >> line + 2 & 1), line))
    return found


_TABLE = {0x42: Frame(_inputs, 8), 0x30: Frame(_inputs, 8)}

DECODER = Decoder(
    vendor="Adeunis",
    model="Analog",
    ports=(PORT,),
    quantities=("loop_current", "input_voltage", "alarm", "battery_low"),
    decode=of(_TABLE),
    verified=True,
    differs=("Values: in full, where the maker's codec rounds to three digits.",),
)
