"""Milesight UC521: two motor-driven ball valves, two pulse counters or contacts, and two pressures.

Source: the maker's payload table for UC521, with its example; the maker's codec, for three-way valves and messages.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 f6  valve 1         1 byte kind: 0 two-way, 1 three-way; 1 byte opening, % (05 f6: valve 2)
    04 c8  pulses 1        4 bytes, total (06 c8: pulses 2)
    07 01  contact 1       1 byte: 0 off, 1 on (08 01: contact 2)
    09 7b  pressure 1      2 bytes, kPa (0a 7b: pressure 2)
    0b f5  pressure alarm  2 bytes rule, 2 bytes least, 2 bytes most, pressure, 1 byte: 0 released, 1 alarm (0c f5: 2)
    0d e3  calibration     1 byte valve, 1 byte before, 1 byte after, 1 byte: 0 failed, 1 succeeded
    0e 01  opening took    1 byte, s (0f 01: valve 2)
    b3 f6  valve 1, fault  1 byte kind, 1 byte: 0 battery too low, 1 stopped after feedback, 2 wrong opening time,
                           3 timeout, 4 stalled (b5 f6: valve 2)
    b9 7b  pressure 1      1 byte: 1 reading failed (ba 7b: pressure 2)
    ff 2a  message         1 byte length, text of the owner's

A three-way valve counts 1 to 100 towards one side and 101 to 200 towards the other: the opening is told, the side is
not. Of faults, 2, 3 and 4 are a `sensor_fault` of the valve; 0 and 1 say why it stopped and are passed over.
Channel of an alarm: 9 or 10, the maker's channel of the pressure.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, OutOfRange
from decoders.bits import u16_le
from decoders.milesight.parts import broken, with_alarm
from decoders.milesight.protocol import Entry, Field, Found, Read, reads, record, replies, table, u8, u16, u32

_KPA_PER_BAR = 100
_TWO_WAY, _THREE_WAY = 0, 1
_WHOLE = 100
_FAULTS = (2, 3, 4)


def _opening(channel: int) -> Read:
    def read(payload: bytes, at: int, found: Found) -> None:
        kind, opening = payload[at], payload[at + 1]
        if kind not in {_TWO_WAY, _THREE_WAY}:
            raise OutOfRange(f"valve of kind {kind} at position {at}: there are 0 and 1")
        other_side = kind == _THREE_WAY and opening > _WHOLE
        found.add("valve_opening", float(opening - _WHOLE if other_side else opening), channel)

    return read


def _fault(channel: int) -> Read:
    def read(payload: bytes, at: int, found: Found) -> None:
        if payload[at + 1] in _FAULTS:
            found.add("sensor_fault", 1.0, channel)

    return read


def _task_size(payload: bytes, at: int) -> int:
    return 3 + 2 * (payload[at] >> 7 & 1) + 4 * (payload[at] >> 6 & 1)


def _result_size(payload: bytes, at: int) -> int:
    return _task_size(payload, at) + 1


def _message_size(payload: bytes, at: int) -> int:
    return 1 + payload[at]


def _pair(channel: int) -> dict[int, Entry]:
    row, next_row = (channel - 1) << 9, (channel - 1) << 8
    pressure = Field(6, u16_le, "water_pressure", _KPA_PER_BAR, channel)
    return {
        0x03F6 + row: Entry(2, _opening(channel)),
        0x04C8 + row: u32("pulses", channel),
        0xB3F6 + row: Entry(2, _fault(channel)),
        0x0701 + next_row: u8("input", channel=channel),
        0x097B + next_row: u16("water_pressure", _KPA_PER_BAR, channel),
        0x0BF5 + next_row: with_alarm(record(9, pressure), channel=8 + channel),
        0x0E01 + next_row: Entry(1),
        0xB97B + next_row: broken("water_pressure", channel),
    }


_TABLE = table(
    replies(
        {0x46: 1, 0x53: 1},
        {0x1A: 10, 0x5B: 4, 0x68: 4, 0x6E: 1, 0x6F: 1, 0x70: 1, 0x71: 2, 0x72: 1, 0x73: 1, 0x74: 1, 0x75: 1}
        | {0x76: 17, 0x77: 1},
    ),
    {0xF919: Entry(1, None, _task_size), 0xF819: Entry(1, None, _result_size)},
    _pair(1),
    _pair(2),
    {0x0175: u8("battery"), 0x0DE3: Entry(4), 0xFF2A: Entry(1, None, _message_size)},
)


DECODER = Decoder(
    vendor="Milesight",
    model="UC521",
    ports=ANY_PORT,
    quantities=("valve_opening", "pulses", "input", "water_pressure", "alarm", "sensor_fault", "battery"),
    decode=reads(_TABLE),
    wraps={"pulses": 2**32},
    verified=True,
    differs=("Pressure is told in bar; the maker tells it in kPa.",),
)
