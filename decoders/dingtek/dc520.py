"""Dingtek DC520: counts the people who go in and out, and keeps the balance.

Source: TheThingsNetwork/lorawan-devices, vendor/dingtek/dc520-codec.yaml, its example. The frame is in `protocol`; 19
bytes:

    5-6   people present: in less out, from a number that a command sets
    7-8   people in    9-10  people out    16-17  number of the frame

The alarms, the battery and the error code between them are not read: the example shows them all as 0 but the battery,
told there as "5", whose unit it does not give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Absent, Decoder, Reading, Reason
from decoders.bits import i16_be
from decoders.dingtek.protocol import PORT, number, reader

if TYPE_CHECKING:
    from decoders.dingtek.protocol import Field


def _balance(payload: bytes) -> Reading | Absent:
    raw = i16_be(payload, 5)
    return Absent("people_present", Reason.NOT_AVAILABLE) if raw < 0 else Reading("people_present", float(raw))


_FIELDS: tuple[Field, ...] = (_balance, number("people_in", 7), number("people_out", 9))

DECODER = Decoder(
    vendor="Dingtek",
    model="DC520",
    ports=PORT,
    quantities=("people_in", "people_out", "people_present"),
    decode=reader({19: _FIELDS}),
    wraps={"people_in": 2**16, "people_out": 2**16},
    verified=True,
)
