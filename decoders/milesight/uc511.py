"""Milesight UC511 and UC512: two solenoid valves, two pulse counters or contacts, and the pressure in the pipe.

Source: the maker's payload table for UC511 and for UC512, with their examples; the maker's codec, for rows with *.
FPort 85 unless configured otherwise. Channel, type, data; hardware 1 has the first three rows and 05, 06 alone:

    01 75  battery         1 byte, %
    03 01  valve 1         1 byte: 0 closed, 1 open, ff * a delayed command failed (05 01: valve 2)
    04 c8  pulses 1        4 bytes, total (06 c8: pulses 2)
    07 01  contact 1       1 byte: 0 off, 1 on (08 01: contact 2)
    09 7b  pressure        2 bytes, kPa
    b9 7b  pressure *      1 byte: 1 reading failed
    0b f5  pressure alarm *  2 bytes rule, 2 bytes least, 2 bytes most, pressure, 1 byte: 0 released, 1 alarm
    0e af  task of valve 1 *  1 byte task, 1 byte valve: 0 closed, 1 open, 1 byte commanded (0f af: valve 2)
    ff 12  message         text of the owner's to the end of the payload
    20 ce  history         4 bytes time (s since 1970), 1 byte: bit 0 valve open, bit 1 contact instead of pulses,
                           bit 2 contact on, bit 4 valve 2 instead of 1; 4 bytes pulses
    21 ce  history         4 bytes time, pressure

Bit 1 of a history frame: the payload table's example has it set and shows the contact and no pulses; the maker's codec
names it so too and then reads it the other way round. The example is followed. Other hardware's rules for valves are
repeated after a downlink and passed over. Channel of the alarm: 9, the maker's channel of the pressure.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder, Reason
from decoders.bits import u16_le, u32_le
from decoders.milesight.parts import broken, rest, with_alarm
from decoders.milesight.protocol import (
    BYTE,
    Codes,
    Entry,
    Field,
    Found,
    history,
    reads,
    record,
    replies,
    table,
    time_of,
    u8,
    u16,
    u32,
)

_KPA_PER_BAR = 100
_OPEN, _CONTACT, _CONTACT_ON, _SECOND = 0x01, 0x02, 0x04, 0x10
_REFUSED: Codes = {0xFF: Reason.NOT_AVAILABLE}


def _stored(payload: bytes, at: int, found: Found) -> None:
    when, bits = time_of(payload, at), payload[at + 4]
    channel = 2 if bits & _SECOND else 1
    found.add("valve", float(bits & _OPEN), channel, when)
    if bits & _CONTACT:
        found.add("input", 1.0 if bits & _CONTACT_ON else 0.0, channel, when)
    else:
        found.add("pulses", float(u32_le(payload, at + 5)), channel, when)


def _valve(channel: int) -> dict[int, Entry]:
    row = (channel - 1) << 9
    return {
        0x0301 + row: u8("valve", channel=channel, codes=_REFUSED),
        0x04C8 + row: u32("pulses", channel),
        0x0701 + (row >> 1): u8("input", channel=channel),
        0x0EAF + (row >> 1): record(3, Field(1, BYTE, "valve", 1, channel)),
    }


_TABLE = table(
    replies({0x1D: 9, 0x46: 1, 0x53: 29}, {0xA4: 8, 0xA5: 1, 0xA7: 3, 0xA8: 8, 0xAF: 2}),
    _valve(1),
    _valve(2),
    {
        0x0175: u8("battery"),
        0x097B: u16("water_pressure", _KPA_PER_BAR),
        0xB97B: broken("water_pressure"),
        0x0BF5: with_alarm(record(9, Field(6, u16_le, "water_pressure", _KPA_PER_BAR)), channel=9),
        0xFF12: Entry(0, None, rest),
        0x20CE: Entry(9, _stored),
        0x21CE: history(6, Field(4, u16_le, "water_pressure", _KPA_PER_BAR)),
    },
)


_UC511 = Decoder(
    vendor="Milesight",
    model="UC511",
    aliases=("UC511-DI",),
    ports=ANY_PORT,
    quantities=("valve", "pulses", "input", "water_pressure", "alarm", "battery"),
    decode=reads(_TABLE),
    wraps={"pulses": 2**32},
    verified=True,
    differs=(
        "Stored contact or pulses are told by bit 1 as the maker's example has it; its codec the other way round.",
        "Pressure is told in bar; the maker tells it in kPa.",
    ),
)
DECODERS = (_UC511, replace(_UC511, model="UC512", aliases=("UC512-DI",)))
