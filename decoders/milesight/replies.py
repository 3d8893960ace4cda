"""What every Milesight device says about itself: the greeting after a join, and the settings that it repeats.

Nothing of it is a measurement; only its length is needed, so that the walk gets past it. The lists were put together
from the maker's payload tables: a length stands here when every model that has the type gives it the same one. Where
models differ, each names its own with `protocol.replies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_INFORMATION = {0x01: 1, 0x08: 6, 0x09: 2, 0x0A: 2, 0x0B: 1, 0x0C: 1, 0x0F: 1, 0x16: 8, 0x1F: 4, 0xFE: 1, 0xFF: 2}
"""Channel ff, sent after a join: protocol version, serial number (08, 16), hardware, firmware (0a, 1f), power on, power
off, LoRaWAN class, reset, TSL version. Type and length of the data."""

_REPLIES = {
    1: "04 10 26 27 28 29 2a 2c 2e 3b 3c 3d 3e 40 42 43 44 4a 4c 51 56 57 59 5e 62 67 68 69 6d 71 82 84 85 86 8d a5 a6 "
    "a8 a9 aa ad b2 b5 b6 c2 c5 c7 cf d0 e9 eb f3 f4 f5 f6 f8 fb",
    2: "02 03 17 1c 23 24 30 4e 5a 70 77 95 b7 b8 bd c4 ce f2",
    3: "34 4b 6a 8e ab b0 ca ea ed f9 fa",
    4: "11 1a 1e 22 52 c1 f0 f1 f7",
    5: "1b 4f 54 91 92 98 99 c8",
    6: "4d",
    8: "35 63 96",
    9: "06",
    10: "ba",
    29: "55",
}
"""Channel fe, and ff where it is not taken above: the device repeats a setting that a downlink changed. Length of the
data, and the types, in hexadecimal, that have it in every model that has them."""

_ENQUIRY = {0xFC6B: 1, 0xFC6C: 1, 0xFD6B: 4, 0xFD6C: 8, 0xFD6D: 1}
"""The answer to a request for stored values (found, time not valid, nothing stored), and the request itself, which some
models repeat. The values follow as history frames."""

SETTINGS: Mapping[int, int] = {int(kind, 16): length for length, kinds in _REPLIES.items() for kind in kinds.split()}
"""Of channels fe and ff, by type."""

OWN: Mapping[int, int] = {**{0xFF00 | kind: length for kind, length in _INFORMATION.items()}, **_ENQUIRY}
"""By channel * 256 + type."""
