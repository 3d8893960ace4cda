"""Which numbers the codecs in ChirpStack give that nobody has declared: counted from the journal's archive.

A number that is in no mapping is stored nowhere but there. This says so, with what it takes to declare it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from decoders import object_map
from decoders.base import NoObject
from decoders.catalog import UnknownModel, find
from gateways.uplink import Uplink
from ingest.decoding.object_maps import ObjectMaps, document
from ingest.decoding.point import UNKNOWN
from ingest.devices import clean
from ingest.intake.intake import understand
from ingest.journal.entry import Verdict
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from ingest.sqlite import damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from gateways.uplink import DeviceInfo, Message
    from ingest.devices import Metadata
    from ingest.journal.entry import Entry

BATCH = 2_000
"""Events read at once."""

MOST = 2_000
"""Rows at most: whoever may publish can make up keys without end."""

DecodedBy: TypeAlias = Literal["nobody", "mapping", "decoder"]
"""Who reads these devices' payloads now; a decoder reads the payload itself, and needs no object."""

_ORDER: tuple[DecodedBy, ...] = ("nobody", "mapping", "decoder")


class Row(NamedTuple):
    """A number that a codec gives and nobody has declared.

    Attributes:
        model: as the mapping or the decoder writes it, else as somebody says it; `unknown` where nobody does.
        profile: the device profile's name in ChirpStack.
        key: its path, as a mapping names it.
        uplinks: that held it.
        devices: that sent it.
        example: its newest finite value.
    """

    model: str
    profile: str
    decoded_by: DecodedBy
    key: str
    uplinks: int
    devices: int
    example: float | None


class Survey(NamedTuple):
    """What was found.

    Attributes:
        rows: those that nobody decodes first, then by model, profile, and number of uplinks.
        left_off: numbers that were met when there were `MOST` rows already.
    """

    rows: tuple[Row, ...]
    left_off: int


class _Group(NamedTuple):
    model: str
    profile: str
    decoded_by: DecodedBy


class _Count:
    __slots__ = ("devices", "example", "uplinks")

    def __init__(self) -> None:
        self.uplinks = 0
        self.devices: set[str] = set()
        self.example: float | None = None


class Census:
    """Counts over uplinks, whichever way they come."""

    def __init__(self, resolve: Callable[[DeviceInfo], Metadata], maps: ObjectMaps) -> None:
        self._resolve = resolve
        self._maps = maps
        self._counts: dict[tuple[_Group, str], _Count] = {}
        self._left_off = 0

    def add(self, uplink: Uplink) -> None:
        """Count what this uplink's object holds; one that cannot be read holds nothing."""
        if not uplink.object:
            return
        try:
            held = document(uplink.object)
        except NoObject:
            return
        model = self._resolve(uplink.device).model
        mapping = self._maps.find(model, uplink.device)
        found = list(object_map.unmapped(mapping, held))
        if not found:
            return
        group = _group(mapping.model if mapping else model, uplink.device.profile_name, mapped=mapping is not None)
        for key, value in found:
            self._count(group, key, value, uplink.device.dev_eui)

    def survey(self) -> Survey:
        """The result so far."""
        rows = [
            Row(*group, key, count.uplinks, len(count.devices), count.example)
            for (group, key), count in self._counts.items()
        ]
        rows.sort(key=lambda row: (_ORDER.index(row.decoded_by), row.model, row.profile, -row.uplinks, row.key))
        return Survey(tuple(rows), self._left_off)

    def _count(self, group: _Group, key: str, value: float, dev_eui: str) -> None:
        count = self._counts.get((group, key))
        if count is None:
            if len(self._counts) >= MOST:
                self._left_off += 1
                return
            count = self._counts[group, key] = _Count()
        count.uplinks += 1
        count.devices.add(dev_eui)
        if isfinite(value):
            count.example = value


@lru_cache(maxsize=1024)
def _group(model: str, profile: str, *, mapped: bool) -> _Group:
    profile = clean(profile)
    if mapped:
        return _Group(model, profile, "mapping")
    try:
        return _Group(find(model).key, profile, "decoder")
    except UnknownModel:
        return _Group(model or UNKNOWN, profile, "nobody")


def survey(
    folder: Path,
    census: Census,
    parse: Callable[[str, bytes], Message],
    since: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _size: None,
) -> Survey:
    """Count over the journal of a data directory; a worker may run or not.

    Args:
        folder: the data directory.
        census: what counts.
        parse: understands an event's bytes.
        since: `received_at`, ns UTC, of the oldest uplink that counts; None: all that the journal holds.
        progress: is told how many events are done, and how many there are.

    Raises:
        DataDirError: there is no journal, it is damaged, or of a newer citylora.
    """
    try:
        with closing(SqliteReader(folder / FILE)) as reader:
            for entry in _entries(reader, since, progress):
                message = understand(parse, entry)
                if isinstance(message, Uplink):
                    census.add(message)
    except sqlite3.DatabaseError as error:
        raise damaged(folder / FILE, error) from error
    return census.survey()


def _entries(reader: SqliteReader, since: int | None, progress: Callable[[int, int], None]) -> Iterator[Entry]:
    """Every event since then that is no duplicate and may be an uplink."""
    totals = reader.totals()
    begin = after = _begin(reader, since, totals.last) if since is not None else totals.oldest - 1
    while after < totals.last and (blocks := reader.read(after, BATCH)):
        for block in blocks:
            yield from (entry for entry in block.entries if _counts(entry, since))
        after = blocks[-1].last
        progress(after - begin, max(totals.last, after) - begin)


def _begin(reader: SqliteReader, since: int, last: int) -> int:
    """The number before the first block that holds an event as young as that."""
    spans: Iterable[tuple[int, int, int, int]] = reader.spans(last)
    return next((end - events for end, events, _, newest in spans if newest >= since), last)


def _counts(entry: Entry, since: int | None) -> bool:
    if entry.verdict == Verdict.DUPLICATE or (since is not None and entry.received_at < since):
        return False
    return entry.topic.rpartition("/")[2] == "up"
