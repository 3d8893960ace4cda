"""Milesight VS133 and VS135: people counted as they cross up to four lines, and in up to four regions, from overhead.

Source: Milesight VS13x uplink protocol page; the maker's payload table for VS133 / VS135.
FPort 85 unless configured otherwise. Channel, type, data; L is the line 1..4, and for children 0e is added to the
channel:

    03+3(L-1) d2  in, total         4 bytes
    04+3(L-1) d2  out, total        4 bytes
    05+3(L-1) cc  in and out since the last report, 2 bytes each
    0f e3         people present    1 byte for each region 1..4 (children: 1d e3)
    10 e4         dwell time        1 byte region, 2 bytes average, 2 bytes longest, s (children: 1e e4)
    50 fc         view blocked      1 byte reserved, 1 byte node (0: the master), 1 byte 0 released or 1 blocked
    20 ce         history (firmware 1.0.9): 4 bytes time (s since 1970), 1 byte the channel from above, its data;
                  channels 10 (1e) carry only the average, and 20 (3c) only the longest: 1 byte region, 2 bytes

Mains or PoE powered: there is no battery. The channel of a reading is its line, its region or its node.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder, OutOfRange
from decoders.bits import u16_le, u32_le
from decoders.milesight.parts import kinds
from decoders.milesight.protocol import (
    BYTE,
    Entry,
    Field,
    Found,
    history,
    reads,
    record,
    replies,
    table,
    time_of,
)

_LINES = (1, 2, 3, 4)
_REGIONS = (1, 2, 3, 4)
_CHILDREN = 0x0E
_HISTORY_HEAD = 5
_WHO = ((0, "people", ""), (_CHILDREN, "children", "children_"))


def _dwell(head: int, *quantities: str) -> Entry:
    def read(payload: bytes, at: int, found: Found) -> None:
        region, when = payload[at + head], time_of(payload, at) if head else None
        if region not in _REGIONS:
            raise OutOfRange(f"region {region} at position {at + head}: there are 1 to {len(_REGIONS)}")
        for index, quantity in enumerate(quantities):
            found.add(quantity, float(u16_le(payload, at + head + 1 + 2 * index)), region, when)

    return Entry(head + 1 + 2 * len(quantities), read)


def _blocked(payload: bytes, at: int, found: Found) -> None:
    found.add("occlusion", float(payload[at + 2]), payload[at + 1])


def _entries(head: int) -> dict[int, Entry]:
    """Of a report, or of history frames, whose data begins `head` bytes in."""
    values = history if head else record
    entries: dict[int, Entry] = {}
    for offset, who, prefix in _WHO:
        for line in _LINES:
            key = 3 * line + offset << 8
            entries[key | 0xD2] = values(head + 4, Field(head, u32_le, f"{who}_in", 1, line))
            entries[key + 0x100 | 0xD2] = values(head + 4, Field(head, u32_le, f"{who}_out", 1, line))
            ways = (
                Field(head + 2 * way, u16_le, f"{who}_{name}_count", 1, line) for way, name in enumerate(("in", "out"))
            )
            entries[key + 0x200 | 0xCC] = values(head + 4, *ways)
        present = (Field(head + region - 1, BYTE, f"{who}_present", 1, region) for region in _REGIONS)
        entries[0x0F + offset << 8 | 0xE3] = values(head + 4, *present)
        entries[0x10 + offset << 8 | 0xE4] = _dwell(head, f"{prefix}dwell_time", f"{prefix}dwell_time_max")
    return entries


_STORED: dict[int, Entry] = {key >> 8: entry for key, entry in _entries(_HISTORY_HEAD).items()} | {
    0x10: _dwell(_HISTORY_HEAD, "dwell_time"),
    0x20: _dwell(_HISTORY_HEAD, "dwell_time_max"),
    0x1E: _dwell(_HISTORY_HEAD, "children_dwell_time"),
    0x3C: _dwell(_HISTORY_HEAD, "children_dwell_time_max"),
}
"""Of a history frame, by the channel that it names."""

_TABLE = table(
    replies({}, {0x84: 3, 0x85: 2, 0x86: 1, 0x87: 1, 0x88: 2}),
    _entries(0),
    {0x50FC: Entry(3, _blocked), 0x20CE: kinds(_HISTORY_HEAD - 1, _STORED)},
)


_VS133 = Decoder(
    vendor="Milesight",
    model="VS133",
    aliases=("VS133-P",),
    ports=ANY_PORT,
    quantities=(
        *(f"{who}_{way}{what}" for _, who, _ in _WHO for way in ("in", "out") for what in ("", "_count")),
        *(f"{who}_present" for _, who, _ in _WHO),
        *(f"{prefix}dwell_time{what}" for _, _, prefix in _WHO for what in ("", "_max")),
        "occlusion",
    ),
    decode=reads(_TABLE),
    wraps={f"{who}_{way}": 2**32 for _, who, _ in _WHO for way in ("in", "out")},
    verified=True,
)
DECODERS = (_VS133, replace(_VS133, model="VS135", aliases=("VS135-P",)))
