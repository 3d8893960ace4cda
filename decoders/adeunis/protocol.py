"""The Adeunis frame: a code, a status, and what the code announces; one walk, one table a model.

    CC SS D..D [T T T T]
    - C: 8 bit frame code
    - S: 8 bit status: bits 7 to 5 frame counter, bit 1 battery low, bit 0 configuration done; on some models bit 2 says
      that the time follows: 4 bytes, seconds since 2013 by the device's own clock
    - D: data, most significant byte first

Periodic frames hold several samples, the newest first, at a period that only the configuration knows: the newest is
read. A probe that fails sends the lowest number of a signed field, which is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from decoders.base import Absent, Decoded, Reading, Reason, UnknownMessage, UnsupportedMessage, WrongLength, gather
from decoders.bits import i16_be, u16_be, u32_be

PORT = 1
"""The FPort of every Adeunis device."""

ONLY_NEWEST = "Periodic frames: only the newest sample is read, because the others have no time of their own."

_HEADER = 2
_TIME = 4
_TIMED = 0x04
_FAILED = -0x8000

Read: TypeAlias = Callable[[bytes], list[Reading | Absent]]
"""The frame without its time."""


class Frame(NamedTuple):
    """One frame code.

    Attributes:
        read: what the data say.
        size: of the data, bytes; with `step`, of the data before the samples.
        step: of one sample, bytes; at least one must follow. 0 where there are no samples.
        name: of a frame that is listed and not read; `read` is then never called.
    """

    read: Read
    size: int
    step: int = 0
    name: str = ""


Table: TypeAlias = Mapping[int, Frame]
"""By frame code."""


def nothing(_frame: bytes) -> list[Reading | Absent]:
    """A frame without measurements."""
    return []


def unread(name: str) -> Frame:
    """A frame that the maker lists and that is refused."""
    return Frame(nothing, 0, 0, name)


_SETTINGS = {0x10, 0x11, 0x12, 0x13, 0x14, 0x1F, 0x20, 0x2F, 0x30, 0x31, 0x33, 0x36, 0x37}
"""Configuration, keep alive, answers to settings, versions: of most models without a measurement."""


def of(table: Table, *, timed: bool = False) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a model; `timed`: bit 2 of its status announces the time."""

    def decode(payload: bytes, _f_port: int) -> Decoded:
        return _walk(payload, table, timed=timed)

    return decode


def _walk(payload: bytes, table: Table, *, timed: bool) -> Decoded:
    if len(payload) < _HEADER:
        raise WrongLength(f"{len(payload)} bytes; the header alone has {_HEADER}")
    code, status = payload[0], payload[1]
    frame = table.get(code)
    if frame is None:
        if code in _SETTINGS:
            return Decoded(())
        raise UnknownMessage(f"frame {code:02x}")
    if frame.name:
        raise UnsupportedMessage(f"frame {code:02x}: {frame.name}")
    end = len(payload) - (_TIME if timed and status & _TIMED else 0)
    samples = end - _HEADER - frame.size
    if (samples < frame.step or samples % frame.step) if frame.step else samples:
        raise WrongLength(f"{len(payload)} bytes of frame {code:02x}; {_HEADER + frame.size + frame.step} are expected")
    return gather((*frame.read(payload[:end]), Reading("battery_low", float(status >> 1 & 1))))


def i16(quantity: str, at: int, divisor: int, channel: int = 0) -> Callable[[bytes], Reading | Absent]:
    """Two signed bytes at a place of the frame; the lowest number is a failed probe."""
    failed = Absent(quantity, Reason.DEVICE_ERROR, channel)

    def value(frame: bytes) -> Reading | Absent:
        raw = i16_be(frame, at)
        return failed if raw == _FAILED else Reading(quantity, raw / divisor, channel)

    return value


def u16(quantity: str, at: int, channel: int = 0) -> Callable[[bytes], Reading]:
    """Two unsigned bytes."""
    return lambda frame: Reading(quantity, float(u16_be(frame, at)), channel)


def u8(quantity: str, at: int) -> Callable[[bytes], Reading]:
    """One unsigned byte."""
    return lambda frame: Reading(quantity, float(frame[at]))


def u32(quantity: str, at: int, channel: int = 0) -> Callable[[bytes], Reading]:
    """Four unsigned bytes."""
    return lambda frame: Reading(quantity, float(u32_be(frame, at)), channel)


def bit(quantity: str, at: int, mask: int, channel: int = 0) -> Callable[[bytes], Reading]:
    """Whether any bit of a mask is set."""
    return lambda frame: Reading(quantity, float(frame[at] & mask != 0), channel)


def every(*fields: Callable[[bytes], Reading | Absent]) -> Read:
    """Several fields of one frame."""
    return lambda frame: [field(frame) for field in fields]


INPUTS: Table = {0x50 + line: Frame(every(bit("input", 2, 1, line), u32("pulses", 3, line)), 7) for line in (1, 2)}
"""Frames 51 and 52: a digital input changed: its state, its counter 4, its counter since the last frame 2."""
