"""The datagrams of the packet forwarder protocol, version 2: bytes to values and back. Pure.

Source: PROTOCOL.TXT of Semtech's packet_forwarder (Lora-net), version 2; 1 and 2 differ in what the server sends alone.
"""

from __future__ import annotations

from base64 import b64encode
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from gateways.reception import Reception

VERSIONS = (1, 2)
VERSION = 2
HEADER = 4
EUI = 8

_CLOCK = 1 << 32
_encode = msgspec.json.Encoder().encode


class Kind(IntEnum):
    """What a datagram is."""

    PUSH_DATA = 0
    PUSH_ACK = 1
    PULL_DATA = 2
    PULL_RESP = 3
    PULL_ACK = 4
    TX_ACK = 5


_FROM_GATEWAY = (Kind.PUSH_DATA, Kind.PULL_DATA, Kind.TX_ACK)


class BadDatagram(Exception):  # noqa: N818  (it names the datagram)
    """The bytes are no datagram of a packet forwarder.

    Attributes:
        reason: `too_short too_long unknown_version not_from_a_gateway`; for counting.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Datagram(NamedTuple):
    """What a packet forwarder has sent.

    Attributes:
        token: two bytes that the answer repeats.
        gateway: 16 hex digits, lower case.
        body: JSON; empty where the kind has none.
    """

    kind: Kind
    token: bytes
    gateway: str
    body: bytes


def parse(raw: bytes) -> Datagram:
    """Understand a datagram.

    Raises:
        BadDatagram: it is none, or one that a server sends.
    """
    if len(raw) < HEADER + EUI:
        raise BadDatagram("too_short")
    if raw[0] not in VERSIONS:
        raise BadDatagram("unknown_version")
    if raw[3] not in _FROM_GATEWAY:
        raise BadDatagram("not_from_a_gateway")
    return Datagram(Kind(raw[3]), raw[1:3], raw[HEADER : HEADER + EUI].hex(), raw[HEADER + EUI :])


def acknowledgement(version: int, datagram: Datagram) -> bytes:
    """What is answered at once; b"" where nothing is."""
    kinds = {Kind.PUSH_DATA: Kind.PUSH_ACK, Kind.PULL_DATA: Kind.PULL_ACK}
    kind = kinds.get(datagram.kind)
    return b"" if kind is None else bytes([version]) + datagram.token + bytes([kind])


def transmission(token: bytes, heard: Reception, clock: int, phy: bytes, power: int) -> bytes:
    """A PULL_RESP: send `phy` when the gateway's clock says `clock` (us), as a downlink on the channel that was heard.

    Args:
        token: two bytes.
        heard: the reception that is answered.
        clock: us; the counter of the concentrator, of 32 bits.
        phy: the frame.
        power: dBm, EIRP.
    """
    packet = {
        "imme": False,
        "tmst": clock % _CLOCK,
        "freq": (heard.frequency or 0) / 1e6,
        "rfch": 0,
        "powe": power,
        "modu": "LORA",
        "datr": f"SF{heard.spreading_factor}BW{(heard.bandwidth or 0) // 1000}",
        "codr": heard.code_rate or "4/5",
        "ipol": True,
        "ncrc": True,
        "size": len(phy),
        "data": b64encode(phy).decode(),
    }
    return bytes([VERSION]) + token + bytes([Kind.PULL_RESP]) + _encode({"txpk": packet})
