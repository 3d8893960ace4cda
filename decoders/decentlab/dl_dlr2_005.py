"""Decentlab DL-DLR2-005: voltage of 0 to 3 V.

Source: decentlab/decentlab-decoders, DL-DLR2-005: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  input    w0 + 65536 * w1: 24 bit converter, 3 * (c / 2^23 - 1) V
    1  battery  w0 / 1000 V
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, ratio
from decoders.decentlab.protocol import Group, Value, device

DECODER = device("DL-DLR2-005", Group(2, Value("input_voltage", lambda words: 3 * ratio(words))), BATTERY)
