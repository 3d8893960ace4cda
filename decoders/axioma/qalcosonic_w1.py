"""Axioma Qalcosonic W1: ultrasonic water meter with hourly history.

Source: Axioma W1 Lora Payload "Extended" (V01.8, 2020), "24 hours Enhanced" and USA (V01.1, 2019); checked with
diwise/iot-agent and tago-io/decoders, whose tests hold payloads of meters in the field. Least significant byte first;
times are seconds since 1970, volumes litres.

    FPort 100, 24 hours, 51 bytes: 01, time 4, status 1, volume 4, 23 increments of 14 bits, 6 bits multiplier
        the volume is that of 01:00 on the day before the time; each increment is one hour
    FPort 100, extended, 47 bytes: time 4, status 1, volume now 4, time of the log 4, volume then 4, 15 increments of 2
    FPort 100, extended with temperature: volume now is followed by the temperature 2, 0.01 °C; 14 increments
        filled up with bytes 2f; the one whose time of the log lies in the month before the time is meant
    FPort 103, alarm, 5 bytes: time 4, status 1
    FPort 101, answers to a configuration: no measurement

Status: bit 2 low battery, bit 3 permanent error, bit 4 temporary error; the highest three bits 1 leak, 3 backflow,
5 burst, 6 manipulation, 4 freezing. A temporary error alone is an empty pipe.

The log is hourly as delivered; the interval can be configured, and the frame does not tell it. A multiplier is named in
no public document: where it is not 0, only the first volume is read. Of the short payload (time 4, status 1, volume now
4, then some past volumes and a period, or 2 bytes where a frame can have but 11) the volume now and the status are
read: no public document says what the past volumes belong to.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from struct import Struct
from typing import TypeAlias

from decoders.base import Decoded, Decoder, Reading, UnknownMessage, UnsupportedMessage, WrongLength
from decoders.bits import u16_le, u32_le

_DATA, _CONFIGURATION, _ALARM = 100, 101, 103
_SECOND = 10**9
_HOUR, _DAY, _MONTH = 3600, 86400, 31 * 86400
_ENHANCED, _EXTENDED, _ALARMED = 51, 47, 5
_VERSION = 1
_SHORT = (9, 11, 17, 25, 33, 41)
_HOURS, _BITS = 23, 14
_FILL = 0x2F
_TEMPORARY = 0x10
_CAUSES = {"meter_leak": 0x20, "backflow": 0x60, "burst": 0xA0, "tamper": 0xC0, "freezing": 0x80}
_Form: TypeAlias = tuple[int, Callable[[bytes, int], tuple[int, ...]]]
_PLAIN: _Form = (9, Struct("<15H").unpack_from)
_WARM: _Form = (11, Struct("<14H").unpack_from)
"""Where the time of the log stands, and the increments after the volume."""


def _states(status: int) -> tuple[Reading, ...]:
    cause = status & 0xE0
    return (
        *(Reading(quantity, float(cause == code)) for quantity, code in _CAUSES.items()),
        Reading("dry", float(status & 0xF0 == _TEMPORARY)),
        Reading("sensor_fault", float(status >> 3 & 1)),
        Reading("battery_low", float(status >> 2 & 1)),
    )


_STATES = tuple(_states(status) for status in range(256))


def _history(start: int, first: int, increments: tuple[int, ...]) -> list[Reading]:
    volumes = accumulate(increments, initial=first)
    return [
        Reading("water_volume", litres / 1000, 0, (start + hour * _HOUR) * _SECOND)
        for hour, litres in enumerate(volumes)
    ]


def _enhanced(payload: bytes) -> Decoded:
    if payload[0] != _VERSION:
        raise UnknownMessage(f"frame version {payload[0]}; {_VERSION} is known")
    time, bits = u32_le(payload, 1), int.from_bytes(payload[10:], "little")
    start = time // _DAY * _DAY - _DAY + _HOUR
    multiplier = bits >> _HOURS * _BITS
    hours = 0 if multiplier else _HOURS
    increments = tuple(bits >> index * _BITS & 0x3FFF for index in range(hours))
    if start < 0:
        raise UnknownMessage(f"the meter's clock is not set: {time}")
    return Decoded((*_history(start, u32_le(payload, 6), increments), *_STATES[payload[5]]))


def _extended(payload: bytes) -> Decoded:
    form = _form(payload)
    at, increments = form
    readings = [Reading("water_volume", u32_le(payload, 5) / 1000), *_STATES[payload[4]]]
    if form is _WARM:
        readings.append(Reading("water_temperature", u16_le(payload, 9) / 100))
    readings += _history(u32_le(payload, at), u32_le(payload, at + 4), increments(payload, at + 8))
    return Decoded(tuple(readings))


def _form(payload: bytes) -> _Form:
    """With or without temperature: the log is at most a month old, and not above the volume now."""
    now, volume = u32_le(payload, 0), u32_le(payload, 5)
    forms = [form for form in (_PLAIN, _WARM) if 0 <= now - u32_le(payload, form[0]) <= _MONTH]
    if len(forms) > 1:
        forms = [form for form in forms if u32_le(payload, form[0] + 4) <= volume]
    if len(forms) != 1:
        raise UnknownMessage("neither with nor without temperature is the time of the log in the month before")
    return forms[0]


def _decode(payload: bytes, f_port: int) -> Decoded:
    if f_port == _CONFIGURATION:
        return Decoded(())
    size = len(payload)
    if f_port == _ALARM:
        if size != _ALARMED:
            raise WrongLength(f"{size} bytes; an alarm has {_ALARMED}")
        return Decoded(_STATES[payload[4]])
    if size == _ENHANCED:
        return _enhanced(payload)
    if size >= _EXTENDED and payload.count(_FILL, _EXTENDED) == size - _EXTENDED:
        return _extended(payload)
    if size in _SHORT:
        return Decoded((Reading("water_volume", u32_le(payload, 5) / 1000), *_STATES[payload[4]]))
    if size in range(13, _EXTENDED, 4):
        raise UnsupportedMessage(f"{size} bytes on FPort {_DATA}: a short payload of another length")
    raise WrongLength(f"{size} bytes; {_EXTENDED} (extended) or {_ENHANCED} (24 hours) are expected")


DECODER = Decoder(
    vendor="Axioma",
    model="Qalcosonic W1",
    aliases=("Axioma Metering Qalcosonic W1",),
    ports=(_DATA, _CONFIGURATION, _ALARM),
    quantities=("water_volume", "water_temperature", *_CAUSES, "dry", "sensor_fault", "battery_low"),
    decode=_decode,
    wraps={"water_volume": 2**32 / 1000},
    verified=True,
    differs=(
        "24 hours: volumes with their times instead of increments; the sum called the current volume is that of 00:00.",
        "Status: a temporary error beside a leak, burst or the like is not told as an empty pipe.",
    ),
)
