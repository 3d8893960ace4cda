"""Milesight WS302: sound level, with the weighting that its owner has set.

Source: WS302 user guide, chapter "Device Payload"; the maker's payload table for WS302.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery  1 byte, %
    05 5b  sound    1 byte weighting; level, equivalent level and highest level, 2 bytes each, 0.1 dB

Weighting: bits 1 and 0 of the frequency (0 Z, 1 A, 2 C), bits 3 and 2 of the time (0 impulse, 1 fast, 2 slow). The
frequency decides which quantities are told: LA, LAeq and LAmax; LC, LCeq and LCmax; LZ, LZeq and LZmax. The time
weighting is in the level and in the highest level as the owner has set it, and is not told. A code 3 of either is not
defined and refused: a level of unknown weighting is no measurement. The other four bits are passed over.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, OutOfRange
from decoders.bits import u16_le
from decoders.milesight.protocol import Entry, Found, reads, replies, table, u8

_FREQUENCY = (("lz", "lzeq", "lzmax"), ("la", "laeq", "lamax"), ("lc", "lceq", "lcmax"))
_UNDEFINED = 3


def _sound(payload: bytes, at: int, found: Found) -> None:
    frequency, time = payload[at] & 3, payload[at] >> 2 & 3
    if _UNDEFINED in {frequency, time}:
        raise OutOfRange(f"weighting {payload[at]:02x} at position {at} is not defined")
    for index, quantity in enumerate(_FREQUENCY[frequency]):
        found.add(quantity, u16_le(payload, at + 1 + 2 * index) / 10)


_TABLE = table({0x0175: u8("battery"), 0x055B: Entry(7, _sound)}, replies({0x1D: 2, 0x2D: 1}))

DECODER = Decoder(
    vendor="Milesight",
    model="WS302",
    ports=ANY_PORT,
    quantities=("laeq", "lamax", "la", "lceq", "lcmax", "lc", "lzeq", "lzmax", "lz", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
