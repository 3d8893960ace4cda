"""Milesight EM300-DI and EM300-DI-HALL: pulses of a water meter or a contact; the first also air temperature, humidity.

Source: EM300 series user guide, chapter 5 "Device Payload"; the maker's payload tables for EM300-DI and for the model
with a Hall sensor. FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery          1 byte, %
    03 67  air temperature  2 bytes signed, 0.1 °C
    04 68  humidity         1 byte, 0.5 %
    05 00  digital input    1 byte, 0 low or 1 high
    05 c8  pulses           4 bytes, total
    05 e1  water            firmware 1.3: 2 bytes unit per so many pulses, 0.1; 2 bytes those pulses, 0.1; 4 bytes
           (06 e1)          IEEE 754 the total in that unit
    85 00  input alarm      1 byte the input, 1 byte 0 released or 1 alarm
    85 e1  water alarm      8 bytes as 05 e1, 1 byte: 1, 2 no water for too long, and over; 3, 4 water runs for too
                            long, and over
    20 ce  history          4 bytes time (s since 1970), temperature, humidity, 1 byte mode (1 input, 2 pulses), 1 byte
                            input, 4 bytes pulses
    21 ce  history          firmware 1.3: time, temperature, humidity, 1 byte alarm (0 none, 1 to 4 as above, 5, 6 input
                            alarm and over), 1 byte mode, 1 byte input, 8 bytes as 05 e1

The payload does not say the unit of the total: the owner writes it, as a text, into the device. It is told as
`meter_reading`, without a unit. The input is the maker's level, 1 is high; which of the two is a closed contact depends
on the wiring. The Hall model has no temperature: those bytes of its history are passed over. The maker's example of it
has the water on channel 06, its table and codec on 05; both are read. Bytes of a mode that is not set are passed over.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, NEVER, Decoder
from decoders.bits import f32_le, i16_le, u32_le
from decoders.milesight.protocol import (
    ALARM,
    BYTE,
    Entry,
    Field,
    Found,
    history,
    i16,
    reads,
    record,
    replies,
    table,
    time_of,
    u8,
    u32,
)

_INPUT, _PULSES = 1, 2

_ALARMS = {
    1: ("no_consumption", 1.0),
    2: ("no_consumption", 0.0),
    3: ("meter_leak", 1.0),
    4: ("meter_leak", 0.0),
    5: ("alarm", 1.0),
    6: ("alarm", 0.0),
}


def _alarm(code: int, found: Found, when: int | None) -> None:
    alarm = _ALARMS.get(code)
    if alarm is not None:
        found.add(*alarm, at=when)


def _water_alarm(payload: bytes, at: int, found: Found) -> None:
    found.add("meter_reading", f32_le(payload, at + 4))
    _alarm(payload[at + 8], found, None)


def _old(payload: bytes, at: int, found: Found) -> None:
    when, mode = time_of(payload, at), payload[at + 7]
    if mode == _INPUT:
        found.add("input", float(payload[at + 8]), at=when)
    elif mode == _PULSES:
        found.add("pulses", float(u32_le(payload, at + 9)), at=when)


def _new(payload: bytes, at: int, found: Found) -> None:
    when, mode = time_of(payload, at), payload[at + 8]
    _alarm(payload[at + 7], found, when)
    if mode == _INPUT:
        found.add("input", float(payload[at + 9]), at=when)
    elif mode == _PULSES:
        found.add("meter_reading", f32_le(payload, at + 14), at=when)


_CLIMATE = history(7, Field(4, i16_le, "air_temperature", 10), Field(6, BYTE, "humidity", 2)).read


def _with_climate(entry: Entry) -> Entry:
    def read(payload: bytes, at: int, found: Found) -> None:
        for part in (_CLIMATE, entry.read):
            if part is not None:
                part(payload, at, found)

    return Entry(entry.length, read)


_WATER = record(8, Field(4, f32_le, "meter_reading"))

_HALL = table(
    {
        0x0175: u8("battery"),
        0x0500: u8("input"),
        0x05C8: u32("pulses"),
        0x05E1: _WATER,
        0x06E1: _WATER,
        0x8500: record(2, Field(0, BYTE, "input"), Field(1, ALARM, "alarm")),
        0x85E1: Entry(9, _water_alarm),
        0x20CE: Entry(13, _old),
        0x21CE: Entry(18, _new),
    },
    replies({0x79: 4, 0xA1: 7, 0xA2: 9, 0xA3: 2, 0xA4: 2, 0xC3: 1}),
)

_TABLE = {
    **_HALL,
    0x0367: i16("air_temperature", 10),
    0x0468: u8("humidity", 2),
    0x20CE: _with_climate(_HALL[0x20CE]),
    0x21CE: _with_climate(_HALL[0x21CE]),
}

_COUNTS = ("pulses", "meter_reading", "input", "no_consumption", "meter_leak", "alarm", "battery")

_CLIMATIC = Decoder(
    vendor="Milesight",
    model="EM300-DI",
    ports=ANY_PORT,
    quantities=(*_COUNTS, "air_temperature", "humidity"),
    decode=reads(_TABLE),
    wraps={"pulses": 2**32, "meter_reading": NEVER},
    verified=True,
    differs=("The two conversion factors beside the total are not told: the total has them in it.",),
)

DECODERS = (
    _CLIMATIC,
    replace(_CLIMATIC, model="EM300-DI-HALL", aliases=("EM300-DI (HALL)",), quantities=_COUNTS, decode=reads(_HALL)),
)
