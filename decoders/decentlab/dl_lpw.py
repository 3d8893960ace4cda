"""Decentlab DL-LPW: linear position, by a potentiometer.

Source: decentlab/decentlab-decoders, DL-LPW: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  input    w0 + 65536 * w1: 24 bit converter, 100 * (c / 2^23 - 1) % of the travel
    1  battery  w0 / 1000 V
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, ratio
from decoders.decentlab.protocol import Group, Value, device

DECODER = device("DL-LPW", Group(2, Value("position", lambda words: ratio(words) * 100)), BATTERY)
