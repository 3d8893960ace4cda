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

from decoders.base import Decoded, Decoder, OutOfRange, UnknownMessage
from decoders.bits import u16_le
from decoders.tlv import Entry, Found, Read, table, time_of, u16_pair, u32, walk

_LINES = (1, 2, 3, 4)
_REGIONS = 4
_CHILDREN = 0x0E
_HISTORY_HEAD = 5
_WHO = ((0, "people", ""), (_CHILDREN, "children", "children_"))


def _region(payload: bytes, at: int) -> int:
    region = payload[at]
    if not 1 <= region <= _REGIONS:
        raise OutOfRange(f"region {region} at position {at}: there are 1 to {_REGIONS}")
    return region


def _present(quantity: str) -> Entry:
    def read(payload: bytes, at: int, found: Found) -> None:
        for region in range(1, _REGIONS + 1):
            found.add(quantity, float(payload[at + region - 1]), region)

    return Entry(_REGIONS, read)


def _dwell(*quantities: str) -> Entry:
    def read(payload: bytes, at: int, found: Found) -> None:
        region = _region(payload, at)
        for index, quantity in enumerate(quantities):
            found.add(quantity, float(u16_le(payload, at + 1 + 2 * index)), region)

    return Entry(1 + 2 * len(quantities), read)


def _blocked(payload: bytes, at: int, found: Found) -> None:
    found.add("occlusion", float(payload[at + 2]), payload[at + 1])


def _lines() -> dict[int, Entry]:
    entries: dict[int, Entry] = {}
    for offset, who, _ in _WHO:
        for line in _LINES:
            channel = 3 * line + offset
            entries[channel << 8 | 0xD2] = u32(f"{who}_in", line)
            entries[channel + 1 << 8 | 0xD2] = u32(f"{who}_out", line)
            entries[channel + 2 << 8 | 0xCC] = u16_pair(f"{who}_in_count", f"{who}_out_count", line)
    return entries


_LIVE = _lines() | {
    0x0FE3: _present("people_present"),
    0x1DE3: _present("children_present"),
    0x10E4: _dwell("dwell_time", "dwell_time_max"),
    0x1EE4: _dwell("children_dwell_time", "children_dwell_time_max"),
}

_STORED: dict[int, Entry] = {key >> 8: entry for key, entry in _LIVE.items()} | {
    0x10: _dwell("dwell_time"),
    0x20: _dwell("dwell_time_max"),
    0x1E: _dwell("children_dwell_time"),
    0x3C: _dwell("children_dwell_time_max"),
}
"""Of a history frame, by the channel that it names."""


def _stored(payload: bytes, at: int) -> Entry:
    entry = _STORED.get(payload[at + 4])
    if entry is None:
        raise UnknownMessage(f"unknown channel {payload[at + 4]:02x} in a history frame at position {at + 4}")
    return entry


def _stored_size(payload: bytes, at: int) -> int:
    return _HISTORY_HEAD + _stored(payload, at).length


def _stored_read(payload: bytes, at: int, found: Found) -> None:
    when, then = time_of(payload, at), Found()
    read: Read | None = _stored(payload, at).read
    if read is not None:
        read(payload, at + _HISTORY_HEAD, then)
    for reading in then.readings.values():
        found.add(reading.quantity, reading.value, reading.channel, when)


_TABLE = table(_LIVE, {0x50FC: Entry(3, _blocked), 0x20CE: Entry(_HISTORY_HEAD, _stored_read, _stored_size)})


def _decode(payload: bytes, _f_port: int) -> Decoded:
    return walk(payload, _TABLE)


DECODER = Decoder(
    vendor="Milesight",
    model="VS133",
    aliases=("VS135",),
    ports=(85,),
    quantities=(
        *(f"{who}_{way}{what}" for _, who, _ in _WHO for way in ("in", "out") for what in ("", "_count")),
        *(f"{who}_present" for _, who, _ in _WHO),
        *(f"{prefix}dwell_time{what}" for _, _, prefix in _WHO for what in ("", "_max")),
        "occlusion",
    ),
    decode=_decode,
    verified=True,
)
