"""Integers out of bytes: each takes the payload and the position of the first byte.

The caller has checked the length. `be` is the most significant byte first, `le` the least; `u` is unsigned, `i` is
two's complement.
"""

from __future__ import annotations


def u16_be(data: bytes, at: int) -> int:
    """0 to 65535."""
    return data[at] << 8 | data[at + 1]


def i16_be(data: bytes, at: int) -> int:
    """-32768 to 32767."""
    return ((data[at] << 8 | data[at + 1]) ^ 0x8000) - 0x8000


def u16_le(data: bytes, at: int) -> int:
    """0 to 65535."""
    return data[at + 1] << 8 | data[at]


def i16_le(data: bytes, at: int) -> int:
    """-32768 to 32767."""
    return ((data[at + 1] << 8 | data[at]) ^ 0x8000) - 0x8000


def u32_le(data: bytes, at: int) -> int:
    """0 to 4294967295."""
    return data[at + 3] << 24 | data[at + 2] << 16 | data[at + 1] << 8 | data[at]
