"""Milesight EM320-TH: air temperature and humidity, flat, for cold rooms; two hardware versions.

Source: EM320-TH user guide, chapter 5 "Device Payload"; the maker's payload tables for EM320-TH and its second version.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery               1 byte, %
    03 67  air temperature       2 bytes signed, 0.1 °C
    04 68  humidity              1 byte, 0.5 %
    20 ce  history               4 bytes time (s since 1970), temperature and humidity as above

The second version (the maker names it alike; here EM320-TH-V2) has further:

    04 9a  humidity              2 bytes, 0.1 %
    05 6b  cause of the report   1 byte
    05 9c  state of the storage  1 byte
    83 67, 84 68, 84 9a          the value as above, 1 byte: 1 to 4 beyond a threshold, 6 to 9 released
    93 67, 94 68, 94 9a          the value, its change (as wide as the value), 1 byte 0: it changed too fast
    b3 67, b4 68, b4 9a          2 bytes, the first 1 failed, 2 below the range, 3 above the range
    20 ce  history               time, temperature, humidity in 2 bytes, 0.1 %, 1 byte why it was stored

and sentinels: temperature 8001 failed, 8002 below, 8003 above the range; humidity ff or ffff failed. The maker's table
for it is a copy of the first one's, with the shorter history; its codec reads the longer one, which is followed.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Absent, Decoder, Reason
from decoders.bits import i16_le, u16_le
from decoders.milesight.protocol import BYTE, Entry, Field, Found, history, reads, record, replies, table, u8

_FAILURES = {1: Reason.DEVICE_ERROR, 2: Reason.SATURATED, 3: Reason.SATURATED}

_TEMPERATURE = Field(0, i16_le, "air_temperature", 10, 0, {0x8000 | code: reason for code, reason in _FAILURES.items()})
_HUMIDITY = Field(0, BYTE, "humidity", 2, 0, {0xFF: Reason.DEVICE_ERROR})
_FINE = Field(0, u16_le, "humidity", 10, 0, {0xFFFF: Reason.DEVICE_ERROR})

_UNDEFINED = 0xFF
_BEYOND = {1: 1, 2: 1, 3: 1, 4: 1, 6: 0, 7: 0, 8: 0, 9: 0}
"""The cause of a threshold's alarm, as a state."""


def _beyond(payload: bytes, at: int) -> float:
    return _BEYOND.get(payload[at], _UNDEFINED)


def _changed(payload: bytes, at: int) -> float:
    return 1 if payload[at] == 0 else _UNDEFINED


def _failure(quantity: str) -> Entry:
    def read(payload: bytes, at: int, found: Found) -> None:
        found.absent.append(Absent(quantity, _FAILURES.get(payload[at], Reason.NOT_AVAILABLE)))

    return Entry(2, read)


def _messages(key: int, value: Field, width: int) -> dict[int, Entry]:
    """The value, and the three messages about it, by its channel and type."""
    channel = key >> 8
    return {
        key: record(width, value),
        0x8000 | key: record(width + 1, value, Field(width, _beyond, "alarm", 1, channel)),
        0x9000 | key: record(2 * width + 1, value, Field(2 * width, _changed, "alarm", 1, channel)),
        0xB000 | key: _failure(value.quantity),
    }


_FIRST = table(
    {
        0x0175: u8("battery"),
        0x0367: record(2, _TEMPERATURE),
        0x0468: record(1, _HUMIDITY),
        0x20CE: history(7, _TEMPERATURE._replace(at=4), _HUMIDITY._replace(at=6)),
    }
)

_SECOND = table(
    {0x0175: u8("battery"), 0x056B: Entry(1), 0x059C: Entry(1)},
    _messages(0x0367, _TEMPERATURE, 2),
    _messages(0x0468, _HUMIDITY, 1),
    _messages(0x049A, _FINE, 2),
    {0x20CE: history(9, _TEMPERATURE._replace(at=4), _FINE._replace(at=6))},
    replies({0xC9: 2}, {0xC9: 1, 0x39: 2, 0x0B: 7, 0x0C: 4, 0xD9: 1, 0x69: 1, 0x66: 1, 0x63: 4}),
)

_THIN = Decoder(
    vendor="Milesight",
    model="EM320-TH",
    ports=ANY_PORT,
    quantities=("air_temperature", "humidity", "battery"),
    decode=reads(_FIRST),
    verified=True,
)

DECODERS = (
    _THIN,
    replace(_THIN, model="EM320-TH-V2", quantities=(*_THIN.quantities, "alarm"), decode=reads(_SECOND)),
)
