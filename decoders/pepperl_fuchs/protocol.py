"""The walk through a payload of the Pepperl+Fuchs WILSEN family, on any port.

    LL IIII D..D  LL IIII D..D  ...     L: bytes of I and D; I: what it is; D: most significant byte first

Which of them a device sends is in its own table; the following come from all:

    0201  temperature in the box  4, float, °C     5001 5002  latitude, longitude   4 each, signed, millionths of a °
    5101  battery                 1, 0.1 V         2a25 2a26  serial number         14, 6
    3101 3102 3103 3104  transmissions, positions, ultrasonic and other measurements since ever   2, 2, 4, 4

f1.. to f8.. repeat a setting that a downlink changed. Temperatures are told to a tenth, as the maker's decoder does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from decoders.base import Absent, Decoded, Reading, UnknownMessage, WrongLength
from decoders.bits import f32_be, i32_be, u16_be

Read: TypeAlias = Callable[[bytes, int], Iterable[Reading | Absent]]


class Item(NamedTuple):
    """Bytes of the data, and what to read from them; None where it is no measurement."""

    length: int
    read: Read | None = None


_ID = 2
_SETTINGS = range(0xF1, 0xF9)

COMMON_QUANTITIES = ("device_temperature", "battery_voltage", "latitude", "longitude")


def number(quantity: str, factor: int = 1, divisor: int = 1) -> Item:
    """Two bytes, unsigned."""
    return Item(2, lambda payload, at: (Reading(quantity, u16_be(payload, at) * factor / divisor),))


def byte(quantity: str, divisor: int = 1) -> Item:
    """One byte, unsigned."""
    return Item(1, lambda payload, at: (Reading(quantity, payload[at] / divisor),))


def _degrees(quantity: str) -> Item:
    return Item(4, lambda payload, at: (Reading(quantity, i32_be(payload, at) / 10**6),))


def _temperature(payload: bytes, at: int) -> Iterable[Reading]:
    return (Reading("device_temperature", round(f32_be(payload, at), 1)),)


_COMMON: Mapping[int, Item] = {
    0x0201: Item(4, _temperature),
    0x2A25: Item(14),
    0x2A26: Item(6),
    0x3101: Item(2),
    0x3102: Item(2),
    0x3103: Item(4),
    0x3104: Item(4),
    0x5001: _degrees("latitude"),
    0x5002: _degrees("longitude"),
    0x5101: byte("battery_voltage", 10),
}


def reader(items: Mapping[int, Item]) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a device that sends these beside the common ones."""
    table = {**_COMMON, **items}

    def decode(payload: bytes, _f_port: int) -> Decoded:
        if not payload:
            raise WrongLength("empty payload")
        readings: dict[tuple[str, int], Reading] = {}
        absent: list[Absent] = []
        position, end = 0, len(payload)
        while position < end:
            length, start = payload[position], position + 1 + _ID
            if length < _ID or position + 1 + length > end:
                raise WrongLength(f"length {length} at position {position}: not what follows")
            read = _read(payload, position, table.get(payload[position + 1] << 8 | payload[position + 2]))
            position += 1 + length
            if read is None:
                continue
            for value in read(payload, start):
                if isinstance(value, Reading):
                    readings[value.quantity, value.channel] = value
                else:
                    absent.append(value)
        return Decoded(tuple(readings.values()), tuple(absent))

    return decode


def _read(payload: bytes, position: int, item: Item | None) -> Read | None:
    if item is not None:
        if payload[position] == _ID + item.length:
            return item.read
        raise WrongLength(f"{payload[position] - _ID} bytes at position {position}; this identifier has {item.length}")
    if payload[position + 1] in _SETTINGS:
        return None
    key = payload[position + 1 : position + 1 + _ID].hex()
    raise UnknownMessage(f"unknown identifier {key} at position {position + 1}")
