"""Milesight TS301 and TS302: one or two probes, each a temperature or a magnet contact.

Source: TS30x user guide, chapter "Device Payload"; the maker's payload tables for TS301 and TS302, which are the same
for both. FPort 85 unless configured otherwise. Channel, type, data; the second probe has the channel 04 where the first
has 03:

    01 75  battery      1 byte, %
    03 67  temperature  2 bytes signed, 0.1 °C
    03 00  contact      1 byte, 0 closed or 1 open
    83 67  alarm        temperature, 1 byte 0 released or 1 beyond a threshold
    93 d7  alarm        temperature, 2 bytes its change, 1 byte 2: it changed too fast
    20 ce  history      4 bytes time (s since 1970), 1 byte: bits 7 to 4 of the first probe, 3 to 0 of the second: 0
                        none, 1 temperature alarm, 2 released, 3 changed too fast, 4 temperature, 5 contact alarm, 6
                        contact; 2 bytes of each probe

The channel of a reading is the probe, 1 or 2; so is that of an alarm. No sentinel is named.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder, OutOfRange
from decoders.bits import i16_le, u16_le
from decoders.milesight.protocol import (
    ALARM,
    Entry,
    Field,
    Found,
    i16,
    reads,
    record,
    replies,
    table,
    time_of,
    u8,
)

_NOTHING, _TEMPERATURE, _CONTACT_ALARM, _CONTACT = 0, 4, 5, 6
_STORED_ALARM = {1: 1.0, 2: 0.0, 3: 1.0, _CONTACT_ALARM: 1.0}


def _stored(payload: bytes, at: int, found: Found) -> None:
    when, kinds = time_of(payload, at), payload[at + 4]
    for probe, kind in ((1, kinds >> 4), (2, kinds & 15)):
        place = at + 3 + 2 * probe
        if kind > _CONTACT:
            raise OutOfRange(f"kind {kind} of a stored value at position {at + 4}: there are 0 to 6")
        if kind in _STORED_ALARM:
            found.add("alarm", _STORED_ALARM[kind], probe, when)
        if _NOTHING < kind <= _TEMPERATURE:
            found.add("object_temperature", i16_le(payload, place) / 10, probe, when)
        elif kind > _TEMPERATURE:
            found.add("door_open", float(u16_le(payload, place)), probe, when)


def _probe(probe: int) -> dict[int, Entry]:
    key = probe + 2 << 8
    temperature = Field(0, i16_le, "object_temperature", 10, probe)
    return {
        key | 0x67: i16("object_temperature", 10, probe),
        key | 0x00: u8("door_open", channel=probe),
        0x8067 | key: record(3, temperature, Field(2, ALARM, "alarm", 1, probe)),
        0x90D7 | key: record(5, temperature, Field(4, ALARM, "alarm", 1, probe)),
    }


_TABLE = table({0x0175: u8("battery"), 0x20CE: Entry(9, _stored)}, _probe(1), _probe(2), replies({0x25: 1, 0x2D: 1}))

_TWO = Decoder(
    vendor="Milesight",
    model="TS302",
    ports=ANY_PORT,
    quantities=("object_temperature", "door_open", "alarm", "battery"),
    decode=reads(_TABLE),
    verified=True,
)

DECODERS = (_TWO, replace(_TWO, model="TS301"))
