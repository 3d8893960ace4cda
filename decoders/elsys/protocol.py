"""The Elsys payload: one walk for the vendor, one choice of types a model.

    TT D..D  TT D..D  ...
    - T: 6 bit type, which decides how many bytes D has; the two bits above it are the size of a time offset
    - D: data, most significant byte first, save the position (09), which is least significant byte first

Source: Elsys sensor payload document and the maker's own decoder. The FPort is set by the owner. A model reports what
its `Choice`s name; other types of the list are passed over, their length being known. Where a value comes twice (a
queue of samples is sent in one uplink), the later one stands, save external temperature 2, which comes once a probe.

Type 3e, the settings, is sent after a start and reaches to the end of the payload. With the setting `Qoffset` each
value of a queue has a time offset before it, whose unit the document does not give: such a payload is refused. A type
that is not on the list has no known length, so it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from decoders.base import Absent, Decoded, OutOfRange, Reading, UnknownMessage, UnsupportedMessage, WrongLength
from decoders.bits import i16_be, i32_be, u16_be, u32_be

_SETTINGS = 0x3E
_OFFSET = 0xC0
_G = 9.80665
_STEPS_PER_G = 63

_LENGTHS = {
    0x01: 2, 0x02: 1, 0x03: 3, 0x04: 2, 0x05: 1, 0x06: 2, 0x07: 2, 0x08: 2, 0x09: 6, 0x0A: 2, 0x0B: 4, 0x0C: 2,
    0x0D: 1, 0x0E: 2, 0x0F: 1, 0x10: 4, 0x11: 1, 0x12: 1, 0x13: 65, 0x14: 4, 0x15: 2, 0x16: 2, 0x17: 4, 0x18: 2,
    0x19: 2, 0x1A: 1, 0x1B: 4, 0x1C: 2, 0x3D: 4,
}  # fmt: skip


class Found:
    """What the walk has collected so far."""

    __slots__ = ("absent", "readings")

    def __init__(self) -> None:
        self.readings: dict[tuple[str, int], Reading] = {}
        self.absent: list[Absent] = []

    def add(self, quantity: str, value: float, channel: int = 0) -> None:
        """Keep a value; the later of two for the same quantity and channel stands."""
        self.readings[quantity, channel] = Reading(quantity, value, channel)


Read: TypeAlias = Callable[[bytes, int, Found], None]
"""(payload, position of the first data byte, where to put what is found)."""


class Choice(NamedTuple):
    """One type that a model reports: its code, how it is read, and the quantities that come of it."""

    code: int
    read: Read
    quantities: tuple[str, ...]


def reader(*choices: Choice) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a model with these types."""
    reads = {choice.code: choice.read for choice in choices}

    def decode(payload: bytes, _f_port: int) -> Decoded:
        return _walk(payload, reads)

    return decode


def quantities(*choices: Choice) -> tuple[str, ...]:
    """What a model with these types reports, in the order of its types."""
    return tuple(dict.fromkeys(name for choice in choices for name in choice.quantities))


def _walk(payload: bytes, reads: Mapping[int, Read]) -> Decoded:
    if not payload:
        raise WrongLength("empty payload")
    found = Found()
    position, end = 0, len(payload)
    while position < end:
        code = payload[position]
        if code == _SETTINGS:
            break
        length = _LENGTHS.get(code)
        if length is None:
            raise _unknown(code, position)
        start = position + 1
        position = start + length
        if position > end:
            raise WrongLength(f"type {code:02x} at position {start - 1} needs {position - end} more bytes")
        read = reads.get(code)
        if read is not None:
            read(payload, start, found)
    return Decoded(tuple(found.readings.values()), tuple(found.absent))


def _unknown(code: int, position: int) -> UnknownMessage | UnsupportedMessage:
    if code & _OFFSET:
        return UnsupportedMessage(f"type {code:02x} at position {position}: a value with a time offset (Qoffset)")
    return UnknownMessage(f"unknown type {code:02x} at position {position}")


def _u8(code: int, quantity: str, channel: int = 0) -> Choice:
    def read(payload: bytes, at: int, found: Found) -> None:
        found.add(quantity, float(payload[at]), channel)

    return Choice(code, read, (quantity,))


def _u16(code: int, quantity: str, divisor: int = 1, channel: int = 0) -> Choice:
    def read(payload: bytes, at: int, found: Found) -> None:
        found.add(quantity, u16_be(payload, at) / divisor, channel)

    return Choice(code, read, (quantity,))


