"""The Netvox payload: one frame for the vendor, one table of reports a model.

    VV TT RR DDDDDDDDDDDDDDDD
    - V: 8 bit version of the application command, 1
    - T: 8 bit device type, which model it is
    - R: 8 bit report type, which layout D has; 0 is the greeting after a start, with versions and a date
    - D: 8 bytes; in nearly every report the first is the battery: bit 7 set where it is low, bits 6..0 the voltage,
      0.1 V; 0 where the device is powered from outside

Source: Netvox LoRaWAN Application Command V1.8.6 and the manuals of the models. Data comes on FPort 6, replies to
settings on FPort 7 (command code with bit 7 set, device type, 9 bytes), which hold no measurement. All most significant
byte first. 0xff, 0xffff and 0xffffffff stand for a sensor that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from decoders.base import Absent, Decoded, Reading, Reason, UnknownMessage, WrongLength, gather
from decoders.bits import i16_be, u16_be, u24_be, u32_be

PORTS = (6, 7)

BATTERY = ("battery_voltage", "battery_low")
"""What comes of the battery's byte."""

_DATA = 6
_LENGTH = 11
_VERSION = 1
_REPLY = 0x80
_GREETING = 0
_NONE = 0xFF

Value: TypeAlias = Callable[[bytes], Reading | Absent]


class Report(NamedTuple):
    """One report type.

    Attributes:
        battery: whether the first of its eight bytes is the battery.
    """

    values: tuple[Value, ...]
    battery: bool = True


def report(*values: Value, battery: bool = True) -> Report:
    """A report with these values, after the battery."""
    return Report(values, battery)


def reader(device: int, reports: Mapping[int, Report]) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a model of this device type."""

    def decode(payload: bytes, f_port: int) -> Decoded:
        if len(payload) != _LENGTH:
            raise WrongLength(f"{len(payload)} bytes; a frame has {_LENGTH}")
        if payload[1] != device:
            raise UnknownMessage(f"device type {payload[1]:02x}; this model is {device:02x}")
        if f_port == _DATA:
            return _report(payload, reports)
        if not payload[0] & _REPLY:
            raise UnknownMessage(f"command {payload[0]:02x}, where a reply has bit 7 set")
        return Decoded(())

    return decode


def _report(payload: bytes, reports: Mapping[int, Report]) -> Decoded:
    if payload[0] != _VERSION:
        raise UnknownMessage(f"version {payload[0]} of the application command; {_VERSION} is known")
    if payload[2] == _GREETING:
        return Decoded(())
    found = reports.get(payload[2])
    if found is None:
        raise UnknownMessage(
            f"report type {payload[2]:02x}; this model has {', '.join(f'{key:02x}' for key in reports)}"
        )
    told: list[Reading | Absent] = []
    byte = payload[3]
    if found.battery and byte:
        told = [Reading("battery_voltage", (byte & 0x7F) / 10), Reading("battery_low", float(byte >> 7))]
    told += [value(payload) for value in found.values]
    return gather(told)


def flag(at: int, quantity: str, channel: int = 0) -> Value:
    """A byte that is 0, or anything else where the state is on."""
    states = (Reading(quantity, 0.0, channel), Reading(quantity, 1.0, channel))

    def value(payload: bytes) -> Reading:
        return states[payload[at] != 0]

    return value


def fitted_flag(at: int, quantity: str) -> Value:
    """The same of a sensor that need not be ordered; 0xff is none."""
    state, gone = flag(at, quantity), Absent(quantity, Reason.NOT_CONNECTED)

    def value(payload: bytes) -> Reading | Absent:
        return gone if payload[at] == _NONE else state(payload)

    return value


def u8(at: int, quantity: str, channel: int = 0, divisor: int = 1) -> Value:
    """An unsigned byte; 0xff is no sensor."""
    return _number(lambda payload: payload[at], 0xFF, quantity, channel, 1, divisor)


def u16(at: int, quantity: str, channel: int = 0, *, multiply: int = 1, divisor: int = 1) -> Value:
    """Two unsigned bytes; 0xffff is no sensor."""
    return _number(lambda payload: u16_be(payload, at), 0xFFFF, quantity, channel, multiply, divisor)


def i16(at: int, quantity: str, channel: int = 0, *, divisor: int = 1) -> Value:
    """Two signed bytes; 0xffff is no sensor, not the number before 0."""
    return _number(lambda payload: i16_be(payload, at), -1, quantity, channel, 1, divisor)


def u24(at: int, quantity: str, channel: int = 0) -> Value:
    """Three unsigned bytes; 0xffffff is no sensor."""
    return _number(lambda payload: u24_be(payload, at), 0xFFFFFF, quantity, channel, 1, 1)


def u32(at: int, quantity: str, channel: int = 0, divisor: int = 1) -> Value:
    """Four unsigned bytes; 0xffffffff is no sensor."""
    return _number(lambda payload: u32_be(payload, at), 0xFFFF_FFFF, quantity, channel, 1, divisor)


def _number(  # noqa: PLR0917  (as the functions above hand it over)
    raw_of: Callable[[bytes], int], missing: int | None, quantity: str, channel: int, multiply: int, divisor: int
) -> Value:
    gone = Absent(quantity, Reason.NOT_CONNECTED, channel)

    def value(payload: bytes) -> Reading | Absent:
        raw = raw_of(payload)
        return gone if raw == missing else Reading(quantity, raw * multiply / divisor, channel)

    return value


def temperature(at: int, quantity: str = "air_temperature", channel: int = 0) -> Value:
    """Two signed bytes, 0.01 °C, of a built-in sensor: every code is a number."""
    return _number(lambda payload: i16_be(payload, at), None, quantity, channel, 1, 100)


def humidity(at: int) -> Value:
    """Two unsigned bytes, 0.01 %."""
    return u16(at, "humidity", divisor=100)
