"""Decentlab DL-UVEAS-001: UV index.

Source: decentlab/decentlab-decoders, DL-UVEAS-001: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  light    w0: 16 bit converter, 3 * (w0 / 32768 - 1) * 1000 mV, of 1 / 150 of the index each
    1  battery  w0 / 1000 V

The maker's decoder rounds the index down, to -1 at night. It is told as measured; what is less than 0.1 below 0 is
the converter's error, and 0. No longer in the maker's list of products.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.decentlab.conversions import BATTERY
from decoders.decentlab.protocol import Group, Value, device

if TYPE_CHECKING:
    from decoders.decentlab.protocol import Words

_ZERO_ERROR = 0.1


def _uv_index(words: Words) -> float:
    index = (words[0] - 32768) / 32768 * 3000 / 150
    return 0.0 if -_ZERO_ERROR <= index < 0 else index


DECODER = device(
    "DL-UVEAS-001",
    Group(1, Value("uv_index", _uv_index)),
    BATTERY,
    differs=("The UV index keeps its fraction; the maker's decoder rounds down, to -1 at night.",),
)
