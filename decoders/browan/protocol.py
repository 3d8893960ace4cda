"""What the Browan Tabs sensors share: status, battery and the temperature of the board in the first three bytes.

    0  status    1  low half: battery, 2.5 V and 0.1 V for each, 1 to 14    2  low 7 bits: temperature, °C over -32

A payload of zeros is empty: the maker's decoders pass it over, and its battery would be none that is defined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Absent, Decoded, Reading, Reason, WrongLength, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FULL = 14


def reader(read: Callable[[bytes], Iterable[Reading | Absent]], *lengths: int) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a model: what it reads beside the battery, and the lengths that it sends."""

    def decode(payload: bytes, _f_port: int) -> Decoded:
        if len(payload) not in lengths:
            raise WrongLength(f"{len(payload)} bytes; a report has {' or '.join(map(str, lengths))}")
        if not any(payload):
            return Decoded(())
        return gather((*read(payload), _battery(payload[1])))

    return decode


def _battery(byte: int) -> Reading | Absent:
    level = byte & 0x0F
    if 0 < level <= _FULL:
        return Reading("battery_voltage", (25 + level) / 10)
    return Absent("battery_voltage", Reason.NOT_AVAILABLE)


def temperature(quantity: str, byte: int) -> Reading:
    """Low 7 bits, °C over -32."""
    return Reading(quantity, float((byte & 0x7F) - 32))


def humidity(byte: int) -> Reading | Absent:
    """Low 7 bits, %; 127 is a failed measurement."""
    level = byte & 0x7F
    return Absent("humidity", Reason.DEVICE_ERROR) if level == 0x7F else Reading("humidity", float(level))  # noqa: PLR2004
