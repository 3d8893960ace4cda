"""The Talkpool measurement of temperature and humidity, and the reports that group several.

    TT HH XY [more]   12 bits temperature (T, X), 12 bits humidity (H, Y), then what the model adds
    dT (TT HH XY [more])...   grouped: the minutes between two measurements (bit 7 set: hours), the newest first

The older measurements of a group have times only relative to the reception; the newest alone is read.
"""

from __future__ import annotations

from decoders.base import Reading, UnsupportedMessage, WrongLength

COMMANDS, SINGLE, GROUPED = 1, 2, 3
"""FPorts: answers and status, one measurement, several."""

ONLY_NEWEST = "Grouped reports: only the newest measurement is read, because the others have no time of their own."

_OFFSET_TEMPERATURE, _OFFSET_HUMIDITY = 800, 250


def newest(payload: bytes, f_port: int, size: int) -> int:
    """Where the newest measurement of `size` bytes begins.

    Raises:
        UnsupportedMessage: an answer to a command, or a status.
        WrongLength: not one measurement, or not a whole number of them.
    """
    if f_port == COMMANDS:
        raise UnsupportedMessage("FPort 1: an answer to a command, or a status")
    header = int(f_port == GROUPED)
    count, rest = divmod(len(payload) - header, size)
    if rest or count < 1 or (count > 1 and not header):
        raise WrongLength(f"{len(payload)} bytes on FPort {f_port}; a measurement has {size}")
    return header


def climate(payload: bytes, at: int) -> list[Reading]:
    """Air temperature and humidity; raw with an offset of 80 °C and 25 %."""
    temperature, humidity = twelve(payload, at)
    return [
        Reading("air_temperature", (temperature - _OFFSET_TEMPERATURE) / 10),
        Reading("humidity", (humidity - _OFFSET_HUMIDITY) / 10),
    ]


def twelve(payload: bytes, at: int) -> tuple[int, int]:
    """Two numbers of 12 bits in three bytes."""
    low = payload[at + 2]
    return payload[at] << 4 | low >> 4, payload[at + 1] << 4 | low & 0x0F
