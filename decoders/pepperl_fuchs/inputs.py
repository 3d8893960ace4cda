"""What WILSEN.node and WILSEN.valve share: states of sensors and valves in half bytes, the first in the lowest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Absent, OutOfRange, Reading, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from decoders.pepperl_fuchs.protocol import Read

SENSOR: Mapping[int, float | Reason] = {
    0: 0.0,
    1: 1.0,
    7: Reason.NOT_AVAILABLE,
    8: Reason.DEVICE_ERROR,
    9: Reason.NOT_CONNECTED,
    10: Reason.DEVICE_ERROR,
}
"""Low (no target), high (target), not inquired, short circuit, not connected, invalid current."""

VALVE: Mapping[int, float | Reason] = {
    0: 0.0,
    1: 1.0,
    2: Reason.NOT_AVAILABLE,
    3: Reason.NOT_CONNECTED,
    7: Reason.NOT_AVAILABLE,
}
"""Closed, open, undefined, not connected, not inquired."""


def states(quantity: str, codes: Mapping[int, float | Reason], length: int) -> Read:
    """Two states to a byte; channel 1 is the first.

    Raises (the reader):
        OutOfRange: a code that is not defined.
    """

    def read(payload: bytes, at: int) -> Iterator[Reading | Absent]:
        bits = int.from_bytes(payload[at : at + length], "big")
        for channel in range(1, 2 * length + 1):
            code = bits & 0x0F
            bits >>= 4
            if code not in codes:
                raise OutOfRange(f"state {code} of {quantity} {channel}: not defined")
            value = codes[code]
            yield Absent(quantity, value, channel) if isinstance(value, Reason) else Reading(quantity, value, channel)

    return read
