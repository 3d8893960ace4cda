"""The SenseCAP payload of the S210x sensors: groups of seven bytes, and a checksum.

    CC II II VV VV VV VV  ...  KK KK
    - C: 8 bit channel, 0 the node, 1 the sensor
    - I: 16 bit what the value is, below 0x1000 about the node, from there on a measurement
    - V: 32 bit value; of a measurement signed, in a thousandth of its unit
    - K: CRC-16 (Kermit) of all before it

Source: Seeed, SenseCAP S210x LoRaWAN sensor user guide, 9.3 and 9.4; list of measurement ids. All least significant
byte first. About the node: 7 battery (16 bit, %) and report interval (16 bit, min), sent with every twentieth report;
0 to 6 versions, ids and the like; 0x120 sensor removed. The checksum is not compared: the frame's own MIC is stronger,
the maker's decoder does not compare it either, and the user guide's example of the S2105 has a wrong one.

A measurement of 2000000 and more is a code of an error, such as 2000001, the sensor does not answer (from
akenza-io/device-type-library, types/seeed; the maker's SDI-12 sensors have the like): the value is absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders.base import Absent, Decoded, Reading, Reason, UnknownMessage, WrongLength, gather
from decoders.bits import i32_le, u16_le

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NODE = ("battery", "report_interval")
"""What every model says of itself."""

_GROUP = 7
_CHECKSUM = 2
_POWER = 7
_INFORMATION = frozenset({0, 1, 2, 3, 4, 5, 6, 0x120})
_SECONDS = 60
_ERRORS = 2_000_000_000


class Measurement(NamedTuple):
    """What a measurement id is: its quantity, and what a thousandth of the maker's unit is divided by."""

    quantity: str
    divisor: int = 1000


MEASUREMENTS: Mapping[int, Measurement] = {
    0x1001: Measurement("air_temperature"),
    0x1002: Measurement("humidity"),
    0x1003: Measurement("illuminance"),
    0x1004: Measurement("co2"),
    0x1005: Measurement("pressure", 100_000),  # from Pa
    0x1006: Measurement("soil_temperature"),
    0x1007: Measurement("soil_moisture"),
    0x100A: Measurement("ph"),
    0x100C: Measurement("soil_conductivity", 1),  # from dS/m
}


def reader(*ids: int) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a model that sends these measurements."""
    known = {number: MEASUREMENTS[number] for number in ids}

    def decode(payload: bytes, _f_port: int) -> Decoded:
        return _walk(payload, known)

    return decode


def quantities(*ids: int) -> tuple[str, ...]:
    """What a model that sends these measurements reports."""
    return (*(MEASUREMENTS[number].quantity for number in ids), *NODE)


def _walk(payload: bytes, known: Mapping[int, Measurement]) -> Decoded:
    groups = len(payload) - _CHECKSUM
    if groups <= 0 or groups % _GROUP:
        raise WrongLength(f"{len(payload)} bytes; there are seven a group, and two of checksum")
    found: dict[str, Reading | Absent] = {}
    for at in range(0, groups, _GROUP):
        number = u16_le(payload, at + 1)
        measurement = known.get(number)
        if measurement is not None:
            found[measurement.quantity] = _value(measurement, i32_le(payload, at + 3))
        elif number == _POWER:
            found["battery"] = Reading("battery", float(u16_le(payload, at + 3)))
            found["report_interval"] = Reading("report_interval", float(u16_le(payload, at + 5) * _SECONDS))
        elif number not in _INFORMATION:
            raise UnknownMessage(f"measurement {number:04x} at position {at}, which this model does not have")
    return gather(found.values())


def _value(measurement: Measurement, raw: int) -> Reading | Absent:
    quantity, divisor = measurement
    return Absent(quantity, Reason.DEVICE_ERROR) if raw >= _ERRORS else Reading(quantity, raw / divisor)
