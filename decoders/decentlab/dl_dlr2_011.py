"""Decentlab DL-DLR2-011: state of two dry contacts.

Source: decentlab/decentlab-decoders, DL-DLR2-011: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  input    of contact 0: w0: 0 or 1
    1  input    of contact 1: w0: 0 or 1
    2  battery  w0 / 1000 V

The maker's contacts 0 and 1 are channels 1 and 2. The maker does not say which of the two states is the closed
contact; 1 is taken for it, as with every other dry contact of the vocabulary: check it on site. A word other than 0
and 1 is absent.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, plain
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-DLR2-011",
    Group(1, plain("input", 0, channel=1)),
    Group(1, plain("input", 0, channel=2)),
    BATTERY,
    differs=(
        "Input 1 is told as a closed contact: the maker gives the code alone, and does not say which contact it is.",
    ),
)
