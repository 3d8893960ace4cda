"""Decentlab DL-DLR2-006: position of a potentiometer.

Source: decentlab/decentlab-decoders, DL-DLR2-006: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  input    w0 + 65536 * w1: 24 bit converter, c / 2^23 - 1: 0 at one end of the potentiometer, 1 at the other
    1  battery  w0 / 1000 V

The position is told as a percentage of the travel.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, ratio
from decoders.decentlab.protocol import Group, Value, device

DECODER = device(
    "DL-DLR2-006",
    Group(2, Value("position", lambda words: ratio(words) * 100)),
    BATTERY,
    differs=("The position is told as a percentage, not as a fraction.",),
)
