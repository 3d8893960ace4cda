"""Reads a QR code from its modules, by the standard and with nothing of the library that draws it; it corrects nothing.

Versions 1 to 6, alphanumeric and byte segments: all that a label has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LEVELS = "MLHQ"
BLOCKS = {
    (1, "L"): [19], (1, "M"): [16], (1, "Q"): [13], (1, "H"): [9],
    (2, "L"): [34], (2, "M"): [28], (2, "Q"): [22], (2, "H"): [16],
    (3, "L"): [55], (3, "M"): [44], (3, "Q"): [17, 17], (3, "H"): [13, 13],
    (4, "L"): [80], (4, "M"): [32, 32], (4, "Q"): [24, 24], (4, "H"): [9, 9, 9, 9],
    (5, "L"): [108], (5, "M"): [43, 43], (5, "Q"): [15, 15, 16, 16], (5, "H"): [11, 11, 12, 12],
    (6, "L"): [68, 68], (6, "M"): [27, 27, 27, 27], (6, "Q"): [19, 19, 19, 19], (6, "H"): [15, 15, 15, 15],
}  # fmt: skip
"""Data codewords of each block, by version and level."""

MASKS: list[Callable[[int, int], bool]] = [
    lambda i, j: (i + j) % 2 == 0,
    lambda i, _j: i % 2 == 0,
    lambda _i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
]
"""Row and column to whether the module is turned over."""


def read(matrix: Sequence[Sequence[int]]) -> str:
    """The text of a code's modules, dark ones 1, without the margin."""
    version = (len(matrix) - 17) // 4
    level, mask = _format(matrix)
    bits = [matrix[i][j] ^ MASKS[mask](i, j) for i, j in _path(len(matrix), version)]
    words = [int("".join(map(str, map(int, bits[place : place + 8]))), 2) for place in range(0, len(bits) - 7, 8)]
    return "".join(_segments("".join(f"{word:08b}" for word in _joined(words, BLOCKS[version, level]))))


def _format(matrix: Sequence[Sequence[int]]) -> tuple[str, int]:
    bits = [matrix[8][j] for j in range(5)]
    value = int("".join(map(str, bits)), 2) ^ 0b10101
    return LEVELS[value >> 3], value & 0b111


def _path(side: int, version: int) -> Iterator[tuple[int, int]]:
    """Upwards and downwards in pairs of columns, from the right; the timing column does not count."""
    columns = [column for column in range(side - 1, 0, -1) if column > 6] + [6, 5, 4, 3, 2, 1]
    pairs = [(side - 1 - 2 * number) for number in range((side - 7) // 2)] + [5, 3, 1]
    assert set(pairs) <= set(columns)
    for number, right in enumerate(pairs):
        rows = range(side - 1, -1, -1) if number % 2 == 0 else range(side)
        for i in rows:
            for j in (right, right - 1):
                if not _reserved(i, j, side, version):
                    yield i, j


def _reserved(i: int, j: int, side: int, version: int) -> bool:
    finder = (i < 9 and j < 9) or (i < 9 and j >= side - 8) or (i >= side - 8 and j < 9)
    centre = side - 7
    aligned = version > 1 and abs(i - centre) <= 2 and abs(j - centre) <= 2
    return finder or aligned or 6 in (i, j)


def _joined(words: Sequence[int], blocks: Sequence[int]) -> Iterator[int]:
    """The blocks one after another, of which the codewords come in turn."""
    parts: list[list[int]] = [[] for _ in blocks]
    rest = iter(words)
    for place in range(max(blocks)):
        for part, length in zip(parts, blocks, strict=True):
            if place < length:
                part.append(next(rest))
    return (word for part in parts for word in part)


def _segments(bits: str) -> Iterator[str]:
    while len(bits) >= 4 and (mode := int(bits[:4], 2)):
        if mode == 0b0010:
            count, bits = int(bits[4:13], 2), bits[13:]
            while count > 0:
                length = 11 if count > 1 else 6
                value, bits = int(bits[:length], 2), bits[length:]
                yield (ALPHANUMERIC[value // 45] if count > 1 else "") + ALPHANUMERIC[value % 45]
                count -= 2
        elif mode == 0b0100:
            count, bits = int(bits[4:12], 2), bits[12:]
            yield bytes(int(bits[place * 8 : place * 8 + 8], 2) for place in range(count)).decode()
            bits = bits[count * 8 :]
        else:
            raise ValueError(f"a segment of mode {mode:04b}")
