"""Decentlab DL-LWS: wetness of leaves, by the resistance of a grid.

Source: decentlab/decentlab-decoders, DL-LWS: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  leaf     w0 + 65536 * w1: 24 bit converter, c / 2^23 - 1: 0 is dry, 1 is wet
    1  battery  w0 / 1000 V

The index is told as a percentage. A dry grid is 0 within the converter's error; what is less than 1 % past an end is
at the end.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, cropped, ratio
from decoders.decentlab.protocol import Group, Value, device

_ZERO_ERROR = 1.0

DECODER = device(
    "DL-LWS",
    Group(2, Value("leaf_moisture", lambda words: cropped(ratio(words) * 100, _ZERO_ERROR))),
    BATTERY,
    differs=("The wetness index of 0 to 1 is told as a percentage.",),
)
