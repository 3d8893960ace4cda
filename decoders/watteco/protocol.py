"""The Watteco standard report, a frame like those of the ZigBee Cluster Library: one walk, one table a model.

    FF CC LLLL AAAA [SS] TT D..D [RR C..C]
    - F: 8 bit frame control; bit 0 is set in a standard frame, clear in a batch; bits 2 and 1, then 7 to 5 are the
      endpoint (which sensor of the device)
    - C: 8 bit command: 0a report, 8a report because of an alarm, 01 answer to a read (with a status S, 0 is good),
      07 and 09 answers to a configuration
    - L, A: 16 bit cluster and attribute, which decide what D is
    - T: 8 bit type of D; type 41 begins with its length
    - R, C: report parameters and why the report was sent, one criterion after the other; short (one byte each) or long
      (with value, gap and count)

All most significant byte first. The device says the time of the samples of a batch only as seconds before the sending;
without the time of reception they have none, so a batch is refused and named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from decoders.base import Decoded, OutOfRange, Reading, UnknownMessage, UnsupportedMessage, WrongLength
from decoders.bits import f32_be, i16_be, u16_be, u32_be

PORT = 125
"""The FPort of every Watteco device."""

TEMPERATURE, HUMIDITY, PRESSURE = 0x0402_0000, 0x0405_0000, 0x0403_0000
ILLUMINANCE, OCCUPANCY, CONCENTRATION = 0x0400_0000, 0x0406_0000, 0x800C_0000
STATE, INDEX, STATES, ON_OFF, ANALOG = 0x000F_0055, 0x000F_0402, 0x8005_0000, 0x0006_0000, 0x000C_0055
DIFFERENTIAL = 0x8008_0000
_POWER = 0x0050_0006

_READ, _CONFIGURED = 0x01, (0x07, 0x09)
_DATA = {0x0A: 7, 0x8A: 7, _READ: 8}
_INFORMATION = {0x0000, 0x0050, 0x8004}
"""Clusters about the device itself: names and versions, configuration, LoRaWAN settings."""
_COUNTED = 0x41
"""The type whose data begin with their length."""
_SHORT, _LONG = 1, 2
_THRESHOLD = 2
_NOTHING = Decoded(())

Target: TypeAlias = tuple[str, int] | None
"""Quantity and channel; None is a value that is not reported."""

Read: TypeAlias = Callable[[bytes, int, int], list[Reading]]
"""(payload, position of the data, endpoint)."""


class Attribute(NamedTuple):
    """One attribute of one cluster.

    Attributes:
        size: of the data, bytes; without the length byte of type 41.
        read: how the data make readings.
        fields: of type 41, the size of each field, which a long criterion needs; empty for any other type.
    """

    size: int
    read: Read
    fields: tuple[int, ...] = ()


Table: TypeAlias = Mapping[int, Attribute]
"""By cluster * 65536 + attribute."""


def of(table: Table) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a model: its own attributes, and the voltages that every device sends."""
    whole = {_POWER: Attribute(0, _power), **table}
    clusters = frozenset(key >> 16 for key in whole)

    def decode(payload: bytes, _f_port: int) -> Decoded:
        return _walk(payload, whole, clusters)

    return decode


def _walk(payload: bytes, table: Table, clusters: frozenset[int]) -> Decoded:
    if len(payload) < 6:  # noqa: PLR2004  (frame control, command, cluster, and two bytes more)
        raise WrongLength(f"{len(payload)} bytes; the shortest frame has 6")
    command = payload[1]
    if not payload[0] & 1:
        raise UnsupportedMessage("a batch report: its times are told only relative to the reception")
    if command in _CONFIGURED:
        return _NOTHING
    start = _DATA.get(command)
    if start is None:
        raise UnknownMessage(f"command {command:02x}")
    key = u32_be(payload, 2)
    if command == _READ and len(payload) > start - 2 and payload[start - 2]:
        return _NOTHING  # the device says that it could not read the attribute
    attribute = table.get(key)
    if attribute is None:
        return _not_measured(key, command, clusters)
    end = _end(payload, start, attribute)
    readings = attribute.read(payload, start, _endpoint(payload[0]))
    if end < len(payload):
        _check_causes(payload, end, attribute)
    return Decoded(tuple(readings))


def _endpoint(control: int) -> int:
    return control >> 5 | (control & 0x06) << 2


def _not_measured(key: int, command: int, clusters: frozenset[int]) -> Decoded:
    cluster = key >> 16
    if cluster in _INFORMATION or (command == _READ and cluster in clusters):
        return _NOTHING
    raise UnknownMessage(f"cluster {cluster:04x}, attribute {key & 0xFFFF:04x}: none of this model's")


