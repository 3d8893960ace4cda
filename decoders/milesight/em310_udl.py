"""Milesight EM310-UDL: ultrasonic distance, for bins, tanks and parking spaces, with a tilt switch.

Source: EM310-UDL user guide, chapter "Device Payload"; the maker's payload table for this model.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery   1 byte, %
    03 82  distance  2 bytes, mm
    04 00  position  1 byte, 0 normal or 1 tilted

The table names no sentinel; all bits set, 65.535 m, is far beyond the sensor's reach and is taken for a failed
measurement.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import reads, table, u8, u16

_TABLE = table({0x0175: u8("battery"), 0x0382: u16("distance", failed=0xFFFF), 0x0400: u8("tilt")})

DECODER = Decoder(
    vendor="Milesight",
    model="EM310-UDL",
    ports=ANY_PORT,
    quantities=("distance", "tilt", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
