"""Decentlab DL-DLR2-003: state of a dry contact.

Source: decentlab/decentlab-decoders, DL-DLR2-003: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  input    w0: 0 or 1
    1  battery  w0 / 1000 V

The maker does not say which of the two is the closed contact; 1 is taken for it, as with every other dry contact of
the vocabulary: check it on site. A word other than 0 and 1 is absent.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, plain
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-DLR2-003",
    Group(1, plain("input", 0)),
    BATTERY,
    differs=(
        "Input 1 is told as a closed contact: the maker gives the code alone, and does not say which contact it is.",
    ),
)
