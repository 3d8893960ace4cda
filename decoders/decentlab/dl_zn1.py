"""Decentlab DL-ZN1: growth of a tree, by a dendrometer.

Source: decentlab/decentlab-decoders, DL-ZN1: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  stem     w0 + 65536 * w1: 24 bit converter, 20 * (c / 2^23 - 1) mm
    1  battery  w0 / 1000 V

The maker gives µm; told are mm. The zero is where the sensor was mounted: its change is the growth.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, ratio
from decoders.decentlab.protocol import Group, Value, device

DECODER = device("DL-ZN1", Group(2, Value("displacement", lambda words: ratio(words) * 20)), BATTERY)
