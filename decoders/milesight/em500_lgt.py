"""Milesight EM500-LGT (formerly Ursalink): light outdoors.

Source: EM500 series user guide, chapter "Device Payload"; the maker's payload table for EM500-LGT.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery      1 byte, %
    03 94  illuminance  4 bytes, lx
    20 ce  history      4 bytes time (s since 1970), 4 bytes illuminance, lx

No sentinel is named; all bits set is far beyond the sensor's 64,000 lx and is taken for a failed measurement.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, Reason
from decoders.bits import u32_le
from decoders.milesight.protocol import Field, history, reads, table, u8, u32

_FAILED = {0xFFFF_FFFF: Reason.DEVICE_ERROR}

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0394: u32("illuminance", codes=_FAILED),
        0x20CE: history(8, Field(4, u32_le, "illuminance", 1, 0, _FAILED)),
    }
)

DECODER = Decoder(
    vendor="Milesight",
    model="EM500-LGT",
    ports=ANY_PORT,
    quantities=("illuminance", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
