"""Decentlab DL-ZN2: growth of a tree, by two dendrometers.

Source: decentlab/decentlab-decoders, DL-ZN2: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  stem     w0 + 65536 * w1: 24 bit converter, a; w2 + 65536 * w3: another, b; 20 * (a / 2^23 - 1) mm is the first
                dendrometer, 20 * (a - b) / 2^23 mm the second
    1  battery  w0 / 1000 V

The maker gives µm; told are mm. The zero is where the sensor was mounted: its change is the growth. The maker's
dendrometers A and B are channels 1 and 2.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, ratio
from decoders.decentlab.protocol import Group, Value, device

DECODER = device(
    "DL-ZN2",
    Group(
        4,
        Value("displacement", lambda words: ratio(words) * 20, 1),
        Value("displacement", lambda words: (ratio(words) - ratio(words, 2)) * 20, 2),
    ),
    BATTERY,
)