def _i16(code: int, quantity: str, channel: int = 0) -> Choice:
    def read(payload: bytes, at: int, found: Found) -> None:
        found.add(quantity, i16_be(payload, at) / 10, channel)

    return Choice(code, read, (quantity,))


def _total(code: int, channel: int) -> Choice:
    def read(payload: bytes, at: int, found: Found) -> None:
        found.add("pulses", float(u32_be(payload, at)), channel)

    return Choice(code, read, ("pulses",))


def _digital(code: int, channel: int) -> Choice:
    def read(payload: bytes, at: int, found: Found) -> None:
        if payload[at] > 1:
            raise OutOfRange(f"state {payload[at]} of a contact at position {at}; 0 and 1 are defined")
        found.add("input", float(payload[at]), channel)

    return Choice(code, read, ("input",))


_AXES = ("acceleration_x", "acceleration_y", "acceleration_z")


def _read_acceleration(payload: bytes, at: int, found: Found) -> None:
    for index, quantity in enumerate(_AXES):
        steps = (payload[at + index] ^ 0x80) - 0x80
        found.add(quantity, round(steps * _G / _STEPS_PER_G, 3))


def _read_sound(payload: bytes, at: int, found: Found) -> None:
    found.add("sound_peak", float(payload[at]))
    found.add("sound_average", float(payload[at + 1]))


def _read_pressure(payload: bytes, at: int, found: Found) -> None:
    found.add("pressure", i32_be(payload, at) / 1000)


def _read_leak(payload: bytes, at: int, found: Found) -> None:
    found.add("leak", float(payload[at] > 0))


def _read_infrared(payload: bytes, at: int, found: Found) -> None:
    found.add("object_temperature", i16_be(payload, at + 2) / 10)


def _read_next_probe(payload: bytes, at: int, found: Found) -> None:
    probe = 2
    while ("probe_temperature", probe) in found.readings:
        probe += 1
    found.add("probe_temperature", i16_be(payload, at) / 10, probe)


TEMPERATURE = _i16(0x01, "air_temperature")
HUMIDITY = _u8(0x02, "humidity")
ACCELERATION = Choice(0x03, _read_acceleration, _AXES)
LIGHT = _u16(0x04, "illuminance")
MOTION = _u8(0x05, "motion_count")
CO2 = _u16(0x06, "co2")
BATTERY = _u16(0x07, "battery_voltage", 1000)
ANALOG_1 = _u16(0x08, "input_voltage", 1000, 1)
PULSES_1 = _u16(0x0A, "pulse_count", 1, 1)
TOTAL_1 = _total(0x0B, 1)
PROBE_1 = _i16(0x0C, "probe_temperature", 1)
DISTANCE = _u16(0x0E, "distance")
MOVEMENTS = _u8(0x0F, "motion_count")
INFRARED = Choice(0x10, _read_infrared, ("object_temperature",))
LEAK = Choice(0x12, _read_leak, ("leak",))
PRESSURE = Choice(0x14, _read_pressure, ("pressure",))
SOUND = Choice(0x15, _read_sound, ("sound_peak", "sound_average"))
PULSES_2 = _u16(0x16, "pulse_count", 1, 2)
TOTAL_2 = _total(0x17, 2)
ANALOG_2 = _u16(0x18, "input_voltage", 1000, 2)
PROBE_2 = Choice(0x19, _read_next_probe, ("probe_temperature",))
DIGITAL_1 = _digital(0x0D, 1)
DIGITAL_2 = _digital(0x1A, 2)
TVOC = _u16(0x1C, "tvoc_fraction")

INPUTS = (ANALOG_1, ANALOG_2, DIGITAL_1, DIGITAL_2, PULSES_1, PULSES_2, TOTAL_1, TOTAL_2, PROBE_1, PROBE_2)
"""What may be wired to a device with an external input."""

PULSE_END = {"pulses": 2.0**32}
"""`Decoder.wraps` of a model with an absolute pulse counter."""


def occupancy(states: Mapping[int, float | Absent]) -> Choice:
    """Type 11, whose codes the models tell differently."""

    def read(payload: bytes, at: int, found: Found) -> None:
        code = payload[at]
        state = states.get(code)
        if state is None:
            raise OutOfRange(f"occupancy code {code} at position {at}")
        if isinstance(state, Absent):
            found.absent.append(state)
        else:
            found.add("presence", state)

    return Choice(0x11, read, ("presence",))
