"""Decentlab DL-ILT: temperature of a leaf.

Source: decentlab/decentlab-decoders, DL-ILT: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  leaf     w0: temperature, (w0 - 32768) / 100 °C
    1  battery  w0 / 1000 V
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, signed
from decoders.decentlab.protocol import Group, device

DECODER = device("DL-ILT", Group(1, signed("leaf_temperature", 0, 100)), BATTERY)
