"""Milesight EM310-TILT: the angles of a pole, a wall or a cover, with an alarm for each axis.

Source: EM310-TILT user guide, chapter "Device Payload"; the maker's payload table for this model.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery  1 byte, %
    03 cf  angles   X, Y and Z, 2 bytes signed each, 0.01 °; 1 byte of bits: 0, 1, 2 = X, Y, Z beyond its threshold

The channel of an alarm is its axis: 1 X, 2 Y, 3 Z. The other five bits have no meaning and are passed over.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le
from decoders.milesight.protocol import Entry, Found, reads, table, u8

_AXES = ("angle_x", "angle_y", "angle_z")
_FLAGS = 6


def _angles(payload: bytes, at: int, found: Found) -> None:
    flags = payload[at + _FLAGS]
    for axis, quantity in enumerate(_AXES):
        found.add(quantity, i16_le(payload, at + 2 * axis) / 100)
        found.add("alarm", float(flags >> axis & 1), axis + 1)


_TABLE = table({0x0175: u8("battery"), 0x03CF: Entry(7, _angles)})

DECODER = Decoder(
    vendor="Milesight",
    model="EM310-TILT",
    ports=ANY_PORT,
    quantities=(*_AXES, "alarm", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
