"""Pictures small enough for a repository: a PNG of a browser with the colours that matter, one byte a pixel. Pure."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 64
_COARSE = 0xF8F8F8  # shades that nobody tells apart


def small(picture: bytes) -> bytes:
    """The same with a palette of 64 colours: the most frequent ones, each other pixel the nearest of these.

    Args:
        picture: PNG of 8 bit, RGB or RGBA without any transparency, not interlaced.

    Raises:
        ValueError: it is another kind.
    """
    width, height, depth, kind, *_, interlaced = struct.unpack(">IIBBBBB", picture[16:29])
    if (depth, interlaced) != (8, 0) or kind not in {2, 6}:
        raise ValueError(f"a PNG of kind {kind} with {depth} bits")
    bytes_each = 3 if kind == 2 else 4
    data = zlib.decompress(b"".join(body for name, body in _chunks(picture) if name == b"IDAT"))
    rows = list(_rows(data, width * bytes_each, bytes_each))
    pixels = [[row[at] << 16 | row[at + 1] << 8 | row[at + 2] for at in range(0, len(row), bytes_each)] for row in rows]
    found = Counter(pixel for row in pixels for pixel in row)
    chosen = _chosen(found)
    nearest = {pixel: _nearest(pixel, chosen) for pixel in found}
    lines = b"".join(b"\0" + bytes([nearest[pixel] for pixel in row]) for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = b"".join(colour.to_bytes(3, "big") for colour in chosen)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, body) for name, body in parts)


def _chosen(found: Counter[int]) -> list[int]:
    """The most frequent colours, of which no two look alike."""
    chosen: dict[int, int] = {}
    for pixel, _ in found.most_common():
        chosen.setdefault(pixel & _COARSE, pixel)
        if len(chosen) == _COLOURS:
            break
    return list(chosen.values())


def _nearest(pixel: int, chosen: list[int]) -> int:
    red, green, blue = pixel >> 16, pixel >> 8 & 255, pixel & 255
    return min(
        range(len(chosen)),
        key=lambda at: (
            (red - (chosen[at] >> 16)) ** 2 + (green - (chosen[at] >> 8 & 255)) ** 2 + (blue - (chosen[at] & 255)) ** 2
        ),
    )


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _rows(data: bytes, length: int, bytes_each: int) -> Iterator[bytearray]:
    """Lines without the filters of PNG (its specification, part 9)."""
    before = bytearray(length)
    for start in range(0, len(data), length + 1):
        row = bytearray(data[start + 1 : start + 1 + length])
        _unfilter(data[start], row, before, bytes_each)
        yield row
        before = row


def _unfilter(kind: int, row: bytearray, above: bytearray, bytes_each: int) -> None:
    if kind == 2:
        row[:] = bytes([(one + up) & 255 for one, up in zip(row, above, strict=True)])
        return
    for at in range(len(row) if kind else 0):
        left = row[at - bytes_each] if at >= bytes_each else 0
        corner = above[at - bytes_each] if at >= bytes_each else 0
        guess = {1: left, 3: (left + above[at]) // 2}.get(kind)
        row[at] = (row[at] + (_paeth(left, above[at], corner) if guess is None else guess)) & 255


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda one: abs(guess - one))