def _end(payload: bytes, start: int, attribute: Attribute) -> int:
    if start > len(payload):
        raise WrongLength(f"{len(payload)} bytes; the header alone has {start}")
    size = attribute.size
    composite = bool(attribute.fields) or not size
    if composite != (payload[start - 1] == _COUNTED):
        raise UnknownMessage(f"data of type {payload[start - 1]:02x}; this attribute has another")
    if composite:
        if start == len(payload) or (size and payload[start] != size):
            raise WrongLength(f"the data must begin with their length, {size}")
        size = payload[start] + 1
    if start + size > len(payload):
        raise WrongLength(f"{len(payload)} bytes; the data end at {start + size}")
    return start + size


def _check_causes(payload: bytes, at: int, attribute: Attribute) -> None:
    """Step over the causes of a report: what follows the data must be nothing else."""
    form = payload[at] >> 4 & 3
    if form not in {_SHORT, _LONG}:
        raise WrongLength(f"{len(payload) - at} bytes after the data, which are no causes of a report")
    at += 1
    while form == _LONG and at < len(payload):
        at = _after_criterion(payload, at, attribute)
        if at > len(payload):
            raise WrongLength("cut inside the causes of the report")


def _after_criterion(payload: bytes, at: int, attribute: Attribute) -> int:
    threshold = payload[at] >> 3 & 3 == _THRESHOLD
    at, size = at + 1, attribute.size
    if attribute.fields or not size:
        if at < len(payload) and attribute.fields and payload[at] >= len(attribute.fields):
            raise OutOfRange(f"field {payload[at]} of {len(attribute.fields)}")
        size = 2 if not attribute.fields or at >= len(payload) else attribute.fields[payload[at]]
        at += 1
    if not threshold:
        return at + size
    at += 2 * size
    return at + (5 if at < len(payload) and payload[at] & 0x80 else 1)


def number(size: int, read: Callable[[bytes, int], float], divisor: int, *targets: Target) -> Attribute:
    """A number; the targets stand in order of the endpoints."""

    def one(payload: bytes, at: int, endpoint: int) -> list[Reading]:
        target = _target(targets, endpoint)
        return [Reading(target[0], read(payload, at) / divisor, target[1])] if target else []

    return Attribute(size, one)


def i16(divisor: int, *targets: Target) -> Attribute:
    """Two signed bytes."""
    return number(2, i16_be, divisor, *targets)


def u16(divisor: int, *targets: Target) -> Attribute:
    """Two unsigned bytes."""
    return number(2, u16_be, divisor, *targets)


def u32(*targets: Target) -> Attribute:
    """Four unsigned bytes."""
    return number(4, u32_be, 1, *targets)


def f32(*targets: Target, divisor: int = 1) -> Attribute:
    """A floating point number of four bytes."""
    return number(4, f32_be, divisor, *targets)


def state(*targets: Target) -> Attribute:
    """One byte, 0 or not."""
    return number(1, lambda payload, at: payload[at] != 0, 1, *targets)


def states(count: int) -> Attribute:
    """Two bytes, of which the lowest bits are the inputs 1 to `count`."""

    def bits(payload: bytes, at: int, _endpoint: int) -> list[Reading]:
        raw = u16_be(payload, at)
        return [Reading("input", float(raw >> bit & 1), bit + 1) for bit in range(count)]

    return Attribute(2, bits)


def _target(targets: tuple[Target, ...], endpoint: int) -> Target:
    if endpoint >= len(targets):
        raise UnknownMessage(f"endpoint {endpoint}; this model has {len(targets)} of this cluster")
    return targets[endpoint]


_VOLTAGES: tuple[Target, ...] = (("supply_voltage", 0), ("battery_voltage", 1), ("battery_voltage", 0), None, None)
"""By bit of the mask: mains or external, rechargeable battery, disposable battery, solar, from the meter's line."""


def _power(payload: bytes, at: int, _endpoint: int) -> list[Reading]:
    """Length, modes, mask of the sources, mV of each, the source in use."""
    size = payload[at]
    mask = payload[at + 2] if size > 1 else 0
    if mask >> len(_VOLTAGES):
        raise OutOfRange(f"power sources {mask:02x}; {len(_VOLTAGES)} are defined")
    present = [target for bit, target in enumerate(_VOLTAGES) if mask >> bit & 1]
    if size != 3 + 2 * len(present):
        raise WrongLength(f"{size} bytes of power sources; the mask {mask:02x} announces {3 + 2 * len(present)}")
    return [
        Reading(target[0], u16_be(payload, at + 3 + 2 * index) / 1000, target[1])
        for index, target in enumerate(present)
        if target
    ]
