"""The journal as JSON lines, which `citylora ingest` takes to the same rows under the same identities.

A line holds the event as it was received, not what intake decided of it: that is decided again, from the same bytes,
the same time of arrival and in the same order. Duplicates are among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateways.rfc3339 import render
from gateways.uplink import Cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.journal.entry import Block, Entry
    from ingest.journal.reader import SqliteReader


class Wanted(NamedTuple):
    """Which events.

    Attributes:
        since: the earliest `received_at`, ns UTC; `until` is the first one that is too late.
        device: DevEUI, lower case; "" any.
        source: name of the broker or file that it came from; "" any.
    """

    since: int
    until: int
    device: str = ""
    source: str = ""


class Exported(NamedTuple):
    """What was written.

    Attributes:
        cut: oversized events, of which the journal has only the head, the length and the SHA-256.
    """

    events: int = 0
    cut: int = 0


class _Line(msgspec.Struct, omit_defaults=True):
    """One event.

    Attributes:
        received_at: when it arrived here, which the time that citylora gives to it is made from.
        payload: where it is text; else `payload_b64`, which JSON has as base64.
    """

    topic: str
    received_at: str
    seq: int
    source: str
    payload: str | None = None
    payload_b64: bytes | None = None
    cut: Cut | None = None


_encode = msgspec.json.Encoder().encode_into


def export(
    reader: SqliteReader, wanted: Wanted, write: Callable[[bytes], object],
    advance: Callable[[int, int], None] = lambda _done, _all: None,
) -> Exported:  # fmt: skip
    """Write every event that is wanted, a line each, in the order of the journal.

    All of it is of one moment: what the worker drops meanwhile is still there.

    Args:
        reader: of the journal.
        wanted: which events.
        write: takes some lines at once.
        advance: told after each block: events looked at so far, and events in all.

    Raises:
        DataDirError: a block is damaged.
    """
    events = cut = looked = 0
    with reader.snapshot():
        total = reader.count_between(wanted.since, wanted.until)
        for block in reader.between(wanted.since, wanted.until):
            lines = bytearray()
            for seq, entry in _chosen(block, wanted):
                _encode(_line(seq, entry), lines, -1)
                lines += b"\n"
                events += 1
                cut += bool(entry.length)
            if lines:
                write(bytes(lines))
            looked += len(block.entries)
            advance(looked, total)
    return Exported(events, cut)


def _chosen(block: Block, wanted: Wanted) -> list[tuple[int, Entry]]:
    device = f"/{wanted.device}/"
    return [
        (seq, entry)
        for seq, entry in enumerate(block.entries, block.first)
        if wanted.since <= entry.received_at < wanted.until
        and (not wanted.device or device in entry.topic.lower())
        and wanted.source in ("", entry.source)
    ]


def _line(seq: int, entry: Entry) -> _Line:
    line = _Line(entry.topic, render(entry.arrived_at), seq, entry.source)
    if entry.length:
        line.cut = Cut(entry.length, entry.digest)
    else:
        try:
            line.payload = entry.payload.decode()
        except UnicodeDecodeError:
            pass
        else:
            return line
    line.payload_b64 = entry.payload
    return line
