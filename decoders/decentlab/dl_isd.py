"""Decentlab DL-ISD: growth of a tree's stem, by a dendrometer.

Source: decentlab/decentlab-decoders, DL-ISD: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  stem     w0: position of the dendrometer's tip, w0 / 1000 mm
    1  battery  w0 / 1000 V

The maker calls it stem size: a few millimetres of travel, whose change is the growth.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, plain
from decoders.decentlab.protocol import Group, device

DECODER = device("DL-ISD", Group(1, plain("displacement", 0, 1000)), BATTERY)
