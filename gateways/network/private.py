"""Frames of LoRa radios that speak no LoRaWAN, as somebody has declared them. Pure.

A declaration says which bytes are the device's number, which the payload, and what they are checked with. Such a frame
is not signed. A checksum tells a bad reception, and nobody who wants to be taken for a device: what comes by it is as
trustworthy as the air. Its payload is decoded by the model that the declaration names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from gateways.lorawan.fcnt import full

if TYPE_CHECKING:
    from collections.abc import Callable

Order: TypeAlias = Literal["big", "little"]
Checksum: TypeAlias = Literal["none", "crc8", "crc16_modbus", "crc16_ccitt", "crc32", "sum8", "xor8"]

EUI = 8


def _reflected(polynomial: int, start: int, end: int, width: int) -> Callable[[bytes], bytes]:
    def check(body: bytes) -> bytes:
        value = start
        for byte in body:
            value ^= byte
            for _ in range(8):
                value = value >> 1 ^ polynomial if value & 1 else value >> 1
        return (value ^ end).to_bytes(width, "big")

    return check


def _plain(polynomial: int, start: int, width: int) -> Callable[[bytes], bytes]:
    top, mask = 1 << (8 * width - 1), (1 << 8 * width) - 1

    def check(body: bytes) -> bytes:
        value = start
        for byte in body:
            value ^= byte << 8 * (width - 1)
            for _ in range(8):
                value = (value << 1 ^ polynomial if value & top else value << 1) & mask
        return value.to_bytes(width, "big")

    return check


def _xor(body: bytes) -> bytes:
    value = 0
    for byte in body:
        value ^= byte
    return bytes([value])


CHECKS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "none": (0, lambda _body: b""),
    "crc8": (1, _plain(0x07, 0, 1)),
    "crc16_modbus": (2, _reflected(0xA001, 0xFFFF, 0, 2)),
    "crc16_ccitt": (2, _plain(0x1021, 0xFFFF, 2)),
    "crc32": (4, _reflected(0xEDB88320, 0xFFFFFFFF, 0xFFFFFFFF, 4)),
    "sum8": (1, lambda body: bytes([sum(body) & 0xFF])),
    "xor8": (1, _xor),
}
"""Bytes of each checksum, and what makes it, the highest byte first. It covers all that stands before it."""


class PrivateFrame(NamedTuple):
    """A declared frame.

    Attributes:
        starts_with: bytes that each of them begins with.
        length: bytes of the frame, least and most, its checksum included.
        device: first byte and number of bytes of the device's number.
        eui: what stands before that number, so that both together are the 8 bytes of a DevEUI.
        counter: first byte and number of bytes of its counter; None where it has none.
        payload: its first byte; it ends where the checksum begins.
        order: of device and counter.
        check_order: of the checksum.
    """

    name: str
    tags: dict[str, str]
    starts_with: bytes
    length: tuple[int, int]
    device: tuple[int, int]
    eui: bytes
    payload: int
    counter: tuple[int, int] | None = None
    f_port: int = 1
    order: Order = "big"
    check: Checksum = "crc16_modbus"
    check_order: Order = "big"


class Said(NamedTuple):
    """What a private frame says.

    Attributes:
        dev_eui: 16 hex digits, lower case.
        counter: as sent, with its number of bits; None where it has none.
    """

    declared: PrivateFrame
    dev_eui: str
    counter: tuple[int, int] | None
    payload: bytes


def read(declared: PrivateFrame, phy: bytes) -> Said | bool:
    """What a frame says by a declaration; else whether it looks like one and its checksum is wrong."""
    least, most = declared.length
    if not least <= len(phy) <= most or not phy.startswith(declared.starts_with):
        return False
    width, check = CHECKS[declared.check]
    end = len(phy) - width
    given = phy[end:] if declared.check_order == "big" else phy[end:][::-1]
    if check(phy[:end]) != given:
        return True
    number = _part(phy, declared.device, declared.order)
    counter = None
    if declared.counter:
        counter = (int.from_bytes(_part(phy, declared.counter, declared.order), "big"), 8 * declared.counter[1])
    return Said(declared, (declared.eui + number).hex(), counter, phy[declared.payload : end])


def _part(phy: bytes, place: tuple[int, int], order: Order) -> bytes:
    found = phy[place[0] : place[0] + place[1]]
    return found if order == "big" else found[::-1]


def next_counter(expected: int, sent: tuple[int, int] | None) -> int:
    """The counter of a frame: what was sent, extended to 32 bits; without one, the next.

    What would be ahead by more than half of what the bits hold is a device that has begun again.
    """
    if sent is None:
        return expected
    value, bits = sent
    found = full(expected, value, min(bits, 32))
    return value if found - expected > 1 << (bits - 1) else found
