"""The values of an hour as bytes: a record for the rows of one time and device, parts of records, shards. Pure.

A record is a head and a body. Head: the number of values, for each the channel (2 bytes), the quantity (CRC-32 of its
name) and the cause of a doubt. Body: its place in the order of arrival, its time, device (8 bytes each), the values.
All little-endian. Bodies of one head stand behind each other, so that an hour of them is unpacked at once.
A row that comes again, or is revised, is a further record: of each value the last one counts.
"""

from __future__ import annotations

import struct
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from zlib import crc32

import msgspec
import zstandard

from decoders.quantities import QUANTITIES
from ingest.decoding.point import SUSPECT
from ingest.derive.past import hash_of
from ingest.rollup.summary import Series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ingest.decoding.point import Point

SHARDS = 256
"""Parts of the city that are worked on one after the other: 40 sites each in a city of 10,000."""

GONE = 255
"""In place of a cause: the row has no such value any more."""

DOMAINS = frozenset(quantity.domain for quantity in QUANTITIES.values())

Kept: TypeAlias = tuple[str, str, bytes, bytes]
"""Site, ward, head, and one body or several."""

Record: TypeAlias = tuple[str, bytes, bytes]
"""The same of a site that is known."""

RECORDS = 1 << 24
"""Records of a write at most: the order of arrival of a write's first record is a multiple of it."""

_RAW, _SMALL = b"\0", 2_048
"""What a part begins with that is so small that packing it costs more than its bytes."""

_SHAPES = 20_000
"""Shapes of rows that are remembered; a city has some hundreds."""

_KEY = struct.Struct("<qqQ")
_MOST = 255
_FIELD = struct.Struct("<HIB")
_NAMES = {hash_of(name): name for name in QUANTITIES}
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Kept]).decode


class Form(NamedTuple):
    """What the head of a record says.

    Attributes:
        series: of each value; None for a quantity that is none any more.
        causes: of each value.
        plain: all values are good, and none is of a series that is unknown.
        unpack: of bodies order, time, device and values of each.
    """

    series: tuple[Series | None, ...]
    causes: tuple[int, ...]
    plain: bool
    unpack: Callable[[bytes], Iterator[tuple[Any, ...]]]


def shard_of(site: str) -> int:
    """The part of the city that a site is in."""
    return crc32(site.encode()) % SHARDS


class Parts:
    """Packs and unpacks parts; one thread at a time calls it."""

    def __init__(self) -> None:
        self._compress = zstandard.ZstdCompressor(level=1).compress
        self._decompress = zstandard.ZstdDecompressor().decompress

    def pack(self, records: list[Kept]) -> bytes:
        """Records as one part."""
        data = _encode(records)
        return _RAW + data if len(data) < _SMALL else self._compress(data)

    def unpack(self, part: bytes) -> list[Kept]:
        """The records of a part.

        Raises:
            ValueError: the bytes are damaged.
        """
        try:
            return _decode(part[1:] if part[:1] == _RAW else self._decompress(part))
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error


class Shape(NamedTuple):
    """How the rows of one time and device are packed that have these channels, fields, doubts and gone values.

    Attributes:
        pack: order, time, device and values.
        absent: how many values are no more.
        watched: whether it speaks of a quantity that is watched.
    """

    pack: Callable[..., bytes]
    head: bytes
    absent: int
    watched: bool


