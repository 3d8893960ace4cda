"""Parts of tables that the counters, valves, switches and transformers share, made of those in `protocol`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from decoders.base import Absent, Decoded, Reason, UnknownMessage
from decoders.milesight.protocol import Codes, Entry, Found, Read, Table, u8, u16, u32, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FAILED_TEMPERATURE: Codes = MappingProxyType({0xFFFF: Reason.DEVICE_ERROR, 0xFFFD: Reason.SATURATED})
"""Reading the sensor failed; out of its range. -0.1 °C and -0.3 °C have the same bits, and cannot be told from it."""

ELECTRICITY: Mapping[int, Entry] = {
    0x0374: u16("voltage", 10),
    0x0480: u32("power"),
    0x0581: u8("power_factor", 100),
    0x0683: u32("energy", divisor=1000),
    0x07C9: u16("current", 1000),
}
"""Of switches and sockets: 0.1 V, W, %, Wh and mA."""

ELECTRIC_QUANTITIES = ("power", "voltage", "current", "power_factor", "energy")
ENERGY_WRAPS = 2**32 / 1000
ELECTRIC_DIFFERS = (
    "Power factor is told as a number up to 1, current in A and energy in kWh; the maker tells %, mA and Wh.",
)

NEWER_DIFFERS = (
    "Metering with a voltage below 60 V is absent: newer hardware sends whole volts, and other units beside."
)

_LEAST_MAINS = 60
"""V. Newer hardware of the switches and sockets sends whole volts, 100 to 277, which would be told as a tenth of it."""


def on_mains(table: Table) -> Callable[[bytes, int], Decoded]:
    """A switch's or socket's `decode`, which tells no electricity in units of newer hardware.

    That is known by the voltage; a report without it is read as it is.
    """

    def decode(payload: bytes, _f_port: int) -> Decoded:
        decoded = walk(payload, table)
        for reading in decoded.readings:
            if reading.quantity == "voltage" and 0 < reading.value < _LEAST_MAINS:
                return _without_electricity(decoded)
        return decoded

    return decode


def _without_electricity(decoded: Decoded) -> Decoded:
    told = tuple(reading for reading in decoded.readings if reading.quantity not in ELECTRIC_QUANTITIES)
    names = {reading.quantity for reading in decoded.readings}
    doubtful = (Absent(name, Reason.IMPOSSIBLE) for name in ELECTRIC_QUANTITIES if name in names)
    return Decoded(told, (*decoded.absent, *doubtful))


_ON_OFF: Mapping[int, float] = MappingProxyType({0: 0.0, 1: 1.0})


def with_alarm(entry: Entry, codes: Mapping[int, float] = _ON_OFF, channel: int = 0) -> Entry:
    """A value, and in the last byte of its data whether the device raises an alarm about it.

    A code that `codes` does not have is told as impossible.
    """
    value, last = entry.read, entry.length - 1

    def read(payload: bytes, at: int, found: Found) -> None:
        if value is not None:
            value(payload, at, found)
        state = codes.get(payload[at + last])
        if state is None:
            found.absent.append(Absent("alarm", Reason.IMPOSSIBLE, channel))
        else:
            found.add("alarm", state, channel)

    return Entry(entry.length, read)


def kinds(where: int, forms: Mapping[int, Entry]) -> Entry:
    """Data that has one of several forms; a byte at `where` from its start says which.

    Raises, when read:
        UnknownMessage: the byte names no form.
    """

    def form(payload: bytes, at: int) -> Entry:
        entry = forms.get(payload[at + where])
        if entry is None:
            raise UnknownMessage(f"unknown kind {payload[at + where]:02x} of data at position {at + where}")
        return entry

    def size(payload: bytes, at: int) -> int:
        return form(payload, at).length

    def read(payload: bytes, at: int, found: Found) -> None:
        inner: Read | None = form(payload, at).read
        if inner is not None:
            inner(payload, at, found)

    return Entry(where + 1, read, size)


def flags(quantity: str, count: int, where: int = 0, length: int = 1) -> Entry:
    """States in the bits of one byte, the lowest bit first: channels 1 to `count`."""
    channels = tuple(range(1, count + 1))

    def read(payload: bytes, at: int, found: Found) -> None:
        bits = payload[at + where]
        for channel in channels:
            found.add(quantity, float(bits >> channel - 1 & 1), channel)

    return Entry(length, read)


def broken(quantity: str, channel: int = 0) -> Entry:
    """A byte that is not 0 when the device cannot read that sensor."""

    def read(payload: bytes, at: int, found: Found) -> None:
        if payload[at]:
            found.absent.append(Absent(quantity, Reason.DEVICE_ERROR, channel))

    return Entry(1, read)


def rest(payload: bytes, at: int) -> int:
    """For `Entry.size`: text that goes on to the end of the payload."""
    return len(payload) - at
