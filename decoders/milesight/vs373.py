"""Milesight VS373: who is in a room, in bed or has fallen, by radar.

Source: the maker's payload table for VS373; its example in the device repository of The Things Network; the maker's
codec, for the rows below that the table does not have (*) and for the codes of an alarm.
FPort 85 unless configured otherwise. Channel, type, data:

    03 f8  room            1 byte: 0 somebody, 1 vacant, 2 in bed, 3 out of bed, 4 fallen; 1 byte how the person moves;
                           2 bytes in use now, 2 bytes in use today
    07 b0  room *          the same, with 3 bytes for each time
    04 f9  regions         1 byte for each of regions 1 to 4: 0 occupied, 1 vacant
    0a b3  regions *       1 byte how many, 4 bytes a bit for each, the lowest bit region 1: 1 occupied
    09 b2  region kinds *  1 byte for each of regions 1 to 6, a setting
    05 fa  out of bed      2 bytes for each of regions 1 to 4, s (0b b4 *: 3 bytes for 1 to 3, 0c b4 *: for 4 to 6)
    08 b1  breath *        1 byte state, 2 bytes
    06 fb  alarm           2 bytes number, 1 byte kind: 0 fall, 1 motionless, 2 dwell, 3 out of bed, 4 occupied,
                           5 vacant, 6 slow and 7 fast breath, 8 lying; 1 byte: 1 begun, 2 over, 3 dismissed, 4 a
                           report; 1 byte region
    20 ce  history         4 bytes time (s since 1970) and an alarm as above

The table numbers kinds of alarm and their states otherwise (kind 0 normal; 0 begun, 1 over, 2 dismissed), but does not
know a fall then; the maker's codec and its page on trigger reports agree on the numbers above. Channel of `presence`: 0
the room, 1 to 6 the regions; out of bed leaves open whether somebody is in the room. Occupied and vacant are presence,
the other kinds are `alarm`, its channel the kind plus 1; a report of it is no alarm. Times of use have no unit in the
table, and neither they, nor times out of bed, nor breath are kept. Mains powered: there is no battery.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, OutOfRange
from decoders.bits import u32_le
from decoders.milesight.protocol import Entry, Found, reads, replies, table, time_of

_IN_ROOM = {0: 1.0, 1: 0.0, 2: 1.0, 4: 1.0}
_OUT_OF_BED = 3
_MOST_REGIONS = 6
_PRESENCE = {4: 1.0, 5: 0.0}
_KINDS = 9
_STATES: dict[int, float | None] = {1: 1.0, 2: 0.0, 3: 0.0, 4: None}


def _room(payload: bytes, at: int, found: Found) -> None:
    status = payload[at]
    if status in _IN_ROOM:
        found.add("presence", _IN_ROOM[status])
    elif status != _OUT_OF_BED:
        raise OutOfRange(f"room status {status} at position {at}: there are 0 to 4")


def _four_regions(payload: bytes, at: int, found: Found) -> None:
    for region in range(4):
        found.add("presence", float(1 - payload[at + region]), region + 1)


def _regions(payload: bytes, at: int, found: Found) -> None:
    count, occupied = payload[at], u32_le(payload, at + 1)
    if count > _MOST_REGIONS:
        raise OutOfRange(f"{count} regions at position {at}: there are up to {_MOST_REGIONS}")
    for region in range(count):
        found.add("presence", float(occupied >> region & 1), region + 1)


def _alarm(payload: bytes, at: int, found: Found, when: int | None = None) -> None:
    kind, status = payload[at + 2], payload[at + 3]
    if kind >= _KINDS or status not in _STATES:
        raise OutOfRange(f"alarm {kind} in state {status} at position {at + 2}: there are 0 to 8, and 1 to 4")
    value = _STATES[status]
    if kind in _PRESENCE:
        found.add("presence", _PRESENCE[kind], 0, when)
    elif value is not None:
        found.add("alarm", value, kind + 1, when)


def _stored(payload: bytes, at: int, found: Found) -> None:
    _alarm(payload, at + 4, found, time_of(payload, at))


_TABLE = table(
    replies(
        {0x2F: 1, 0x64: 1},
        {0x48: 1, 0x49: 9, 0x4A: 5, 0x4B: 9, 0x4C: 5, 0x4D: 1, 0x4E: 1, 0x4F: 12, 0x50: 2, 0x51: 6, 0x52: 3, 0x53: 3}
        | {0x56: 2, 0x85: 2, 0x86: 1, 0x87: 1, 0x91: 5, 0xB1: 7, 0xB2: 3, 0xB3: 1, 0xB4: 3, 0xB5: 6},
    ),
    {
        0x03F8: Entry(6, _room),
        0x07B0: Entry(8, _room),
        0x04F9: Entry(4, _four_regions),
        0x0AB3: Entry(5, _regions),
        0x09B2: Entry(6),
        0x05FA: Entry(8),
        0x0BB4: Entry(9),
        0x0CB4: Entry(9),
        0x08B1: Entry(3),
        0x06FB: Entry(5, _alarm),
        0x20CE: Entry(9, _stored),
    },
)


DECODER = Decoder(
    vendor="Milesight",
    model="VS373",
    ports=ANY_PORT,
    quantities=("presence", "alarm"),
    decode=reads(_TABLE),
    verified=True,
    differs=(
        "Kinds and states of alarms follow the maker's codec and trigger report page; its payload table knows no fall.",
    ),
)