class Packer:
    """Makes records of rows.

    Args:
        watched: quantities whose rows are to be `seen`.
    """

    def __init__(self, watched: frozenset[str] = frozenset()) -> None:
        self._watched = watched
        self._shapes: dict[tuple[object, ...], Shape | None] = {}
        self._devices: dict[str, int] = {}

    def pack(self, points: Iterable[Point], order: int, seen: Callable[[Point], None] | None = None) -> list[Kept]:
        """Records of rows of domains: those that follow each other and are of one time and device together.

        Args:
            points: each of a domain.
            order: place in the order of arrival of the first of them.
            seen: called with each row that has any of the watched quantities.
        """
        found: list[Kept] = []
        rows: list[Point] = []
        time, device, site, ward = 0, "", "", ""
        for point in points:
            tags = point.tags
            if point.time == time and tags[0] == device and tags[1] == site and tags[2] == ward:
                rows.append(point)
                continue
            if rows:
                self._take(rows, found, order, seen)
            rows, time = [point], point.time
            device, site, ward = tags[:3]
        if rows:
            self._take(rows, found, order, seen)
        return found

    def _take(self, rows: Sequence[Point], found: list[Kept], order: int, seen: Callable[[Point], None] | None) -> None:
        """Make a record of rows of one time and device. Every uplink comes by here."""
        key: list[object] = []
        values: list[object] = []
        for row in rows:
            fields = row.fields
            names, own = zip(*fields, strict=True) if fields else ((), ())
            key += (row.tags[-1], names, row.doubts, row.gone)
            values += own
        name = tuple(key)
        try:
            shape = self._shapes[name]
        except KeyError:
            shape = self._learn(name, rows)
        if shape is None:
            for row in rows:
                self._take((row,), found, order, seen)
            return
        tags = rows[0].tags
        try:
            number = self._devices[tags[0]]
        except KeyError:
            number = self._device(tags[0])
        pack, head, absent, watched = shape
        if absent:
            values += [0.0] * absent
        found.append((tags[1], tags[2], head, pack(order + len(found), rows[0].time, number, *values)))
        if watched and seen is not None:
            for row in rows:
                seen(row)

    def _learn(self, key: tuple[object, ...], rows: Sequence[Point]) -> Shape | None:
        """How rows are packed; None: each by itself."""
        if len(self._shapes) >= _SHAPES:
            self._shapes.clear()
        shape = self._shapes[key] = _shape(rows, self._watched)
        return shape

    def _device(self, dev_eui: str) -> int:
        if len(self._devices) >= _SHAPES:
            self._devices.clear()
        number = self._devices[dev_eui] = device_number(dev_eui)
        return number


def device_number(dev_eui: str) -> int:
    """A DevEUI in 64 bits; of what is no DevEUI a hash."""
    try:
        if len(dev_eui) == 16:  # noqa: PLR2004  (hexadecimal digits of a DevEUI)
            return int(dev_eui, 16)
    except ValueError:
        pass
    return int.from_bytes(blake2b(dev_eui.encode(), digest_size=8).digest(), "little")


def _shape(rows: Sequence[Point], watched: frozenset[str]) -> Shape | None:
    found, lost = [], []
    for row in rows:
        causes, channel = dict(row.doubts), int(row.tags[-1])
        own = set()
        for name, _value in row.fields:
            quantity = name.removesuffix(SUSPECT)
            own.add(quantity)
            found.append((channel, quantity, (causes.get(quantity, 0) or 1) if quantity != name else 0))
        absent = {name.removesuffix(SUSPECT) for name in row.gone} - own
        lost += [(channel, quantity, GONE) for quantity in sorted(absent)]
    fields = found + lost
    # A row that comes twice, one after the other: which of the two counts is a matter of order.
    twice = len({(row.measurement, row.tags[-1]) for row in rows}) < len(rows)
    if len(rows) > 1 and (twice or len(fields) > _MOST):
        return None
    packed = [_FIELD.pack(channel, hash_of(quantity), cause) for channel, quantity, cause in fields]
    head = bytes((len(fields),)) + b"".join(packed)
    pack = struct.Struct(f"<qqQ{len(fields)}d").pack
    return Shape(pack, head, len(lost), any(quantity in watched for _channel, quantity, _cause in fields))


class Reader:
    """Understands records; one thread calls it."""

    def __init__(self) -> None:
        self._forms: dict[bytes, Form] = {}

    def form(self, head: bytes) -> Form:
        """What a head says."""
        form = self._forms.get(head)
        if form is None:
            if len(self._forms) >= _SHAPES:
                self._forms.clear()
            form = self._forms[head] = _form(head)
        return form


def time_of(body: bytes) -> int:
    """When the values of the first body are of, ns UTC."""
    return int.from_bytes(body[8:16], "little", signed=True)


def _form(head: bytes) -> Form:
    series, causes = [], []
    for channel, number, cause in _FIELD.iter_unpack(head[1:]):
        name = _NAMES.get(number)
        series.append(None if name is None else Series(name, channel))
        causes.append(cause)
    plain = not any(causes) and None not in series
    return Form(tuple(series), tuple(causes), plain, struct.Struct(f"<qqQ{len(causes)}d").iter_unpack)
