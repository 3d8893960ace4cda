"""The report and the data log of Dragino's indoor sensors LHT65 and LHT65N, which take one external sensor.

    BBBB TTTT HHHH EE VVVVVVVV          11 bytes, or 7 without V where there is no external sensor
    - B: battery, mV, in the low 14 bits; the upper two say how good it is: 0 ultra low, 1 low (below 2.55 V), 2, 3 good
    - T: temperature, signed 0.01 °C; H: humidity, 0.1 %, in the low 12 bits
    - E: low four bits: external sensor, see below; bit 6: a data log entry; bit 7: the sensor is not connected
    - V: what the external sensor says; bytes that it does not need are 7fff

    0 none                              1 DS18B20, 2 TMP117: signed 0.01 °C, 7fff: none
    4 interrupt: 1 byte level, 1 byte 1 where it caused the report
    5 light, lx                         6 voltage, mV
    7 counter, 2 bytes                  8 counter, 4 bytes
    9 DS18B20, 10 TMP117 with time: temperature in place of B, time in V, B's upper two bits in those of H
    11 SHT31: signed 0.01 °C, 0.1 %     15 serial number of the DS18B20 in place of T, H and V

A data log entry has the value of the external sensor in place of B (of a 4-byte counter only half: not read), and the
time, s since 1970, in place of V.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from decoders.base import Absent, Decoded, Reading, Reason, UnknownMessage, WrongLength, gather
from decoders.bits import i16_be, u16_be, u32_be
from decoders.dragino.protocol import ENTRY, Value, battery, data_log, unless

WITHOUT_EXTERNAL = 7
POLLED, UNCONNECTED = 0x40, 0x80
_HUMIDITY_BITS = 0x0FFF
_LOW = 1
_NONE = 0x7FFF
_SERIAL = 15
_TIMED = frozenset({9, 10})

External: TypeAlias = Callable[[bytes, int, "int | None"], Iterable[Value]]


class Sensor(NamedTuple):
    """An external sensor: the quantities that it gives, and how its first two bytes or all four are read."""

    quantities: tuple[str, ...]
    short: External | None
    long: External | None = None


def _probe(payload: bytes, position: int, at: int | None) -> tuple[Value, ...]:
    return (unless(i16_be(payload, position), _NONE, "probe_temperature", 100, at),)


def _contact(payload: bytes, position: int, at: int | None) -> Iterator[Value]:
    yield Reading("input", float(bool(payload[position])), 0, at)
    yield Reading("interrupt", float(bool(payload[position + 1])), 0, at)


def _u16(quantity: str, divisor: int = 1) -> External:
    def read(payload: bytes, position: int, at: int | None) -> Iterator[Value]:
        yield Reading(quantity, u16_be(payload, position) / divisor, 0, at)

    return read


def _u32(payload: bytes, position: int, at: int | None) -> Iterator[Value]:
    yield Reading("pulses", float(u32_be(payload, position)), 0, at)


def _air_outside(payload: bytes, position: int, at: int | None) -> Iterator[Value]:
    raw = i16_be(payload, position)
    if raw == _NONE:
        yield Absent("air_temperature", Reason.NOT_CONNECTED, 1)
    else:
        yield Reading("air_temperature", raw / 100, 1, at)


def air_outside(payload: bytes, position: int, at: int | None) -> Iterator[Value]:
    """An external SHT31: temperature and humidity, channel 1."""
    yield from _air_outside(payload, position, at)
    raw = u16_be(payload, position + 2)
    if payload[position : position + 2] == b"\x7f\xff" or raw in {_NONE, 0xFFFF}:
        yield Absent("humidity", Reason.NOT_CONNECTED, 1)
    else:
        yield Reading("humidity", (raw & _HUMIDITY_BITS) / 10, 1, at)


SENSORS = {
    0: Sensor((), None),
    1: Sensor(("probe_temperature",), _probe),
    2: Sensor(("probe_temperature",), _probe),
    4: Sensor(("input",), _contact),
    5: Sensor(("illuminance",), _u16("illuminance")),
    6: Sensor(("input_voltage",), _u16("input_voltage", 1000)),
    7: Sensor(("pulses",), _u16("pulses")),
    8: Sensor(("pulses",), None, _u32),
    9: Sensor(("probe_temperature",), _probe),
    10: Sensor(("probe_temperature",), _probe),
    11: Sensor(("air_temperature",), _air_outside, air_outside),
    _SERIAL: Sensor((), None),
}


def sensor(kind: int) -> Sensor:
    """The external sensor by the low four bits of E.

    Raises:
        UnknownMessage: a number that the manual does not have.
    """
    found = SENSORS.get(kind)
    if found is None:
        raise UnknownMessage(f"external sensor {kind}")
    return found


def air(payload: bytes, position: int, at: int | None) -> tuple[Value, ...]:
    """The built-in sensor."""
    return (
        Reading("air_temperature", i16_be(payload, position + 2) / 100, 0, at),
        Reading("humidity", (u16_be(payload, position + 4) & _HUMIDITY_BITS) / 10, 0, at),
    )


def low(bits: int) -> Reading:
    """The two bits that say how good the battery is."""
    return Reading("battery_low", float(bits <= _LOW))


def powered(payload: bytes) -> Iterator[Value]:
    """Battery and how good it is."""
    yield battery(payload)
    yield low(payload[0] >> 6)


def _values(payload: bytes) -> Iterator[Value]:
    kind = payload[6] & 0x0F
    outside = sensor(kind)
    timed = kind in _TIMED
    if kind != _SERIAL:
        yield from air(payload, 0, None)
    if payload[6] & UNCONNECTED:
        yield from (Absent(quantity, Reason.NOT_CONNECTED) for quantity in outside.quantities)
    else:
        read = outside.long or outside.short
        yield from read(payload, 0 if timed else 7, None) if read else ()
    if timed:
        yield low(payload[4] >> 6)
    else:
        yield from powered(payload)


def live(payload: bytes) -> Decoded:
    """A report of now.

    Raises:
        WrongLength: not 11 bytes, nor 7 without an external sensor.
        UnknownMessage: an external sensor that the manual does not have.
    """
    if len(payload) != ENTRY and (len(payload) != WITHOUT_EXTERNAL or payload[6] & 0x0F):
        raise WrongLength(f"{len(payload)} bytes; {ENTRY} are expected, or {WITHOUT_EXTERNAL} without a sensor")
    return gather(_values(payload))


def entry(payload: bytes, position: int, at: int) -> Iterable[Value]:
    """One entry of the data log."""
    read = sensor(payload[position + 6] & 0x0F).short
    inside = air(payload, position, at)
    return (*read(payload, position, at), *inside) if read else inside


log = data_log(entry)


def report(payload: bytes) -> Decoded:
    """A report of now, or a data log; a byte alone tells of a restart, and eleven zeros of an empty data log.

    Raises:
        WrongLength: as `live`, or a data log that is cut.
        UnknownMessage: as `live`.
    """
    if len(payload) == 1 or (len(payload) == ENTRY and not any(payload)):
        return Decoded(())
    if len(payload) < WITHOUT_EXTERNAL:
        raise WrongLength(f"{len(payload)} bytes; {ENTRY} are expected")
    return log(payload) if payload[6] & POLLED else live(payload)
