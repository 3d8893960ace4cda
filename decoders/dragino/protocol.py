"""What the messages of Dragino devices have in common: ports, battery, probe, device status, data log.

The owner can set the port of the report (AT+PORT; 2 as delivered, 10 on the indoor door and leak sensors); the other
messages have ports of their own:

    3  data log, asked for by the server or sent again: entries of 11 bytes, the last four the time, s since 1970
    4  settings, asked for by the server; one byte alone answers a command or tells of a restart
    5  device status, asked for or sent after the join: model, firmware, band, sub-band, battery

All most significant byte first. A report carries the time of the device too. It is not read: the uplink has a time of
its own, and the clock of a device that was never told the time is wrong. The times of a data log are taken as sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from decoders.base import Absent, Decoded, Reading, Reason, WrongLength, latest
from decoders.bits import i16_be, u16_be, u24_be, u32_be

DATA_LOG, SETTINGS, STATUS, ROLLING_LOG = 3, 4, 5, 7

Value: TypeAlias = Reading | Absent
Read: TypeAlias = Callable[[bytes], Decoded]
Entry: TypeAlias = Callable[[bytes, int, int], Iterable[Value]]
"""(payload, position of the entry, its time in nanoseconds)."""

ENTRY = 11
"""Bytes of a data log entry, whatever the model."""

_SECOND = 1_000_000_000
_NOTHING_STORED = bytes(ENTRY)
_BATTERY_BITS = 0x3FFF
_STATUS_LENGTH = 7
_NO_PROBE = frozenset({0x7FFF, 0x0CCC})
"""The firmware takes 3276.7 °C for a DS18B20 that does not answer, some models 327.67 °C, here in 0.1 °C."""


@dataclass(frozen=True, slots=True)
class ByPort:
    """A decoder of messages that have ports of their own, and of a report that may come on any other port."""

    report: Read
    others: Mapping[int, Read]

    def __call__(self, payload: bytes, f_port: int) -> Decoded:
        """Read a message by its port."""
        return self.others.get(f_port, self.report)(payload)

    @property
    def fixed_ports(self) -> tuple[int, ...]:
        """See `Decoder.fixed_ports`."""
        return tuple(self.others)


def expect(payload: bytes, *lengths: int) -> None:
    """Refuse every other length.

    Raises:
        WrongLength: not one of them.
    """
    if len(payload) not in lengths:
        raise WrongLength(f"{len(payload)} bytes; {' or '.join(map(str, lengths))} are expected")


def battery(payload: bytes, at: int | None = None, position: int = 0) -> Reading:
    """The battery in the low 14 bits; what the upper two say differs by model."""
    return Reading("battery_voltage", (u16_be(payload, position) & _BATTERY_BITS) / 1000, 0, at)


def probe(raw: int, channel: int = 0, at: int | None = None) -> Value:
    """A DS18B20, signed 0.1 °C."""
    if raw in _NO_PROBE:
        return Absent("probe_temperature", Reason.NOT_CONNECTED, channel)
    return Reading("probe_temperature", raw / 10, channel, at)


def optional_probe(payload: bytes, position: int, at: int | None = None) -> Value:
    """A DS18B20 that few owners connect: models whose firmware sends 0 when there is none.

    0 °C and "no probe" have the same bits; 0 is taken for no probe, which in Việt Nam costs nothing.
    """
    raw = i16_be(payload, position)
    return probe(raw, 0, at) if raw else Absent("probe_temperature", Reason.NOT_CONNECTED)


def unless(raw: int, sentinel: int, quantity: str, divisor: int, at: int | None = None) -> Value:
    """A number, or no sensor where it is the sentinel."""
    if raw == sentinel:
        return Absent(quantity, Reason.NOT_CONNECTED)
    return Reading(quantity, raw / divisor, 0, at)


def status(payload: bytes) -> Decoded:
    """Device status: 1 byte model, 2 firmware, 1 band, 1 sub-band, 2 battery in mV.

    The model is not compared: the maker gives one code to two models here and there.

    Raises:
        WrongLength: not 7 bytes.
    """
    expect(payload, _STATUS_LENGTH)
    return Decoded((battery(payload, position=5),))


def interval_status(payload: bytes) -> Decoded:
    """Device status of the older boards: as `status`, but with the report interval, 3 bytes in s, at its end.

    Raises:
        WrongLength: not 7 bytes.
    """
    expect(payload, _STATUS_LENGTH)
    return Decoded((Reading("report_interval", float(u24_be(payload, 4))),))


def settings(*lengths: int) -> Read:
    """The settings: 3 bytes report interval in s, then what differs by model; one byte alone says nothing."""

    def read(payload: bytes) -> Decoded:
        expect(payload, 1, *lengths)
        if len(payload) == 1:
            return Decoded(())
        return Decoded((Reading("report_interval", float(u24_be(payload, 0))),))

    return read


def nothing_measured(payload: bytes) -> Decoded:  # noqa: ARG001  (a reader as any other)
    """A message without measurements: an identifier, an echo of a command."""
    return Decoded(())


def rolling_log(width: int) -> Read:
    """FPort 7: battery in mV, then values of `width` bytes that were taken at times which the message does not give.

    Only the battery is read.
    """

    def read(payload: bytes) -> Decoded:
        if len(payload) < 2 or (len(payload) - 2) % width:  # noqa: PLR2004  (the battery)
            raise WrongLength(f"{len(payload)} bytes; 2 and a multiple of {width} are expected")
        return Decoded((Reading("battery_voltage", u16_be(payload, 0) / 1000),))

    return read


def data_log(entry: Entry) -> Read:
    """Entries with their own times. One of zeros says that nothing was stored in the time that was asked for."""

    def read(payload: bytes) -> Decoded:
        if not payload or len(payload) % ENTRY:
            raise WrongLength(f"{len(payload)} bytes; entries of {ENTRY} are expected")
        return latest(
            value
            for position in range(0, len(payload), ENTRY)
            if not payload.startswith(_NOTHING_STORED, position)
            for value in entry(payload, position, u32_be(payload, position + 7) * _SECOND)
        )

    return read
