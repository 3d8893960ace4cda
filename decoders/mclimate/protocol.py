"""What the MClimate devices share: the keep-alive, alone or behind the answers to commands. FPort 2.

    KK D..D                  K: what a keep-alive begins with (01, of newer devices 81)
    CC P..P  CC P..P  KK D..D    C: a command that is answered, P: what it says, as long as the command has it

Answers repeat settings and have no measurement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders.base import Absent, Decoded, Reading, UnknownMessage, WrongLength, gather
from decoders.bits import u16_be

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PORT = (2,)

COMMANDS: Mapping[int, int] = {0x04: 2, 0x12: 1, 0x19: 1, 0x1B: 1, 0x1D: 2, 0xA4: 1}
"""Of every device: versions, keep-alive period, join retry, uplink type, watchdog, region; length of what each says."""

PIR_COMMANDS: Mapping[int, int] = {0x37: 1, 0x39: 2, 0x3D: 1, 0x3F: 1}


class KeepAlive(NamedTuple):
    """A device's keep-alive.

    Attributes:
        start: its first byte.
        length: of the whole, bytes.
        commands: that it answers beside the common ones, and the length of what each says.
        read: (payload, position of the first byte of the keep-alive) -> values.
    """

    start: int
    length: int
    read: Callable[[bytes, int], Iterable[Reading | Absent]]
    commands: Mapping[int, int]


def reader(keep_alive: KeepAlive) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a device."""
    commands = {**COMMANDS, **keep_alive.commands}
    start, length, read = keep_alive.start, keep_alive.length, keep_alive.read

    def decode(payload: bytes, _f_port: int) -> Decoded:
        if not payload:
            raise WrongLength("empty payload")
        position, end = 0, len(payload)
        while position < end:
            code = payload[position]
            if code == start:
                if end - position != length:
                    raise WrongLength(f"a keep-alive of {end - position} bytes; it has {length}")
                return gather(read(payload, position))
            if code not in commands:
                raise UnknownMessage(f"unknown command {code:02x} at position {position}")
            position += 1 + commands[code]
        if position > end:
            raise WrongLength(f"the last answer needs {position - end} more bytes")
        return Decoded(())

    return decode


def temperature(payload: bytes, at: int) -> Reading:
    """Two bytes, tenths of a degree over -40 °C."""
    return Reading("air_temperature", (u16_be(payload, at) - 400) / 10)


def temperature_of(raw: int) -> Reading:
    """Tenths of a degree over -40 °C."""
    return Reading("air_temperature", (raw - 400) / 10)


def humidity(byte: int) -> Reading:
    """256ths."""
    return Reading("humidity", byte * 100 / 256)


def voltage(byte: int) -> Reading:
    """1.6 V and 8 mV for each: older devices."""
    return Reading("battery_voltage", (1600 + 8 * byte) / 1000)


def voltage_of_255(byte: int) -> Reading:
    """1.6 V and 2.2 V in 255 steps: newer devices."""
    return Reading("battery_voltage", round(1.6 + byte * 2.2 / 255, 3))
