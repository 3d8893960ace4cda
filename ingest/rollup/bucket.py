"""The values of an hour as bytes: a record for the rows of one time and device, parts of records, shards. Pure.

A record is a head and a body. Head: the number of values, for each the channel (2 bytes), the quantity (CRC-32 of its
name) and the cause of a doubt. Body: its place in the order of arrival, its time, device (8 bytes each), the values.
All little-endian. Bodies of one head stand behind each other, so that an hour of them is unpacked at once.
A row that comes again, or is revised, is a further record: of each value the last one counts.
"""

from __future__ import annotations

import struct
import sys
from array import array
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from zlib import crc32

import msgspec
import zstandard

from decoders.quantities import QUANTITIES
from ingest.derive.past import hash_of
from ingest.rollup.summary import Series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SHARDS = 256
"""Parts of the city that are worked on one after the other: 40 sites each in a city of 10,000."""

GONE = 255
"""In place of a cause: the row has no such value any more."""

Kept: TypeAlias = tuple[str, str, bytes, bytes]
"""Site, ward, head, and one body or several."""

Record: TypeAlias = tuple[str, bytes, bytes]
"""The same of a site that is known."""

RECORDS = 1 << 24
"""Records of a write at most: the order of arrival of a write's first record is a multiple of it."""

_RAW, _SMALL = b"\0", 2_048
"""What a part begins with that is so small that packing it costs more than its bytes."""

_FORMS = 20_000
"""Heads that are remembered; a city has some hundreds."""

_MANY = 2_048
"""Bytes of bodies from which on it is quicker to take them as one array than one by one."""

FIELD = struct.Struct("<HIB")
"""Of a head: channel, quantity and cause."""

_NAMES = {hash_of(name): name for name in QUANTITIES}
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Kept]).decode


class Keys(NamedTuple):
    """What values are of: of each the time, ns UTC, and the device, by whatever number tells it from others."""

    times: Sequence[int]
    devices: Sequence[int]


class Form(NamedTuple):
    """What the head of a record says.

    Attributes:
        series: of each value; None for a quantity that is none any more.
        causes: of each value.
        plain: all values are good, each of another series, and none of one that is unknown.
        unpack: of bodies order, time, device and values of each.
    """

    series: tuple[Series | None, ...]
    causes: tuple[int, ...]
    plain: bool
    unpack: Callable[[bytes], Iterator[tuple[Any, ...]]]

    def columns(self, bodies: bytes) -> tuple[Keys, Sequence[Sequence[float]]]:
        """Of bodies the keys, and of each series the values."""
        if len(bodies) < _MANY or sys.byteorder == "big":
            _orders, times, devices, *columns = zip(*self.unpack(bodies), strict=True)
            return Keys(times, devices), columns
        width, values = 3 + len(self.series), array("d", bodies)
        keys = Keys(array("q", bodies)[1::width].tolist(), array("Q", bodies)[2::width])
        return keys, [values[at::width] for at in range(3, width)]


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


def device_number(dev_eui: str) -> int:
    """A DevEUI in 64 bits; of what is no DevEUI a hash."""
    try:
        if len(dev_eui) == 16:  # noqa: PLR2004  (hexadecimal digits of a DevEUI)
            return int(dev_eui, 16)
    except ValueError:
        pass
    return int.from_bytes(blake2b(dev_eui.encode(), digest_size=8).digest(), "little")


class Reader:
    """Understands records; one thread calls it."""

    def __init__(self) -> None:
        self._forms: dict[bytes, Form] = {}

    def form(self, head: bytes) -> Form:
        """What a head says."""
        form = self._forms.get(head)
        if form is None:
            if len(self._forms) >= _FORMS:
                self._forms.clear()
            form = self._forms[head] = _form(head)
        return form


def time_of(body: bytes) -> int:
    """When the values of the first body are of, ns UTC."""
    return int.from_bytes(body[8:16], "little", signed=True)


def _form(head: bytes) -> Form:
    series, causes = [], []
    for channel, number, cause in FIELD.iter_unpack(head[1:]):
        name = _NAMES.get(number)
        series.append(None if name is None else Series(name, channel))
        causes.append(cause)
    plain = not any(causes) and None not in series and len(set(series)) == len(series)
    return Form(tuple(series), tuple(causes), plain, struct.Struct(f"<qqQ{len(causes)}d").iter_unpack)
