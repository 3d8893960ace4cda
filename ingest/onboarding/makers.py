"""Prefixes of the EUIs of sensor makers, and JoinEUIs that are known to be JoinEUIs.

They decide nothing alone: they say which of two EUIs is probably the device's, and that bytes stand in reverse order.
"""

from __future__ import annotations

from typing import Final

MAKERS: Final[dict[str, str]] = {
    "0004a3": "Microchip",
    "00137a": "Netvox",
    "0018b2": "Adeunis",
    "24e124": "Milesight",
    "2cf7f1": "Seeed",
    "58a0cb": "Browan",
    "647fda": "Tektelic",
    "70b3d5": "IEEE 36-bit block",
    "70b3d57ed": "The Things Network",
    "70b3d5e75": "Watteco",
    "a81758": "Elsys",
    "a84041": "Dragino",
    "ac1f09": "RAK",
    "e8e1e1": "Gemtek",
}
"""The maker by the first hex digits of an EUI, in lower case; the longest prefix counts."""

SHARED: Final = frozenset({MAKERS["70b3d5"], MAKERS["70b3d57ed"]})
"""Prefixes that say nothing of a device's maker: many have a block there, for DevEUIs and for JoinEUIs alike."""

JOIN_EUIS: Final[dict[str, str]] = {
    "24e124c0002a0001": "Milesight",
    "4943485448592021": "Aqua-Scope",
    "70b3d57ed0000000": "The Things Industries",
}
"""EUIs that a maker writes into every device as its JoinEUI."""
