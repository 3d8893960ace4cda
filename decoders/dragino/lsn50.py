"""The sensor nodes of Dragino to which the owner connects sensors: one report, laid out by the working mode.

    BBBB TTTT AAAA FF ...               battery in mV, DS18B20 in 0.1 °C, voltage in mV, flags
    - F: bit 0 a pin caused the report, bit 1 level of the digital input, bits 2 to 6 the mode, bit 7 level of the
      interrupt pin

    mode 0  + SSSS HHHH                 air temperature 0.1 °C, humidity 0.1 %; where H is 0, S is light in lx
         1  + DDDD xxxx                 distance, mm; 0 failed, ffff no sensor
         2  AAAA AAAA AAAA FF SSSS HHHH BB     three voltages in place of the head; B in 0.1 V
         3  + TTTT TTTT                 two more DS18B20
         4  + WWWW wwww                 mass, g: signed, its low half first
         5  + CCCCCCCC                  pulses
         6  + 22 33 xxxx                pins 2 and 3: bit 0 level, bit 4 caused the report
         7  + AAAA AAAA                 two more voltages
         8  BBBB TTTT TTTT FF TTTT CCCCCCCC CCCCCCCC     three DS18B20, two pulse counters
         9  + PPPP WWWW                 period and width of a square wave: not read, the vocabulary has neither
        10  + TTTT xxxx                 TMP117, signed 0.01 °C
        11  BBBB SSSS HHHH FF CCCCCCCC  air, and pulses

Channels: probes, voltages and counters from 1 in the order above; the TMP117 is 0. `input` 1 to 3 are the interrupt
pins, 0 the digital input; 1 is high, which the maker calls closed. 7fff (temperature) and ffff are no sensor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from decoders.base import Absent, Decoded, Reading, Reason, UnknownMessage, WrongLength, gather
from decoders.bits import i16_be, i32_be, u16_be, u32_be
from decoders.dragino.protocol import Value, probe

_HEAD = 7
_NO_AIR = frozenset({0x7FFF, 0xFFFF})
_NO_HUMIDITY = 0xFFFF
_NO_DISTANCE = 0xFFFF
_NO_TMP117 = 0x7FFF

Values: TypeAlias = Callable[[bytes], Iterable[Value]]


class Mode(NamedTuple):
    """One working mode.

    Attributes:
        length: of the report.
        values: what it measures.
        pin: which interrupt pin bits 0 and 7 of the flags are about; 0: none.
        digital: whether bit 1 is the digital input.
    """

    length: int
    values: Values
    pin: int = 1
    digital: bool = True


def walk(payload: bytes, modes: dict[int, Mode]) -> Decoded:
    """Read a report by its mode; a byte alone tells of a restart or answers a command.

    Raises:
        UnknownMessage: a mode that the model does not have.
        WrongLength: not as long as its mode has it.
    """
    if len(payload) == 1:
        return Decoded(())
    if len(payload) < _HEAD:
        raise WrongLength(f"{len(payload)} bytes; the flags are the seventh")
    flags = payload[6]
    mode = modes.get(flags >> 2 & 0x1F)
    if mode is None:
        raise UnknownMessage(f"working mode {flags >> 2 & 0x1F}")
    if len(payload) != mode.length:
        raise WrongLength(f"{len(payload)} bytes; {mode.length} are expected of working mode {flags >> 2 & 0x1F}")
    return gather((*mode.values(payload), *_pins(flags, mode)))


def air(temperature: int, humidity: int, at: int | None = None) -> Iterator[Value]:
    """An SHT20 or SHT31: unsigned words as sent."""
    if temperature in _NO_AIR:
        yield Absent("air_temperature", Reason.NOT_CONNECTED)
    else:
        yield Reading("air_temperature", ((temperature ^ 0x8000) - 0x8000) / 10, 0, at)
    if humidity == _NO_HUMIDITY:
        yield Absent("humidity", Reason.NOT_CONNECTED)
    else:
        yield Reading("humidity", humidity / 10, 0, at)


def head(payload: bytes) -> Iterator[Value]:
    """Battery, the first probe and the first voltage."""
    yield Reading("battery_voltage", u16_be(payload, 0) / 1000)
    yield probe(i16_be(payload, 2), 1)
    yield _volts(payload, 4, 1)


def _volts(payload: bytes, position: int, channel: int) -> Reading:
    return Reading("input_voltage", u16_be(payload, position) / 1000, channel)


def _pins(flags: int, mode: Mode) -> Iterator[Reading]:
    if mode.pin:
        yield Reading("input", float(flags >> 7), mode.pin)
        yield Reading("interrupt", float(flags & 1))
    if mode.digital:
        yield Reading("input", float(flags >> 1 & 1))


def _air_or_light(payload: bytes) -> Iterator[Value]:
    humidity = u16_be(payload, 9)
    if humidity:
        yield from air(u16_be(payload, 7), humidity)
    else:
        yield Reading("illuminance", float(u16_be(payload, 7)))


def _mode_0(payload: bytes) -> Iterator[Value]:
    yield from head(payload)
    yield from _air_or_light(payload)


def _mode_1(payload: bytes) -> Iterator[Value]:
    yield from head(payload)
    raw = u16_be(payload, 7)
    if not raw:
        yield Absent("distance", Reason.NOT_AVAILABLE)
    elif raw == _NO_DISTANCE:
        yield Absent("distance", Reason.NOT_CONNECTED)
    else:
        yield Reading("distance", float(raw))


def _mode_2(payload: bytes) -> Iterator[Value]:
    for channel in (1, 2, 3):
        yield _volts(payload, 2 * channel - 2, channel)
    yield from _air_or_light(payload)
    yield Reading("battery_voltage", payload[11] / 10)


def mode_3(payload: bytes) -> Iterator[Value]:
    """Three DS18B20 and a voltage."""
    yield from head(payload)
    yield probe(i16_be(payload, 7), 2)
    yield probe(i16_be(payload, 9), 3)


def _mode_4(payload: bytes) -> Iterator[Value]:
    yield from head(payload)
    yield Reading("mass", i32_be(payload[9:11] + payload[7:9], 0) / 1000)


def _mode_5(payload: bytes) -> Iterator[Value]:
    yield from head(payload)
    yield Reading("pulses", float(u32_be(payload, 7)), 1)


def _mode_6(payload: bytes) -> Iterator[Value]:
    yield from head(payload)
    for pin in (2, 3):
        flags = payload[5 + pin]
        yield Reading("input", float(flags & 1), pin)
        yield Reading("interrupt", float(flags >> 4 & 1), pin)


def _mode_7(payload: bytes) -> Iterator[Value]:
    yield from head(payload)
    yield _volts(payload, 7, 2)
    yield _volts(payload, 9, 3)


def _mode_8(payload: bytes) -> Iterator[Value]:
    yield Reading("battery_voltage", u16_be(payload, 0) / 1000)
    for channel, position in ((1, 2), (2, 4), (3, 7)):
        yield probe(i16_be(payload, position), channel)
    for channel, position in ((1, 9), (2, 13)):
        yield Reading("pulses", float(u32_be(payload, position)), channel)


def _mode_10(payload: bytes) -> Iterator[Value]:
    yield from head(payload)
    raw = i16_be(payload, 7)
    if raw == _NO_TMP117:
        yield Absent("probe_temperature", Reason.NOT_CONNECTED)
    else:
        yield Reading("probe_temperature", raw / 100)


def _mode_11(payload: bytes) -> Iterator[Value]:
    yield Reading("battery_voltage", u16_be(payload, 0) / 1000)
    yield from air(u16_be(payload, 2), u16_be(payload, 4))
    yield Reading("pulses", float(u32_be(payload, 7)), 1)


LSN50 = {
    0: Mode(11, _mode_0),
    1: Mode(11, _mode_1),
    2: Mode(12, _mode_2),
    3: Mode(11, mode_3),
    4: Mode(11, _mode_4),
    5: Mode(11, _mode_5, 0),
    6: Mode(11, _mode_6),
    7: Mode(11, _mode_7),
    8: Mode(17, _mode_8, 3),
}
"""LSN50 and LSN50v2."""

SN50V3 = {
    **LSN50,
    2: Mode(12, _mode_2, 3, digital=False),
    6: Mode(11, _mode_6, digital=False),
    7: Mode(11, _mode_7, 3, digital=False),
    8: Mode(17, _mode_8, 3, digital=False),
    9: Mode(11, head, digital=False),
    10: Mode(11, _mode_10),
    11: Mode(11, _mode_11, 0),
}
"""SN50v3: its flags are about other pins in some modes, and it has three modes more."""

QUANTITIES = (
    *("air_temperature", "humidity", "probe_temperature", "illuminance", "distance", "mass", "pulses"),
    *("input_voltage", "input", "interrupt", "battery_voltage"),
)
