"""Decentlab DL-DLR2-012: strain, by a strain gauge.

Source: decentlab/decentlab-decoders, DL-DLR2-012: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  gauge    w0 + 65536 * w1: 24 bit converter, c; strain (c / 2^23 - 1) / 64 * 4 / 2.02 * 10^6 µm/m
    1  battery  w0 / 1000 V

64 is the amplifier, 4 a quarter bridge, 2.02 the gauge factor, which the maker has fixed in the decoder: a gauge of
another factor is read in proportion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.decentlab.conversions import BATTERY, ratio
from decoders.decentlab.protocol import Group, Value, device

if TYPE_CHECKING:
    from decoders.decentlab.protocol import Words


def _strain(words: Words) -> float:
    return ratio(words) / 64 * 4 / 2.02 * 1000000


DECODER = device("DL-DLR2-012", Group(2, Value("strain", _strain)), BATTERY)
