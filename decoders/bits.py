"""Numbers out of bytes: each takes the payload and the position of the first byte.

The caller has checked the length. `be` is the most significant byte first, `le` the least; `u` is unsigned, `i` is
two's complement.
"""

from __future__ import annotations

from struct import Struct

_F32_BE, _F32_LE = Struct(">f"), Struct("<f")


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


def i8(data: bytes, at: int) -> int:
    """-128 to 127."""
    return (data[at] ^ 0x80) - 0x80


def u24_be(data: bytes, at: int) -> int:
    """0 to 16777215."""
    return data[at] << 16 | data[at + 1] << 8 | data[at + 2]


def u24_le(data: bytes, at: int) -> int:
    """0 to 16777215."""
    return data[at + 2] << 16 | data[at + 1] << 8 | data[at]


def u32_be(data: bytes, at: int) -> int:
    """0 to 4294967295."""
    return data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]


def i32_be(data: bytes, at: int) -> int:
    """-2147483648 to 2147483647."""
    return (u32_be(data, at) ^ 0x8000_0000) - 0x8000_0000


def i32_le(data: bytes, at: int) -> int:
    """-2147483648 to 2147483647."""
    return (u32_le(data, at) ^ 0x8000_0000) - 0x8000_0000


def f32_be(data: bytes, at: int) -> float:
    """IEEE 754, single precision; may be infinite or not a number."""
    value: float = _F32_BE.unpack_from(data, at)[0]
    return value


def f32_le(data: bytes, at: int) -> float:
    """IEEE 754, single precision; may be infinite or not a number."""
    value: float = _F32_LE.unpack_from(data, at)[0]
    return value
