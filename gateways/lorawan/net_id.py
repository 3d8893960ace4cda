"""Whose a DevAddr is: its upper bits name the network. Pure.

Source: LoRaWAN Backend Interfaces 1.0 (LoRa Alliance TS002), section on NetID: the number of leading ones is the type,
and each type has an NwkID of another length behind them.
"""

from __future__ import annotations

from typing import NamedTuple

_NWK_ID_BITS = (6, 6, 9, 11, 12, 13, 15, 17)
_BITS = 32


class Prefix(NamedTuple):
    """The upper bits that the addresses of one network have in common.

    Attributes:
        kind: type of its NetID, 0 to 7; 8 where no type is assigned.
        nwk_id: its number within the type; 0 and 1 of type 0 are anybody's, for experiments and private networks.
        address: the lowest address.
        bits: how many bits it has.
    """

    kind: int
    nwk_id: int
    address: int
    bits: int

    def __str__(self) -> str:
        return f"{self.address:08x}/{self.bits}"


def prefix_of(dev_addr: int) -> Prefix:
    """The network's part of an address of 32 bits."""
    kind = next((place for place in range(len(_NWK_ID_BITS)) if not dev_addr >> (_BITS - 1 - place) & 1), None)
    if kind is None:
        return Prefix(len(_NWK_ID_BITS), 0, 0xFF00_0000, len(_NWK_ID_BITS))
    bits = kind + 1 + _NWK_ID_BITS[kind]
    address = dev_addr >> (_BITS - bits) << (_BITS - bits)
    return Prefix(kind, address >> (_BITS - bits) & ((1 << _NWK_ID_BITS[kind]) - 1), address, bits)
