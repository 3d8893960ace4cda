"""Milesight EM320-TILT: the angles of a pole, a wall or a cover, with an alarm for each axis.

Source: EM320-TILT user guide, chapter "Device Payload"; the maker's payload table for this model.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery  1 byte, %
    03 d4  angles   X, Y and Z, 2 bytes each: bits 15 to 1 the angle, signed, 0.01 °; bit 0 beyond its threshold

The channel of an alarm is its axis: 1 X, 2 Y, 3 Z.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le
from decoders.milesight.protocol import Entry, Found, reads, table, u8

_AXES = ("angle_x", "angle_y", "angle_z")


def _angles(payload: bytes, at: int, found: Found) -> None:
    for axis, quantity in enumerate(_AXES):
        raw = i16_le(payload, at + 2 * axis)
        found.add(quantity, (raw >> 1) / 100)
        found.add("alarm", float(raw & 1), axis + 1)


_TABLE = table({0x0175: u8("battery"), 0x03D4: Entry(6, _angles)})

DECODER = Decoder(
    vendor="Milesight",
    model="EM320-TILT",
    ports=ANY_PORT,
    quantities=(*_AXES, "alarm", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
