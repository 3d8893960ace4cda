"""Milesight VS121: people in a room, in up to 16 regions, over a line and between sides, from overhead by camera.

Source: Milesight VS121 uplink data page; the maker's payload table for VS121, with its examples.
FPort 85 unless configured otherwise. Channel, type, data:

    04 c9  people          1 byte how many, 1 byte number of regions, 2 bytes (most significant first) a bit for each
                           region, the lowest bit region 1: 1 occupied
    05 cc  line, since last   in and out since the last report, 2 bytes each
    06 cd  most people     1 byte, since the last report
    07 d5  in the regions  1 byte each of regions 1 to 8 (08 d5: 9 to 16)
    09 da  flow            2 bytes each: from side A to A, B, C, D (0a da from B, 0b da from C, 0c da from D)
    0d cc  line, total     in and out, 2 bytes each
    0e e4  dwell time      1 byte region, 0 all of them, 2 bytes average, 2 bytes longest
    0f 85  time            4 bytes (s since 1970): when the device wrote the report; the uplink's own time is as good
    10 f7  line crossed    in and out, 2 bytes each, firmware 7.0.85
    20 ce  history         4 bytes time, 1 byte kind, data: 01 people, 02 line, 03 most, 04 to 07 four regions each,
                           08 to 0f two flows each, 10 totals, 11 dwell time, 12 line crossed

The room is channel 0 and the regions are channels 1 to 16. A flow is `people_count`, its channel the two sides as
digits, A being 1: from A to B is 12. The table gives dwell times no unit; they are seconds where the maker's other
counters send the same type. What `10 f7` counts from is not said, and the same people are in `05 cc`: it is passed
over. Mains or PoE powered: there is no battery.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, OutOfRange
from decoders.bits import u16_be, u16_le
from decoders.milesight.parts import kinds
from decoders.milesight.protocol import BYTE, Entry, Field, Found, history, reads, record, replies, table, time_of, u8

_REGIONS = 16
_SIDES = (1, 2, 3, 4)


def _people(payload: bytes, at: int, found: Found, when: int | None = None) -> None:
    regions, occupied = payload[at + 1], u16_be(payload, at + 2)
    if regions > _REGIONS:
        raise OutOfRange(f"{regions} regions at position {at + 1}: there are up to {_REGIONS}")
    found.add("people_present", float(payload[at]), 0, when)
    for region in range(regions):
        found.add("presence", float(occupied >> region & 1), region + 1, when)


def _dwell(payload: bytes, at: int, found: Found, when: int | None = None) -> None:
    region = payload[at]
    if region > _REGIONS:
        raise OutOfRange(f"region {region} at position {at}: there are 0 to {_REGIONS}")
    found.add("dwell_time", float(u16_le(payload, at + 1)), region, when)
    found.add("dwell_time_max", float(u16_le(payload, at + 3)), region, when)


def _stored_people(payload: bytes, at: int, found: Found) -> None:
    _people(payload, at + 5, found, time_of(payload, at))


def _stored_dwell(payload: bytes, at: int, found: Found) -> None:
    _dwell(payload, at + 5, found, time_of(payload, at))


def _regions(first: int, count: int, at: int = 0) -> list[Field]:
    return [Field(at + index, BYTE, "people_present", 1, first + index) for index in range(count)]


def _flows(source: int, targets: tuple[int, ...], at: int = 0) -> list[Field]:
    return [Field(at + 2 * index, u16_le, "people_count", 1, 10 * source + to) for index, to in enumerate(targets)]


def _ways(what: str, at: int = 0) -> list[Field]:
    return [Field(at, u16_le, f"people_in{what}"), Field(at + 2, u16_le, f"people_out{what}")]


_STORED = {
    0x01: Entry(9, _stored_people),
    0x02: history(9, *_ways("_count", 5)),
    0x03: history(6, Field(5, BYTE, "people_present_max")),
    **{0x04 + index: history(9, *_regions(4 * index + 1, 4, 5)) for index in range(4)},
    **{0x06 + 2 * side: history(9, *_flows(side, _SIDES[:2], 5)) for side in _SIDES},
    **{0x07 + 2 * side: history(9, *_flows(side, _SIDES[2:], 5)) for side in _SIDES},
    0x10: history(9, *_ways("", 5)),
    0x11: Entry(10, _stored_dwell),
    0x12: Entry(9),
}

_TABLE = table(
    replies(
        {0x45: 1, 0x46: 3, 0x48: 1, 0x50: 1},
        {0x10: 1, 0x11: 1, 0x3D: 1, 0x85: 2, 0x86: 1, 0x87: 1, 0x88: 1, 0x8B: 1, 0x8C: 1, 0x8D: 4, 0x8E: 4, 0x90: 6}
        | {0x91: 5, 0x92: 3, 0x93: 1, 0x94: 1, 0x95: 6, 0x96: 3, 0x97: 2, 0x98: 1, 0x99: 7},
    ),
    {
        0x04C9: Entry(4, _people),
        0x05CC: record(4, *_ways("_count")),
        0x06CD: u8("people_present_max"),
        0x07D5: record(8, *_regions(1, 8)),
        0x08D5: record(8, *_regions(9, 8)),
        **{0x08DA + (side << 8): record(8, *_flows(side, _SIDES)) for side in _SIDES},
        0x0DCC: record(4, *_ways("")),
        0x0EE4: Entry(5, _dwell),
        0x0F85: Entry(4),
        0x10F7: Entry(4),
        0x20CE: kinds(4, _STORED),
    },
)


DECODER = Decoder(
    vendor="Milesight",
    model="VS121",
    aliases=("VS121-P",),
    ports=ANY_PORT,
    quantities=(
        *("people_present", "people_present_max", "presence", "people_count"),
        *("people_in_count", "people_out_count", "people_in", "people_out", "dwell_time", "dwell_time_max"),
    ),
    decode=reads(_TABLE),
    wraps={"people_in": 2**16, "people_out": 2**16},
    verified=True,
    differs=(
        "Counts over the line are read as unsigned, as bytes of a counter; the maker's codec reads them as signed.",
        "How many regions there are (`region_count`) is told by the presence of so many channels.",
    ),
)
