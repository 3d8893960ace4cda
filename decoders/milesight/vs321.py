"""Milesight VS321: people in a room and at up to ten desks, from overhead by camera, with temperature and humidity.

Source: the maker's example in the device repository of The Things Network and the maker's codec for VS321; the payload
table in the maker's repository has no rows.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 67  temperature     2 bytes signed, 0.1 °C; ff ff reading failed
    04 68  humidity        1 byte, 0.5 %; ff reading failed
    05 fd  people          2 bytes
    06 fe  desks           2 bytes a bit for each of desks 1 to 10 that is set up, 2 bytes a bit for each occupied one
    07 ff  light           1 byte: 0 dim, 1 bright
    08 f4  detection       1 byte reserved, 1 byte: 0 normal, 1 not possible
    0a ef  time            4 bytes (s since 1970): when the device wrote the report; the uplink's own time is as good
    83 67  temperature alarm  the temperature and 1 byte: 0 released, 1 threshold
    84 68  humidity alarm     the humidity and 1 byte: 0 released, 1 threshold
    20 ce  history         4 bytes time, 1 byte kind: 0 people, 2 bytes, 1 desks, as above

Channel of a desk: its number. A desk that is not set up is not reported. Channel of an alarm: 3 temperature, 4
humidity. Where detection is not possible, `sensor_fault` says so.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, Reason
from decoders.bits import u16_le
from decoders.milesight.parts import kinds, with_alarm
from decoders.milesight.protocol import (
    BYTE,
    Codes,
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
    u16,
)

_DESKS = 10
_FAILED: Codes = {0xFFFF: Reason.DEVICE_ERROR}


def _desks(payload: bytes, at: int, found: Found, when: int | None = None) -> None:
    in_use, occupied = u16_le(payload, at), u16_le(payload, at + 2)
    for desk in range(_DESKS):
        if in_use >> desk & 1:
            found.add("presence", float(occupied >> desk & 1), desk + 1, when)


def _stored_desks(payload: bytes, at: int, found: Found) -> None:
    _desks(payload, at + 5, found, time_of(payload, at))


_TABLE = table(
    replies({0x65: 1}, {0x10: 1, 0x6B: 1, 0x6C: 1, 0x6E: 1}),
    {
        0x0175: u8("battery"),
        0x0367: i16("air_temperature", 10, codes=_FAILED),
        0x0468: u8("humidity", 2, failed=0xFF),
        0x05FD: u16("people_present"),
        0x06FE: Entry(4, _desks),
        0x07FF: u8("bright"),
        0x08F4: record(2, Field(1, BYTE, "sensor_fault")),
        0x0AEF: Entry(4),
        0x8367: with_alarm(i16("air_temperature", 10, length=3, codes=_FAILED), channel=3),
        0x8468: with_alarm(u8("humidity", 2, failed=0xFF, length=2), channel=4),
        0x20CE: kinds(4, {0: history(7, Field(5, u16_le, "people_present")), 1: Entry(9, _stored_desks)}),
    },
)


DECODER = Decoder(
    vendor="Milesight",
    model="VS321",
    ports=ANY_PORT,
    quantities=(
        *("people_present", "presence", "air_temperature", "humidity", "bright"),
        *("alarm", "sensor_fault", "battery"),
    ),
    decode=reads(_TABLE),
    verified=True,
    differs=("A desk that is not set up is left out; the maker's codec tells it as vacant.",),
)
