"""VEGA VEGAPULS Air 41, 42 and 23: radar sensors for the level in tanks, containers and silos, on batteries.

Source: akenza-io/device-type-library, types/vegapulse (vegapulseAir for the Air 23, vegapulseAir41, vegapulseAir42),
decoders and their tests. On any port; the first byte says which fields follow, most significant byte first:

    N  state (NAMUR), 1: 0 good, 1 function check, 2 maintenance, 3 out of specification, 4 failure
    D  distance, 5: float and unit (2c ft, 2d m, 2f inch, 31 mm)       B  battery, 1, %
    T  temperature, 3: tenths, signed, 80 00 none; unit (20 °C, 21 °F)   t  the same without a unit, °C
    G  latitude and longitude, 8: two floats, not a number without a fix     I  inclination, 1, °
    S  state in detail, 4     P  values scaled by the user, 9

    02 NDBtI   03 NDBtGI   04 NDBtSI   05 NDBtGSI   06 NG   07 NS   08 DBTI   09 DBGTI   0a NDBSTI   0b NDBGSTI
    0c DPBTI   0d DPBGTI   0e NDPBSTI   0f NDPBGSTI   12 DBTI   13 NDBI   14 NST   15 NG   16 NP

10, 11 and 17 to 1a hold identities and schedules: no measurement. S and P are not told: their meaning is set by, or
told in, other documents. Of N only a failure is told. The decoder passes over the unit of
the temperature; 20 and 21 are those of HART, from which the units of length are too.
"""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING, TypeAlias

from decoders.base import (
    ANY_PORT,
    Absent,
    Decoded,
    Decoder,
    OutOfRange,
    Reading,
    Reason,
    UnknownMessage,
    WrongLength,
    gather,
)
from decoders.bits import f32_be, i16_be

if TYPE_CHECKING:
    from collections.abc import Callable

    _Field: TypeAlias = Callable[[bytes, int], tuple[Reading | Absent, ...]]

_FAILURE = 4
_MILLIMETRES = {0x2C: 304.8, 0x2D: 1000.0, 0x2F: 25.4, 0x31: 1.0}
_NO_TEMPERATURE = -0x8000
_CELSIUS, _FAHRENHEIT = 0x20, 0x21


def _state(payload: bytes, at: int) -> tuple[Reading, ...]:
    if payload[at] > _FAILURE:
        raise OutOfRange(f"state {payload[at]} at position {at}; 0 to {_FAILURE} are defined")
    return (Reading("sensor_fault", float(payload[at] == _FAILURE)),)


def _distance(payload: bytes, at: int) -> tuple[Reading | Absent]:
    unit = payload[at + 4]
    if unit not in _MILLIMETRES:
        raise OutOfRange(f"unit {unit:02x} at position {at + 4}: not one of a length")
    value = f32_be(payload, at) * _MILLIMETRES[unit]
    return (Absent("distance", Reason.DEVICE_ERROR) if isnan(value) else Reading("distance", value),)


def _battery(payload: bytes, at: int) -> tuple[Reading]:
    return (Reading("battery", float(payload[at])),)


def _temperature(payload: bytes, at: int, unit: int = _CELSIUS) -> tuple[Reading | Absent]:
    raw = i16_be(payload, at)
    if raw == _NO_TEMPERATURE:
        return (Absent("device_temperature", Reason.NOT_AVAILABLE),)
    return (Reading("device_temperature", raw / 10 if unit == _CELSIUS else (raw / 10 - 32) / 1.8),)


def _temperature_unit(payload: bytes, at: int) -> tuple[Reading | Absent]:
    unit = payload[at + 2]
    if unit not in {_CELSIUS, _FAHRENHEIT}:
        raise OutOfRange(f"unit {unit:02x} at position {at + 2}: not one of a temperature")
    return _temperature(payload, at, unit)


def _position(payload: bytes, at: int) -> tuple[Reading | Absent, ...]:
    place = (("latitude", f32_be(payload, at)), ("longitude", f32_be(payload, at + 4)))
    if any(isnan(value) for _, value in place):
        return tuple(Absent(name, Reason.NOT_AVAILABLE) for name, _ in place)
    return tuple(Reading(name, round(value, 6)) for name, value in place)


def _inclination(payload: bytes, at: int) -> tuple[Reading]:
    return (Reading("angle", float(payload[at])),)


_FIELDS: dict[str, tuple[int, _Field | None]] = {
    "N": (1, _state), "D": (5, _distance), "B": (1, _battery), "T": (3, _temperature_unit), "t": (2, _temperature),
    "G": (8, _position), "I": (1, _inclination), "S": (4, None), "P": (9, None),
}  # fmt: skip
_PACKETS = {
    0x02: "NDBtI", 0x03: "NDBtGI", 0x04: "NDBtSI", 0x05: "NDBtGSI", 0x06: "NG", 0x07: "NS", 0x08: "DBTI",
    0x09: "DBGTI", 0x0A: "NDBSTI", 0x0B: "NDBGSTI", 0x0C: "DPBTI", 0x0D: "DPBGTI", 0x0E: "NDPBSTI",
    0x0F: "NDPBGSTI", 0x12: "DBTI", 0x13: "NDBI", 0x14: "NST", 0x15: "NG", 0x16: "NP",
}  # fmt: skip
_LENGTHS = {kind: 1 + sum(_FIELDS[field][0] for field in fields) for kind, fields in _PACKETS.items()}
_IDENTITIES = (0x10, 0x11, 0x17, 0x18, 0x19, 0x1A)


def _decode(payload: bytes, _f_port: int) -> Decoded:
    kind = payload[0] if payload else -1
    if kind in _IDENTITIES:
        return Decoded(())
    if kind not in _PACKETS:
        raise UnknownMessage(f"begins with {payload[:1].hex() or 'nothing'}: no packet that is known")
    if len(payload) != _LENGTHS[kind]:
        raise WrongLength(f"{len(payload)} bytes; packet {kind:02x} has {_LENGTHS[kind]}")
    values: list[Reading | Absent] = []
    position = 1
    for field in _PACKETS[kind]:
        length, read = _FIELDS[field]
        if read is not None:
            values.extend(read(payload, position))
        position += length
    return gather(values)


_AIR_41 = Decoder(
    vendor="VEGA",
    model="VEGAPULS Air 41",
    ports=ANY_PORT,
    quantities=("distance", "angle", "battery", "device_temperature", "latitude", "longitude", "sensor_fault"),
    decode=_decode,
    verified=True,
)

DECODERS = (_AIR_41, *(replace(_AIR_41, model=f"VEGAPULS Air {number}") for number in (42, 23)))
